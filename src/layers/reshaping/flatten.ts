import type { Tensor } from "../../ops/tensor.ts";
import { type Shape, sizeOf } from "../../util/shape.ts";
import { markBuilt } from "../build.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

/** (batch, a, b, …) → (batch, a·b·…); (batch,) → (batch, 1). */
export class Flatten extends Layer {
  static override readonly className: string = "Flatten";
  static readonly keepsDType: boolean = true;

  constructor(options: LayerOptions = {}) {
    super(options);
    this.inputSpec = [{ minNdim: 1 }];
    markBuilt(this);
  }

  override computeOutputShape([batch = null, ...rest]: Shape): Shape {
    return [batch, rest.includes(null) ? null : sizeOf(rest as number[])];
  }

  override call(inputs: Tensor): Tensor {
    const [batch, ...rest] = inputs.shape;
    return inputs.reshape([batch!, sizeOf(rest)]);
  }
}
