import { isTracing, runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Dims } from "../util/shape.ts";
import { checkFinite, type HostTargets } from "./label-checks.ts";
import { checkReduction, type Reduction, reduceValues } from "./reduction.ts";

/** What every loss takes. */
export interface LossOptions {
  /** Default "sum_over_batch_size": the sum divided by the number of values. */
  reduction?: Reduction | null;
  name?: string;
}

/**
 * A loss: how far predictions are from targets. Subclasses give one value per sample; the base weighs and reduces.
 *
 * ```ts
 * const loss = hb.losses.meanSquaredError();
 * loss.apply([[1], [2]], [[1.5], [2]]).item(); // 0.125
 * ```
 */
export abstract class Loss {
  readonly name: string;
  readonly reduction: ReturnType<typeof checkReduction>;

  protected constructor(options: LossOptions | undefined, defaultName: string) {
    this.name = options?.name ?? defaultName;
    this.reduction = checkReduction(options?.reduction, this.where);
  }

  /** Values per sample: shape of the predictions without the axis the loss is taken over. */
  protected abstract call(target: Tensor, prediction: Tensor): Tensor;

  /**
   * Checks targets that stand in JavaScript memory against the shape of the predictions (sizes only where known).
   * @throws ValueError for values no target can have.
   */
  checkTargets(targets: HostTargets, _prediction: Dims | readonly (number | null)[], where: string = this.where): void {
    checkFinite(targets, where);
  }

  /** The reduced loss of predictions, or the weighted values per sample with reduction "none". */
  apply(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): Tensor {
    return runScoped(() => {
      const weights = sampleWeight === undefined || sampleWeight === null ? undefined : toTensor(sampleWeight);
      return reduceValues(this.perSample(yTrue, yPred), weights, this.reduction, this.where);
    });
  }

  /** The values per sample, not weighted and not reduced. */
  perSample(yTrue: TensorLike, yPred: TensorLike): Tensor {
    return runScoped(() => {
      const target = toTensor(yTrue);
      const given = toTensor(yPred);
      const prediction = given.dtype === "float32" ? given : given.cast("float32");
      // In a trace there are no values yet; the trainer checks them before it runs the plan.
      if (!isTracing()) this.checkTargets({ data: target.peekSync(), shape: target.shape }, prediction.shape);
      return this.call(target, prediction);
    });
  }

  /** Plain data from which an equal loss can be made. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction };
  }

  protected get where(): string {
    return `Loss "${this.name}"`;
  }
}
