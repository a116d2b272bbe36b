import { isTracing, runScoped } from "../ops/scopes.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Configured } from "../util/configured.ts";
import type { TensorData } from "../util/dtype.ts";
import { fail, refuse } from "../util/errors.ts";
import { checkChoice, snakeCase } from "../util/names.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { alignRanks, type Weights, weightsFor } from "./align.ts";

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
 * A loss: how far predictions are from targets. Subclasses give one value per sample; the base weighs and reduces. A mask
 * on the predictions, or on the values that `call` gives, leaves values out.
 *
 * ```ts
 * const loss = hb.losses.meanSquaredError();
 * loss.apply([[1], [2]], [[1.5], [2]]).item(); // 0.125
 * ```
 */
export abstract class Loss extends Configured {
  static override readonly className: string = "Loss";
  readonly reduction: CanonicalReduction;

  constructor(options?: LossOptions, name?: string, own?: readonly string[]) {
    super("Loss", options, own && ["reduction", ...own], name);
    const { reduction = REDUCTIONS[0] } = options ?? {};
    const what = "Invalid value for argument `reduction`";
    this.reduction = reduction === null ? "none" : checkChoice(reduction, this.where, what, REDUCTIONS);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), reduction: this.reduction };
  }

  /** Values per sample: shape of the predictions without the axis the loss is taken over. */
  protected abstract call(target: Tensor, prediction: Tensor): Tensor;

  /**
   * Checks targets that stand in JavaScript memory against the shape of the predictions (sizes only where known): one
   * that is NaN or infinite would turn every weight into NaN at once.
   * @throws ValueError for values no target can have.
   */
  checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
    checkFinite(targets, prediction, where);
  }

  /** The reduced loss of predictions, or the weighted values per sample with reduction "none". */
  apply(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): Tensor {
    return runScoped(() => {
      const prediction = toTensor(yPred);
      const values = this.perSample(yTrue, prediction);
      return this.#reduce(values, this.#weights(values, prediction.mask, sampleWeight));
    });
  }

  /** The values per sample, not weighted and not reduced; with a mask where the loss itself leaves some out. */
  perSample(yTrue: TensorLike, yPred: TensorLike): Tensor {
    return runScoped(() => {
      const target = toTensor(yTrue);
      const prediction = toTensor(yPred).cast("float32");
      // In a trace there are no values yet; the trainer checks them before it runs the plan.
      if (!isTracing()) this.checkTargets({ data: target.hostData(), shape: target.shape }, prediction.shape);
      return this.call(target, prediction);
    });
  }

  /** Weights and masks in one; in the plain means, 1 stands for an even share of what masks leave. */
  #weights(values: Tensor, mask: Tensor | undefined, given: Weights): Tensor | undefined {
    // One value for the whole batch meets weights of any shape.
    const like = values.rank === 0 ? undefined : values;
    const aligned = (weights: Weights): Tensor | undefined => weightsFor(like, weights, this.where);
    const weights = aligned(given);
    const masks = [mask, values.mask].flatMap((each) => aligned(each) ?? []);
    if (masks.length === 0) return weights;
    let share = masks.reduce((a, b) => a.mul(b));
    if (values.rank > 0) share = share.broadcastTo(values.shape);
    if (/^sum_|^mean$/.test(this.reduction)) share = share.mul(share.size).div(share.sum().maximum(1));
    return weights === undefined ? share : share.mul(weights);
  }

  /** Weighted values, reduced. The default divides by the number of values, whatever the weights add up to. */
  #reduce(values: Tensor, w: Tensor | undefined): Tensor {
    const { reduction } = this;
    const weighted = w === undefined ? values : values.mul(w);
    if (reduction === "none") return weighted;
    // Nothing to divide by (or to add): Keras gives 0 here, not NaN.
    if (reduction === "sum" || weighted.size === 0) return weighted.sum();
    if (reduction !== "mean_with_sample_weight" || w === undefined) return weighted.mean();
    // By the weights as they came, as in Keras: one weight for several values counts once.
    return ratio(weighted.sum(), w.sum());
  }
}

/** a/b, and 0 where b is 0. */
export function ratio(a: Tensor, b: Tensor): Tensor {
  const divides = b.notEqual(0);
  return a.div(b.where(divides, 1)).where(divides, 0);
}

/** The mean over an axis, by default the last; a scalar as it is. */
export function mean(values: Tensor, axis: number = -1): Tensor {
  return values.rank === 0 ? values : values.mean(axis);
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

/** Refuses targets that are NaN or infinite. */
export function checkFinite(targets: HostTargets, _prediction: Shape, where: string): void {
  // 0 times anything finite is 0: a loop without a branch, once over all the data of each call.
  const { data } = targets;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  if (sum !== 0) checkValues(targets, where, "finite numbers", Number.isFinite);
}

/** A loss given as a function: values per sample, or a single value, from targets and predictions. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** Wraps a function, so that it is weighted, reduced and named like every loss. It gets float32 of equal ranks. */
export class FunctionLoss extends Loss {
  static override readonly className: string = "FunctionLoss";
  readonly #fn: LossFunction;

  constructor(fn: LossFunction) {
    super(undefined, snakeCase(fn.name) || "loss");
    this.#fn = fn;
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const values: unknown = this.#fn(...alignRanks(target, prediction));
    return values instanceof Tensor ? values : refuse(this.where, "", "a function that returns a tensor", values);
  }
}
