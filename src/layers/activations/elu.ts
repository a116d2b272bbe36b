import type { Tensor } from "../../ops/tensor.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { ANY_NUMBER, type Field, PlainLayer } from "../plain-layer.ts";

/** Options of {@link ELU}. */
export interface ELUOptions extends LayerOptions {
  /** Default 1. */
  readonly alpha?: number;
}

/** x where x > 0, else alpha · (exp(x) − 1). */
export class ELU extends PlainLayer<ELUOptions> {
  static override readonly className: string = "ELU";
  static override fields(): Readonly<Record<string, Field>> {
    return { alpha: [1, ANY_NUMBER] };
  }
  declare readonly alpha: number;

  override call(inputs: Tensor): Tensor {
    return asFloat(inputs).elu(this.alpha);
  }
}
