import { type Tensor, toTensor } from "../../ops/tensor.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { ANY_NUMBER, type Check, type Field, listOf, PlainLayer } from "../plain-layer.ts";

/** Options of {@link Rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** A factor, or one for each index of the last axis. */
  readonly scale: number | readonly number[];
  /** Default 0. */
  readonly offset?: number | readonly number[];
}

const NUMBERS: Check = {
  expected: "a finite number or a list of them",
  good: (value) => ANY_NUMBER.good(value) || listOf(ANY_NUMBER).good(value),
};

/** x · scale + offset: `rescaling({scale: 1 / 255})` for bytes. */
export class Rescaling extends PlainLayer<RescalingOptions> {
  static override readonly className: string = "Rescaling";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      scale: [undefined, NUMBERS],
      offset: [0, NUMBERS],
    };
  }
  declare readonly scale: number | readonly number[];
  declare readonly offset: number | readonly number[];

  override call(inputs: Tensor): Tensor {
    const scaled = asFloat(inputs).mul(toTensor(this.scale as number));
    return this.offset === 0 ? scaled : scaled.add(toTensor(this.offset as number));
  }
}
