import type { Tensor } from "../../ops/tensor.ts";
import type { Shape } from "../../util/shape.ts";
import type { LayerOptions } from "../options.ts";
import { type Check, type Field, PlainLayer } from "../plain-layer.ts";

/** Options of {@link Permute}. */
export interface PermuteOptions extends LayerOptions {
  /** A sample's axes, counted from 1, in their new order. */
  readonly dims: readonly number[];
}

const PERMUTATION: Check = {
  expected: "a permutation of 1, 2, …",
  good: (value) => Array.isArray(value) && [...value].sort((a, b) => a - b).every((axis, i) => axis === i + 1),
};

/** Samples with their axes in another order. */
export class Permute extends PlainLayer<PermuteOptions> {
  static override readonly className: string = "Permute";
  static override fields(): Readonly<Record<string, Field>> {
    return { dims: [undefined, PERMUTATION] };
  }
  static readonly keepsDType: boolean = true;
  declare readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    super(options);
    this.supportsMasking = false;
    this.inputSpec = [{ ndim: this.dims.length + 1 }];
  }

  override computeOutputShape(shape: Shape): Shape {
    return [shape[0]!, ...this.dims.map((axis) => shape[axis]!)];
  }

  override call(inputs: Tensor): Tensor {
    return inputs.transpose([0, ...this.dims]);
  }
}
