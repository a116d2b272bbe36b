import type { Tensor } from "../ops/tensor.ts";

/** Brings a weight back to where it may be, after each optimizer step. Extend it for one of your own. */
export abstract class Constraint {
  /** Name of the class in configs. */
  static readonly className: string = "Constraint";

  /** The weight's new value. */
  abstract apply(weight: Tensor): Tensor;

  /** The constructor's options, ready for JSON. */
  getConfig(): Record<string, unknown> {
    return {};
  }
}
