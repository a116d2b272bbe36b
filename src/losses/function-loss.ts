import type { Tensor } from "../ops/tensor.ts";
import { Loss } from "./loss.ts";

/** A loss given as a function: values per sample, or a single value, from targets and predictions. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** Wraps a function, so that it is weighted, reduced and named like every loss. */
export class FunctionLoss extends Loss {
  static readonly className: string = "FunctionLoss";
  readonly #fn: LossFunction;

  constructor(fn: LossFunction) {
    super(undefined, fn.name === "" ? "loss" : fn.name);
    this.#fn = fn;
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    return this.#fn(target, prediction);
  }
}
