import type { Tensor } from "../../ops/tensor.ts";
import { fail, ShapeError } from "../../util/errors.ts";
import { broadcastDims, formatShape, sameShape } from "../../util/shape.ts";
import type { CallOptions } from "../call-context.ts";
import { asFloat } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { type Check, type Field, INTEGER, listOf, PlainLayer } from "../plain-layer.ts";

/** Options of {@link Softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** The axis or axes over which values add up to 1. Default -1. */
  readonly axis?: number | readonly number[];
}

const AXES: Check = {
  expected: "an integer or a list of them",
  good: (value) => INTEGER.good(value) || listOf(INTEGER).good(value),
};

/** exp(x) / Σ exp(x). With a mask (true = counts) the other positions become 0. */
export class Softmax extends PlainLayer<SoftmaxOptions> {
  static override readonly className: string = "Softmax";
  static override fields(): Readonly<Record<string, Field>> {
    return { axis: [-1, AXES] };
  }
  declare readonly axis: number | readonly number[];

  // The default makes `call.length` 1: explanations take that for a layer that does not read the flag.
  override call(inputs: Tensor, options: CallOptions = { training: undefined }): Tensor {
    const mask = options.mask as Tensor | undefined;
    const x = asFloat(inputs);
    if (mask !== undefined) {
      const fits = sameShape(broadcastDims(mask.shape, x.shape) ?? [], x.shape);
      if (!fits) {
        const text = `mask: The \`mask\` must be broadcastable to \`inputs\`: expected a shape that fits ${formatShape(x.shape)}`;
        fail(this.where(), `${text}, got ${formatShape(mask.shape)}`, ShapeError);
      }
      const kept = mask.dtype === "bool" ? mask : mask.greater(0.5);
      // Once more behind it, for rows of which nothing is left.
      return this.#softmax(x.where(kept, -1e9)).where(kept, 0);
    }
    return this.#softmax(x);
  }

  #softmax(x: Tensor): Tensor {
    const { axis } = this;
    if (typeof axis === "number") return x.softmax(axis);
    const top = x.sub(x.max(axis, true).stopGradient()).exp();
    return top.div(top.sum(axis, true));
  }
}
