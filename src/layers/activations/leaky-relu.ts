import type { Tensor } from "../../ops/tensor.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, NUMBER_FROM_0, PlainLayer } from "../plain-layer.ts";

/** Options of {@link LeakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions {
  /** Default 0.3. */
  readonly negativeSlope?: number;
}

/** x where x ≥ 0, else negativeSlope · x. */
export class LeakyReLU extends PlainLayer<LeakyReLUOptions> {
  static override readonly className: string = "LeakyReLU";
  static override fields(): Readonly<Record<string, Field>> {
    return { negativeSlope: [0.3, NUMBER_FROM_0] };
  }
  declare readonly negativeSlope: number;

  override call(inputs: Tensor): Tensor {
    return asFloat(inputs).leakyRelu(this.negativeSlope);
  }
}
