import type { Tensor } from "../../ops/tensor.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { ANY_NUMBER, type Field, PlainLayer } from "../plain-layer.ts";

/** Options of {@link Masking}. */
export interface MaskingOptions extends LayerOptions {
  /** A time step all of whose values are this one is masked. Default 0. */
  readonly maskValue?: number;
}

/** Masks the time steps (last axis but one) all of whose values are `maskValue`: they become 0, and layers after it see the mask. */
export class Masking extends PlainLayer<MaskingOptions> {
  static override readonly className: string = "Masking";
  static override fields(): Readonly<Record<string, Field>> {
    return { maskValue: [0, ANY_NUMBER] };
  }
  declare readonly maskValue: number;

  override computeMask(inputs: Tensor): Tensor {
    return asFloat(inputs).notEqual(this.maskValue).any(-1);
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const outputs = x.mul(x.notEqual(this.maskValue).any(-1, true).cast("float32"));
    outputs.mask = this.computeMask(x);
    return outputs;
  }
}
