import type { Tensor } from "../ops/tensor.ts";
import { Constraint } from "./constraint.ts";

/** max(w, 0). */
export class NonNeg extends Constraint {
  static override readonly className: string = "NonNeg";

  override apply(weight: Tensor): Tensor {
    return weight.relu();
  }
}
