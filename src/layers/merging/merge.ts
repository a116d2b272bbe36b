import type { Tensor } from "../../ops/tensor.ts";
import { fail, ShapeError } from "../../util/errors.ts";
import { broadcastShapes, type Shape } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import { kerasShape } from "../input-spec.ts";
import { classNameOf, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { isShape } from "../options.ts";

/** Base of the layers that make one tensor of a list of tensors. */
export abstract class ListLayer extends Layer {
  /** Shape of the result; refuses shapes that do not go together. */
  protected abstract joinShapes(shapes: readonly Shape[]): Shape;

  /** The result for inputs that go together. */
  protected abstract join(inputs: readonly Tensor[], shape: Shape): Tensor;

  override build(inputShape: Structure<Shape>): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: Structure<Shape>): Structure<Shape> {
    const list = (isShape(inputShape) ? [] : inputShape) as readonly Shape[];
    if (Array.isArray(list) && list.length > 0 && list.every(isShape)) return this.joinShapes(list);
    const got = isShape(inputShape) ? `one of shape ${kerasShape(inputShape)}` : "something else";
    const problem = `A \`${classNameOf(this)}\` layer should be called on a list of inputs`;
    return fail(whereOf(this), `inputs: ${problem}, got ${got}`);
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const shapes = Array.isArray(inputs) ? inputs.map((x) => x.shape) : {};
    return this.join(inputs, this.computeOutputShape(shapes) as Shape);
  }

  protected refuseShapes(problem: string, shapes: readonly Shape[]): never {
    return fail(whereOf(this), `inputs: ${problem}, got ${shapes.map(kerasShape).join(", ")}`, ShapeError);
  }
}

/** A shape with axes of size 1 put in behind the batch until it has the rank. */
function padRank([batch, ...rest]: Shape, rank: number): Shape {
  return [batch!, ...new Array<number>(rank - rest.length - 1).fill(1), ...rest];
}

/** Base of the layers that combine several inputs element by element, with broadcasting behind the batch axis. */
export abstract class Merge extends ListLayer {
  /** Combines two inputs of equal rank. */
  protected abstract combine(a: Tensor, b: Tensor): Tensor;

  protected override joinShapes(shapes: readonly Shape[]): Shape {
    const refuse = (): never => this.refuseShapes("Inputs have incompatible shapes", shapes);
    if (shapes.some((shape) => shape.length === 0)) refuse();
    const batches = new Set(shapes.map((shape) => shape[0]).filter((size) => size !== null));
    if (batches.size > 1) this.refuseShapes("Cannot merge tensors with different batch sizes", shapes);
    const rank = Math.max(...shapes.map((shape) => shape.length));
    return shapes.map((shape) => padRank(shape, rank)).reduce((a, b) => broadcastShapes(a, b) ?? refuse());
  }

  protected override join(inputs: readonly Tensor[], { length }: Shape): Tensor {
    return inputs.map((x) => x.reshape(padRank(x.shape, length))).reduce((a, b) => this.combine(a, b));
  }
}
