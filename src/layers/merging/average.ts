import type { Tensor } from "../../ops/tensor.ts";
import { Merge } from "./merge.ts";

/** The mean of its inputs, a list of tensors. */
export class Average extends Merge {
  static override readonly className: string = "Average";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return super.call(inputs).div(inputs.length);
  }
}
