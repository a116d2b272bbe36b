import type { Tensor } from "../../ops/tensor.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, NUMBER_FROM_0, orNull, PlainLayer } from "../plain-layer.ts";

/** Options of {@link ReLU}. */
export interface ReLUOptions extends LayerOptions {
  /** Upper bound; none by default. */
  readonly maxValue?: number | null;
  /** Slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Default 0. */
  readonly threshold?: number;
}

/** x where x ≥ threshold, else negativeSlope · (x − threshold); at most maxValue. */
export class ReLU extends PlainLayer<ReLUOptions> {
  static override readonly className: string = "ReLU";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      maxValue: [null, orNull(NUMBER_FROM_0)],
      negativeSlope: [0, NUMBER_FROM_0],
      threshold: [0, NUMBER_FROM_0],
    };
  }
  declare readonly maxValue: number | null;
  declare readonly negativeSlope: number;
  declare readonly threshold: number;

  override call(inputs: Tensor): Tensor {
    const { maxValue, negativeSlope: slope, threshold } = this;
    const x = asFloat(inputs);
    const y =
      threshold === 0
        ? slope === 0
          ? x.relu()
          : x.leakyRelu(slope)
        : x.where(x.greaterEqual(threshold), x.sub(threshold).mul(slope));
    return maxValue === null ? y : y.minimum(maxValue);
  }
}
