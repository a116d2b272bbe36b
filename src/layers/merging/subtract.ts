import type { Tensor } from "../../ops/tensor.ts";
import { Merge } from "./merge.ts";

/** The first of two inputs minus the second. */
export class Subtract extends Merge {
  static override readonly className: string = "Subtract";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.sub(b);
  }
}
