import { isTracing, runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Configured } from "../util/configured.ts";
import type { TensorData } from "../util/dtype.ts";
import { fail } from "../util/errors.ts";
import { checkChoice } from "../util/names.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { alignWeights } from "./align.ts";

const REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"] as const;

type CanonicalReduction = (typeof REDUCTIONS)[number];

/** How per-sample losses become one number; camelCase spellings are accepted too. */
export type Reduction = CanonicalReduction | "sumOverBatchSize" | "meanWithSampleWeight";

/** What every loss takes. */
export interface LossOptions {
  /** Default "sum_over_batch_size": the sum divided by the number of values. Null means "none", as in Keras. */
  reduction?: Reduction | null;
  name?: string;
}

/** Targets as they stand in JavaScript memory. */
export interface HostTargets {
  readonly data: TensorData;
  readonly shape: Dims;
}

/**
 * A loss: how far predictions are from targets. Subclasses give one value per sample; the base weighs and reduces.
 *
 * ```ts
 * const loss = hb.losses.meanSquaredError();
 * loss.apply([[1], [2]], [[1.5], [2]]).item(); // 0.125
 * ```
 */
export abstract class Loss extends Configured {
  static override readonly className: string = "Loss";
  readonly reduction: CanonicalReduction;

  protected constructor(options?: LossOptions, name?: string, own?: readonly string[]) {
    super("Loss", options, own && ["reduction", ...own], name);
    const { reduction = REDUCTIONS[0] } = options ?? {};
    const what = "Invalid value for argument `reduction`";
    this.reduction = reduction === null ? "none" : checkChoice(reduction, this.where, what, REDUCTIONS);
  }

  /** Values per sample: shape of the predictions without the axis the loss is taken over. */
  protected abstract call(target: Tensor, prediction: Tensor): Tensor;

  /**
   * Checks targets that stand in JavaScript memory against the shape of the predictions (sizes only where known): one
   * that is NaN or infinite would turn every weight into NaN at once.
   * @throws ValueError for values no target can have.
   */
  checkTargets(targets: HostTargets, _prediction: Shape, where: string = this.where): void {
    checkValues(targets, where, "finite numbers", Number.isFinite);
  }

  /** The reduced loss of predictions, or the weighted values per sample with reduction "none". */
  apply(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): Tensor {
    return runScoped(() => {
      const { mask } = toTensor(yPred);
      const values = this.perSample(yTrue, yPred);
      return this.#reduce(values, mask === undefined ? sampleWeight : this.#masked(values, mask, sampleWeight));
    });
  }

  /** The values per sample, not weighted and not reduced. */
  perSample(yTrue: TensorLike, yPred: TensorLike): Tensor {
    return runScoped(() => {
      const target = toTensor(yTrue);
      const prediction = toTensor(yPred).cast("float32");
      // In a trace there are no values yet; the trainer checks them before it runs the plan.
      if (!isTracing()) this.checkTargets({ data: target.hostData(), shape: target.shape }, prediction.shape);
      return this.call(target, prediction);
    });
  }

  /** Weights that leave out what a mask on the predictions leaves out: means are then over the rest. */
  #masked(values: Tensor, mask: Tensor, weights: TensorLike | undefined): Tensor {
    const valid = alignWeights(values, mask, this.where).broadcastTo(values.shape);
    const whole = this.reduction === "sum" || this.reduction === "none";
    const share = whole ? valid : valid.mul(values.size).div(valid.sum().maximum(1));
    return weights === undefined || weights === null
      ? share
      : share.mul(alignWeights(values, toTensor(weights), this.where));
  }

  /** Weighted values, reduced. The default divides by the number of values, whatever the weights add up to. */
  #reduce(values: Tensor, weights: TensorLike | undefined): Tensor {
    const { reduction, where } = this;
    const w = weights === undefined || weights === null ? undefined : alignWeights(values, toTensor(weights), where);
    const weighted = w === undefined ? values : values.mul(w);
    if (reduction === "none") return weighted;
    // Nothing to divide by (or to add): Keras gives 0 here, not NaN.
    if (reduction === "sum" || values.size === 0) return weighted.sum();
    if (reduction === "mean_with_sample_weight" && w !== undefined) {
      const total = w.broadcastTo(values.shape).sum();
      // With a total of 0 the numerator is 0 too (unless weights cancel): divide by 1 instead.
      return weighted.sum().div(total.add(total.equal(0)));
    }
    return weighted.mean();
  }
}

/** Refuses values that do not fit, with the place of the first: "row 3" or "row 3, element 1". */
export function checkValues(
  { data, shape }: HostTargets,
  where: string,
  expected: string,
  fits: (value: number) => boolean,
): void {
  // A plain loop: findIndex costs four times as much, once for each batch.
  let at = 0;
  while (at < data.length && fits(data[at]!)) at++;
  if (at === data.length) return;
  const row = data.length / (shape[0] ?? 1);
  const element = row > 1 ? `, element ${at % row}` : "";
  fail(where, `yTrue: expected ${expected}, got ${data[at]} in row ${Math.floor(at / row)}${element}`);
}

/** A loss given as a function: values per sample, or a single value, from targets and predictions. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** Wraps a function, so that it is weighted, reduced and named like every loss. */
export class FunctionLoss extends Loss {
  static override readonly className: string = "FunctionLoss";
  readonly #fn: LossFunction;

  constructor(fn: LossFunction) {
    super(undefined, fn.name || "loss");
    this.#fn = fn;
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    return this.#fn(target, prediction);
  }
}
