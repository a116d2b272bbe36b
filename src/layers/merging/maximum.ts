import type { Tensor } from "../../ops/tensor.ts";
import { Extreme } from "./merge.ts";

/** The largest of its inputs, a list of tensors, element by element; a masked element does not count. */
export class Maximum extends Extreme {
  static override readonly className: string = "Maximum";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.maximum(b);
  }
}
