import type { Tensor } from "../../ops/tensor.ts";
import { markBuilt } from "../build.ts";
import { asFloat } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { type Axes, axesOf, checkAxes } from "./normalizer.ts";

/** Options of {@link UnitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis or axes along which the norm is taken. Default -1. */
  readonly axis?: Axes;
}

/** x divided by its Euclidean norm along `axis`; zeros stay zeros. The flag `training` makes no difference. */
export class UnitNormalization extends Layer {
  static override readonly className: string = "UnitNormalization";
  readonly axis: Axes;

  constructor(options: UnitNormalizationOptions = {}) {
    super(options, ["axis"]);
    this.axis = checkAxes(options.axis, whereOf(this));
    this.supportsMasking = true;
    markBuilt(this);
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    return unitVector(x, axesOf(this.axis, x.shape, whereOf(this)), 1e-12);
  }
}

/** x / max(‖x‖, ε) over some axes. */
export function unitVector(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  return x.mul(
    x
      .square()
      .sum(axes, true)
      .maximum(epsilon * epsilon)
      .rsqrt(),
  );
}
