import type { Tensor } from "../../ops/tensor.ts";
import type { Shape } from "../../util/shape.ts";
import { Merge } from "./merge.ts";

/** The first of two inputs minus the second. */
export class Subtract extends Merge {
  static override readonly className: string = "Subtract";

  protected override joinShapes(shapes: readonly Shape[]): Shape {
    if (shapes.length !== 2) this.refuseShapes("A `Subtract` layer should be called on exactly 2 inputs", shapes);
    return super.joinShapes(shapes);
  }

  protected override combine(a: Tensor, b: Tensor): Tensor {
    return a.sub(b);
  }
}
