import type { Tensor } from "../../ops/tensor.ts";
import { Merge } from "./merge.ts";

/** The sum of its inputs, a list of tensors. */
export class Add extends Merge {
  static override readonly className: string = "Add";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }
}
