import type { Tensor } from "../../ops/tensor.ts";
import type { Shape } from "../../util/shape.ts";
import { Merge } from "./merge.ts";

/** The product of its inputs, a list of tensors. A masked element counts as 1; where all inputs are masked the product is 0. */
export class Multiply extends Merge {
  static override readonly className: string = "Multiply";

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }

  protected override join(inputs: readonly Tensor[], shape: Shape, masks?: unknown): Tensor {
    const factors = this.masked(inputs, shape, masks);
    const product = super.join(
      factors.map(({ x, mask }) => (mask === undefined ? x : x.where(mask, 1))),
      shape,
    );
    const any = factors.map(({ mask }) => mask).reduce((a, b) => a && b && a.logicalOr(b));
    return any === undefined ? product : product.where(any, 0);
  }
}
