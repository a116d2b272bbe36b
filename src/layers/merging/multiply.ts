import type { Tensor } from "../../ops/tensor.ts";
import { Merge } from "./merge.ts";

/** The product of its inputs, a list of tensors. */
export class Multiply extends Merge {
  static override readonly className: string = "Multiply";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }
}
