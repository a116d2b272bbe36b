import { alignWeights } from "../losses/reduction.ts";
import { runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { checkOptions } from "../util/names.ts";
import { Metric } from "./metric.ts";

/** What every metric takes. */
export interface MetricOptions {
  name?: string;
}

/**
 * Base of the metrics that are a weighted mean over samples. Values with more axes than one count as their mean per
 * sample, as do their weights.
 */
export abstract class MeanBase extends Metric {
  readonly #total: Variable;
  readonly #count: Variable;

  protected constructor(name: string | undefined, defaultName: string) {
    super(name, defaultName);
    this.#total = this.addVariable("total");
    this.#count = this.addVariable("count");
  }

  override result(): Tensor {
    return runScoped(() => {
      const count = this.#count.value();
      // Nothing taken in: 0 / 1, not 0 / 0.
      return this.#total.value().div(count.add(count.equal(0).cast("float32")));
    });
  }

  /** Adds values, one or more for each sample, to the mean. */
  protected accumulate(values: Tensor, sampleWeight: TensorLike | undefined): void {
    const weights = sampleWeight === undefined || sampleWeight === null ? undefined : toTensor(sampleWeight);
    const { sums, count } = weights === undefined ? plainSums(values) : this.#weightedSums(values, weights);
    this.#total.assign(this.#total.value().add(sums));
    this.#count.assign(this.#count.value().add(count));
  }

  #weightedSums(given: Tensor, weights: Tensor): { sums: Tensor; count: Tensor } {
    let values = given;
    if (weights.rank > 0 && values.rank > weights.rank) values = meanFrom(values, weights.rank);
    const w = alignWeights(values, weights, this.where).broadcastTo(values.shape);
    return { sums: meanFrom(values.mul(w), 1).sum(), count: meanFrom(w, 1).sum() };
  }
}

function plainSums(values: Tensor): { sums: Tensor; count: number } {
  return { sums: meanFrom(values, 1).sum(), count: values.shape[0] ?? 1 };
}

/** The mean over all axes from `axis` on. */
function meanFrom(values: Tensor, axis: number): Tensor {
  if (values.rank <= axis) return values;
  return values.mean(values.shape.map((_, i) => i).slice(axis));
}

/** Weighted mean of the values given. */
export class Mean extends MeanBase {
  static readonly className: string = "Mean";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric Mean");
    super(options?.name, "mean");
  }

  override updateState(values: TensorLike, sampleWeight?: TensorLike): void {
    runScoped(() => this.accumulate(toTensor(values).cast("float32"), sampleWeight));
  }
}
