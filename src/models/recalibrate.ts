import type { Layer } from "../layers/layer.ts";
import { Tensor } from "../ops/tensor.ts";
import { checkInteger, checkOptions } from "../util/names.ts";
import { packStructure } from "../util/structure.ts";
import { Feed } from "./feed.ts";
import type { DataLike, HostLeaf } from "./host-data.ts";
import type { Model } from "./model.ts";
import { asTensor, type Trainer } from "./trainer.ts";
import { type WatchedCall, watch } from "./watch.ts";

/** Options of `recalibrate`. */
export interface RecalibrateOptions {
  /** Default 32; makes no difference to the result. */
  readonly batchSize?: number;
}

/** A layer with moving statistics. */
interface WithStatistics extends Layer {
  batchMoments(x: Tensor, mask: Tensor | undefined): { mean: Tensor; variance: Tensor; counts: ArrayLike<number> };
  setStatistics(mean: Tensor, variance: Tensor): void;
}

/** Count, mean and sum of squared deviations of each channel, put together batch by batch (Chan et al. 1979). */
class Moments {
  #count = new Float64Array();
  #mean = new Float64Array();
  #squares = new Float64Array();

  add(layer: WithStatistics, { inputs, mask }: WatchedCall): void {
    const { mean, variance, counts } = layer.batchMoments(inputs as Tensor, mask as Tensor | undefined);
    const [means, variances] = [mean.dataSync(), variance.dataSync()];
    if (this.#count.length === 0) {
      this.#count = new Float64Array(means.length);
      this.#mean = new Float64Array(means.length);
      this.#squares = new Float64Array(means.length);
    }
    for (let i = 0; i < means.length; i++) {
      const [before, count] = [this.#count[i]!, counts[i]!];
      if (count === 0) continue;
      const total = before + count;
      const off = means[i]! - this.#mean[i]!;
      this.#mean[i]! += (off * count) / total;
      this.#squares[i]! += variances[i]! * count + (off * off * before * count) / total;
      this.#count[i] = total;
    }
  }

  write(layer: WithStatistics): void {
    if (!this.#count.some((count) => count > 0)) return;
    const tensor = (values: Float64Array): Tensor => new Tensor([values.length], "float32", Float32Array.from(values));
    layer.setStatistics(tensor(this.#mean), tensor(this.#squares.map((sum, i) => sum / Math.max(this.#count[i]!, 1))));
  }
}

/** Ends a run early. */
const ENOUGH = Symbol("enough");

/**
 * Gives every BatchNormalization that can be trained the exact mean and variance of its inputs over the data, in
 * inference: one pass over the data for each layer, since a layer's inputs depend on the statistics of those before it.
 * Where a shared layer's output comes back to it, its inputs are those that its statistics of before make.
 */
export function recalibrate(model: Model, trainer: Trainer, x: DataLike, options: RecalibrateOptions = {}): void {
  checkOptions(options, ["batchSize"], "recalibrate");
  const prepared = trainer.prepare(x, undefined, undefined, "recalibrate", "predict");
  const batchSize = checkInteger(options.batchSize ?? 32, "recalibrate", "batchSize", 1);
  const run = (arrays: readonly HostLeaf[], entered?: (call: WatchedCall) => void): readonly WatchedCall[] => {
    const inputs = packStructure(prepared.data[0], arrays.map(asTensor));
    return watch(
      model,
      () => model.callForTrainer(inputs, false),
      (calls) => calls,
      entered,
    );
  };
  const all = run(new Feed(prepared, 1).next()!.arrays()).map(({ layer }) => layer);
  const layers = [...new Set(all)].filter((layer) => layer.trainable && "setStatistics" in layer) as WithStatistics[];
  const before = layers.map((layer) => layer.getWeights());
  try {
    for (const layer of layers) {
      const moments = new Moments();
      const calls = all.filter((each) => each === layer).length;
      const feed = new Feed(prepared, batchSize);
      for (let batch = feed.next(); batch !== undefined; batch = feed.next()) {
        let left = calls;
        try {
          run(batch.arrays(), (call) => {
            if (call.layer !== layer) return;
            moments.add(layer, call);
            if (--left === 0) throw ENOUGH;
          });
        } catch (error) {
          if (error !== ENOUGH) throw error;
        }
      }
      moments.write(layer);
    }
  } catch (error) {
    layers.forEach((layer, i) => {
      layer.setWeights(before[i]!);
    });
    throw error;
  }
}
