import type { Tensor } from "../../ops/tensor.ts";
import { Extreme } from "./merge.ts";

/** The smallest of its inputs, a list of tensors, element by element; a masked element does not count. */
export class Minimum extends Extreme {
  static override readonly className: string = "Minimum";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.minimum(b);
  }
}
