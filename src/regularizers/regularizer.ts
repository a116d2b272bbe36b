import type { Tensor, TensorLike } from "../ops/tensor.ts";

/** Makes a penalty, one number, from a weight or an activity. Extend it for one of your own. */
export abstract class Regularizer {
  /** Name of the class in configs. */
  static readonly className: string = "Regularizer";

  /** The penalty for these values. */
  abstract apply(x: TensorLike): Tensor;

  /** The constructor's options, ready for JSON. */
  getConfig(): Record<string, unknown> {
    return {};
  }
}
