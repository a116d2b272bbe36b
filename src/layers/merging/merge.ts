import type { Tensor } from "../../ops/tensor.ts";
import { ShapeError, ValueError } from "../../util/errors.ts";
import { broadcastShapes, type Shape } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import { isShape } from "../build.ts";
import { kerasShape } from "../input-spec.ts";
import { classNameOf, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";

/** `(None, 3), (None, 4)`. */
function listShapes(shapes: readonly Shape[]): string {
  return shapes.map((shape) => kerasShape(shape)).join(", ");
}

/** The shapes of a list of inputs; anything else is refused. */
export function checkList(layer: Layer, inputShape: Structure<Shape>): readonly Shape[] {
  const list = Array.isArray(inputShape) && inputShape.length > 0 && !isShape(inputShape);
  if (list && (inputShape as readonly unknown[]).every(isShape)) return inputShape as readonly Shape[];
  throw new ValueError(
    `[${whereOf(layer)}] inputs: A \`${classNameOf(layer)}\` layer should be called on a list of inputs, ` +
      `got ${isShape(inputShape) ? `one of shape ${kerasShape(inputShape)}` : "something else"}.`,
  );
}

/** A shape with axes of size 1 put in behind the batch until it has the rank. */
function padRank(shape: Shape, rank: number): Shape {
  const [batch, ...rest] = shape;
  return [batch!, ...new Array<number>(rank - shape.length).fill(1), ...rest];
}

/** Base of the layers that combine several inputs element by element, with broadcasting behind the batch axis. */
export abstract class Merge extends Layer {
  /** Combines two inputs of equal rank. */
  protected abstract combine(a: Tensor, b: Tensor): Tensor;

  override build(inputShape: Structure<Shape>): void {
    this.#mergedShape(checkList(this, inputShape));
  }

  override computeOutputShape(inputShape: Structure<Shape>): Structure<Shape> {
    return this.#mergedShape(checkList(this, inputShape));
  }

  #mergedShape(shapes: readonly Shape[]): Shape {
    const rank = Math.max(...shapes.map((shape) => shape.length));
    if (shapes.some((shape) => shape.length === 0)) this.#refuse(shapes);
    const batches = new Set(shapes.map((shape) => shape[0]).filter((size) => size !== null));
    if (batches.size > 1) {
      throw new ShapeError(
        `[${whereOf(this)}] inputs: Cannot merge tensors with different batch sizes, got ${listShapes(shapes)}.`,
      );
    }
    let merged = padRank(shapes[0]!, rank);
    for (const shape of shapes.slice(1)) {
      merged = broadcastShapes(merged, padRank(shape, rank)) ?? this.#refuse(shapes);
    }
    return merged;
  }

  #refuse(shapes: readonly Shape[]): never {
    throw new ShapeError(
      `[${whereOf(this)}] inputs: Inputs have incompatible shapes: expected sizes that are equal or 1, ` +
        `got ${listShapes(shapes)}.`,
    );
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const shape = this.#mergedShape(checkList(this, Array.isArray(inputs) ? inputs.map((x) => x.shape) : []));
    const aligned = inputs.map((x) =>
      x.rank === shape.length ? x : x.reshape(padRank(x.shape, shape.length) as number[]),
    );
    return aligned.reduce((a, b) => this.combine(a, b));
  }
}
