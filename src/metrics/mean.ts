import { alignWeights } from "../losses/align.ts";
import { runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import { Metric, type MetricOptions } from "./metric.ts";

/** The mean over all axes from `axis` on. */
function meanFrom(values: Tensor, axis: number): Tensor {
  return values.rank <= axis ? values : values.mean(values.shape.map((_, i) => i).slice(axis));
}

/**
 * Base of the metrics that are a weighted mean over samples. Values with more axes than one count as their mean per
 * sample, as do their weights.
 */
export abstract class MeanBase extends Metric {
  readonly #total: Variable;
  readonly #count: Variable;

  protected constructor(options?: MetricOptions, own?: readonly string[], name?: string) {
    super(options, own, name);
    this.#total = this.addVariable("total");
    this.#count = this.addVariable("count");
  }

  override result(): Tensor {
    return runScoped(() => {
      const count = this.#count.value();
      // Nothing taken in: 0 / 1, not 0 / 0.
      return this.#total.value().div(count.add(count.equal(0)));
    });
  }

  /** Adds values, one or more for each sample, to the mean. */
  protected accumulate(given: Tensor, sampleWeight: TensorLike | undefined): void {
    let values = given.cast("float32");
    let count: Tensor | number = values.shape[0] ?? 1;
    if (sampleWeight !== undefined && sampleWeight !== null) {
      const weights = toTensor(sampleWeight);
      if (weights.rank > 0) values = meanFrom(values, weights.rank);
      const w = alignWeights(values, weights, this.where).broadcastTo(values.shape);
      values = values.mul(w);
      count = meanFrom(w, 1).sum();
    }
    this.#total.assign(this.#total.value().add(meanFrom(values, 1).sum()));
    this.#count.assign(this.#count.value().add(count));
  }
}

/** Weighted mean of the values given. */
export class Mean extends MeanBase {
  static override readonly className: string = "Mean";

  constructor(options?: MetricOptions) {
    super(options, []);
  }

  override updateState(values: TensorLike, sampleWeight?: TensorLike): void {
    runScoped(() => this.accumulate(toTensor(values), sampleWeight));
  }
}

/** Values per sample (or per element) from targets and predictions. */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The mean over samples of a function of targets and predictions. */
export class MeanMetricWrapper extends MeanBase {
  static override readonly className: string = "MeanMetricWrapper";
  readonly #fn: MetricFunction;

  constructor(fn: MetricFunction, options?: MetricOptions, own?: readonly string[]) {
    super(options, own, own === undefined ? fn?.name || "metric" : undefined);
    if (typeof fn !== "function") refuse(this.where, "fn", "a function", fn);
    this.#fn = fn;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): void {
    runScoped(() => {
      const prediction = toTensor(yPred);
      const values = this.#fn(toTensor(yTrue), prediction.cast("float32"));
      const mask = prediction.mask?.cast("float32");
      if (mask === undefined) return this.accumulate(values, sampleWeight);
      // What a mask on the predictions leaves out does not count.
      const weights = sampleWeight === undefined || sampleWeight === null ? 1 : toTensor(sampleWeight);
      this.accumulate(values, typeof weights === "number" ? mask : mask.mul(alignWeights(mask, weights, this.where)));
    });
  }
}
