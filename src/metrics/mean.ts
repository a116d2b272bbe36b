import { alignWeights, type Weights } from "../losses/align.ts";
import { checkFinite, type HostTargets, ratio } from "../losses/loss.ts";
import { type LossClass, type Parts, type Settled, settle } from "../losses/loss-class.ts";
import { runScoped } from "../ops/scopes.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import { snakeCase } from "../util/names.ts";
import type { Shape } from "../util/shape.ts";
import { addTo, type Direction, Metric, type MetricOptions } from "./metric.ts";

type Reduce = "mean" | "sum";

/** All axes from `axis` on reduced. */
function reduceFrom(values: Tensor, axis: number, by: Reduce): Tensor {
  return values.rank <= axis ? values : values[by](values.shape.map((_, i) => i).slice(axis));
}

/** Weights that leave out what a mask leaves out. */
function withMask(weights: Tensor, mask: Tensor | undefined, where: string): Tensor {
  if (mask === undefined) return weights;
  const kept = mask.cast("float32");
  return kept.mul(alignWeights(kept, weights, where));
}

/** One value per sample, and the weight of each where weights are given. */
function samplewise(
  given: Tensor,
  sampleWeight: Weights,
  by: Reduce,
  where: string,
): [values: Tensor, weights?: Tensor] {
  const values = given.cast("float32");
  if (sampleWeight === undefined || sampleWeight === null) return [reduceFrom(values, 1, by)];
  // What the values' own mask leaves out counts as 0 without weights, and not at all with them, as in Keras.
  const weights = withMask(toTensor(sampleWeight), given.mask, where);
  const reduced = weights.rank > 0 ? reduceFrom(values, weights.rank, by) : values;
  const w = alignWeights(reduced, weights, where).broadcastTo(reduced.shape);
  return [reduceFrom(reduced.mul(w), 1, by), reduceFrom(w, 1, by)];
}

/**
 * Base of the metrics that are a weighted mean over samples. Values with more axes than one count as their mean per
 * sample, as do their weights.
 */
export abstract class MeanBase extends Metric {
  readonly #total: Variable = this.addVariable({ name: "total" });
  readonly #count: Variable = this.addVariable({ name: "count" });

  override result(): Tensor {
    return runScoped(() => ratio(this.#total.value(), this.#count.value()));
  }

  /** Adds values, one or more for each sample, to the mean. */
  protected accumulate(given: Tensor, sampleWeight: Weights): void {
    const [values, weights] = samplewise(given, sampleWeight, "mean", this.where);
    addTo(this.#total, values.sum());
    addTo(this.#count, weights?.sum() ?? toTensor(values.shape[0] ?? 1));
  }
}

/** Weighted mean of the values given. */
export class Mean extends MeanBase {
  static override readonly className: string = "Mean";

  constructor(options?: MetricOptions) {
    super(options, []);
  }

  override updateState(values: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => this.accumulate(toTensor(values), sampleWeight));
  }
}

/** Weighted sum of the values given. */
export class Sum extends Metric {
  static override readonly className: string = "Sum";
  readonly #total: Variable = this.addVariable({ name: "total" });

  constructor(options?: MetricOptions) {
    super(options, []);
  }

  override updateState(values: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => addTo(this.#total, samplewise(toTensor(values), sampleWeight, "sum", this.where)[0].sum()));
  }

  override result(): Tensor {
    return this.#total.value();
  }
}

/** Values per sample (or per element) from targets and predictions. */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The mean over samples of a function of targets and predictions. Masks leave values out. */
export class MeanMetricWrapper extends MeanBase {
  static override readonly className: string = "MeanMetricWrapper";
  readonly #fn: MetricFunction;

  constructor(fn: MetricFunction, options?: MetricOptions, own?: readonly string[], name?: string) {
    super(options, own, own === undefined ? (typeof fn === "function" && snakeCase(fn.name)) || "metric" : name);
    if (typeof fn !== "function") refuse(this.where, "fn", "a function", fn);
    this.#fn = fn;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const [target, prediction] = this.read(yTrue, yPred);
      const values: unknown = this.#fn(target, prediction.cast("float32"));
      if (!(values instanceof Tensor)) return refuse(this.where, "", "a function that returns a tensor", values);
      // What a mask on the predictions leaves out does not count.
      const weights = prediction.mask === undefined ? sampleWeight : (sampleWeight ?? 1);
      this.accumulate(values, weights && withMask(toTensor(weights), prediction.mask, this.where));
    });
  }
}

/** A class of metrics as a value; may be extended. */
export interface MetricClass<O extends object = object> {
  readonly className: string;
  readonly prototype: MeanMetricWrapper;
  new (options?: MetricOptions & O): MeanMetricWrapper & Readonly<Required<O>>;
}

/**
 * Makes a class of metrics that are the mean of a function of targets, predictions and options.
 * `parts` are those of a class of losses, or the like.
 */
export function meanMetric<O extends object>(
  className: string,
  [defaults, values, check]: Parts<O>,
  direction: Direction = "up",
  name?: string,
): MetricClass<O> {
  class BuiltIn extends MeanMetricWrapper {
    static override readonly className: string = className;
    override readonly direction: Direction = direction;

    constructor(options?: MetricOptions & O) {
      super((t, p) => values(t, p, this as unknown as Settled<O>), options, Object.keys(defaults), name);
      settle(this, { ...defaults }, options);
    }

    override checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
      (check ?? checkFinite)(targets, prediction, where, this as unknown as Settled<O>);
    }
  }
  return BuiltIn as unknown as MetricClass<O>;
}

/** The mean of a loss over all samples: over many batches, where the loss itself gives the mean of one. */
export function lossMetric<O extends object>(loss: LossClass<O>): MetricClass<O> {
  return meanMetric(loss.className, loss.parts, "down");
}
