import type { Tensor } from "../../ops/tensor.ts";
import { fail, refuse, ShapeError, ValueError } from "../../util/errors.ts";
import { normalizeAxis, type Shape, sizeOf } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import { kerasShape } from "../input-spec.ts";
import { asFloat } from "../inputs.ts";
import { isShape, type LayerOptions } from "../options.ts";
import { type Check, type Field, FLAG, INTEGER, PlainLayer } from "../plain-layer.ts";

/** Options of {@link Dot}. */
export interface DotOptions extends LayerOptions {
  /** The axis of both inputs, or of each, along which products are summed. Not 0, the batch. */
  readonly axes: number | readonly [number, number];
  /** Whether inputs are first brought to length 1 along their axes: the result is then a cosine. Default false. */
  readonly normalize?: boolean;
}

const AXES: Check = {
  expected: "an integer or two of them",
  good: (value) => INTEGER.good(value) || (Array.isArray(value) && value.length === 2 && value.every(INTEGER.good)),
};

/** Sums products of two inputs along an axis of each, sample by sample: (batch, n)·(batch, n) → (batch, 1). */
export class Dot extends PlainLayer<DotOptions> {
  static override readonly className: string = "Dot";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      axes: [undefined, AXES],
      normalize: [false, FLAG],
    };
  }
  declare readonly axes: number | readonly [number, number];
  declare readonly normalize: boolean;

  override build(inputShape: Structure<Shape>): void {
    this.#axesOf(inputShape);
  }

  override computeOutputShape(inputShape: Structure<Shape>): Shape {
    const [a, b] = this.#axesOf(inputShape);
    const [x, y] = inputShape as readonly [Shape, Shape];
    const rest = [...x.filter((_, axis) => axis !== a), ...y.filter((_, axis) => axis !== b && axis !== 0)];
    return rest.length === 1 ? [...rest, 1] : rest;
  }

  override computeMask(): undefined {
    return undefined;
  }

  #axesOf(shapes: Structure<Shape>): [number, number] {
    const where = this.where();
    if (!Array.isArray(shapes) || shapes.length !== 2 || !shapes.every(isShape)) {
      fail(where, "inputs: A `Dot` layer should be called on a list of 2 inputs, got something else");
    }
    const [x, y] = shapes as unknown as readonly [Shape, Shape];
    const given = typeof this.axes === "number" ? ([this.axes, this.axes] as const) : this.axes;
    const [a, b] = [normalizeAxis(given[0], x.length), normalizeAxis(given[1], y.length)];
    if (a === undefined || b === undefined || a * b === 0) {
      refuse(where, "axes", `axes behind the batch of ${kerasShape(x)} and ${kerasShape(y)}`, this.axes, ValueError);
    }
    const [m, n] = [x[a]!, y[b]!];
    if (m !== null && n !== null && m !== n) {
      const shown = `${kerasShape(x)}, ${kerasShape(y)}`;
      const text = `inputs: Incompatible input shapes: axis values ${m} (at axis ${a}) != ${n} (at axis ${b}), got ${shown}`;
      fail(where, text, ShapeError);
    }
    return [a, b];
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const shapes = Array.isArray(inputs) ? inputs.map(({ shape }) => shape) : [];
    const axes = this.#axesOf(shapes);
    // Each as (batch, others, summed).
    const [x, y] = inputs.map((input, i) => {
      const last = moveLast(asFloat(input), axes[i]!);
      const unit = this.normalize ? last.mul(last.square().sum(-1, true).maximum(1e-12).rsqrt()) : last;
      return unit.reshape([last.shape[0]!, sizeOf(last.shape.slice(1, -1)), last.shape.at(-1)!]);
    }) as [Tensor, Tensor];
    return x.matMul(y, false, true).reshape(this.computeOutputShape(shapes));
  }
}

function moveLast(x: Tensor, axis: number): Tensor {
  const perm = x.shape.map((_, i) => i).filter((i) => i !== axis);
  return x.transpose([...perm, axis]);
}
