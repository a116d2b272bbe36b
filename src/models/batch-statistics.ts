import type { Layer } from "../layers/layer.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { WatchedCall } from "./watch.ts";

/** A layer with moving statistics, as far as `diagnose` reads it. */
export interface WithStatistics extends Layer {
  batchMoments(x: Tensor, mask: Tensor | undefined): { mean: Tensor; variance: Tensor; counts: ArrayLike<number> };
  hasInitialStatistics(): boolean;
  readonly movingMean: { value(): Tensor };
  readonly movingVariance: { value(): Tensor };
}

/** A batch's statistics beside the moving ones. */
export interface BatchStatistics {
  readonly count: number;
  /** Medians over the channels: distance of the means in standard deviations, ratio of the variances (at least 1). */
  readonly shift: number;
  readonly ratio: number;
}

/** By properties, not by class: the class need not be in the program. */
export function hasStatistics(layer: Layer): layer is WithStatistics {
  return "batchMoments" in layer;
}

/** How far a layer's moving statistics are from those of what it was given in a call. */
export function batchOf(layer: WithStatistics, { inputs, mask }: WatchedCall): BatchStatistics {
  const { mean, variance, counts } = layer.batchMoments(inputs as Tensor, mask as Tensor | undefined);
  const count = Array.from(counts).reduce((a, b) => Math.max(a, b), 0);
  const [m, v] = [mean.dataSync(), variance.dataSync()];
  const [movingMean, movingVariance] = [layer.movingMean.value().dataSync(), layer.movingVariance.value().dataSync()];
  const shifts = Array.from(m, (value, i) => {
    const spread = Math.sqrt(Math.max(v[i]!, movingVariance[i]!) + 1e-3);
    // What chance alone explains does not count.
    return Math.max(Math.abs(value - movingMean[i]!) / spread - 3 / Math.sqrt(count), 0);
  });
  const ratios = Array.from(v, (value, i) => {
    const ratio = (value + 1e-3) / (movingVariance[i]! + 1e-3);
    return Math.max(ratio, 1 / ratio) / (1 + 6 / Math.sqrt(count));
  });
  return { count, shift: median(shifts), ratio: median(ratios) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
