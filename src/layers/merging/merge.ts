import type { Tensor } from "../../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { broadcastShapes, type Shape } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import type { CallOptions } from "../call-context.ts";
import { kerasShape } from "../input-spec.ts";
import { classNameOf, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { readMasks } from "../masks.ts";
import { isShape, type LayerOptions } from "../options.ts";

/** Base of the layers that make one tensor of a list of tensors. */
export abstract class ListLayer extends Layer {
  /** Shape of the result; refuses shapes that do not go together. */
  protected abstract joinShapes(shapes: readonly Shape[]): Shape;

  /** The result for inputs that go together. `mask`: given to `apply`, else those of the inputs, undefined without any. */
  protected abstract join(inputs: readonly Tensor[], shape: Shape, mask?: unknown): Tensor;

  constructor(options: LayerOptions = {}, own: readonly string[] = []) {
    super(options, own);
    this.supportsMasking = true;
  }

  /** Where any input has a value, if all of them carry a mask. */
  override computeMask(inputs: Structure<Tensor>, mask?: unknown): unknown {
    return this.masksFor(inputs, mask).reduce((a, b) => (a === null || b === null ? null : a.logicalOr(b)));
  }

  /** The masks given for the inputs, one or null for each. */
  protected masksFor(inputs: Structure<Tensor>, mask: unknown): readonly (Tensor | null)[] {
    const masks = readMasks(this, inputs, mask);
    return Array.isArray(masks) ? masks : refuse(whereOf(this), "mask", "a list of masks", mask);
  }

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

  // The default makes `call.length` 1: explanations take that for a layer that does not read the flag.
  override call(inputs: readonly Tensor[], { mask }: Partial<CallOptions> = {}): Tensor {
    const shapes = Array.isArray(inputs) ? inputs.map((x) => x.shape) : {};
    return this.join(inputs, this.computeOutputShape(shapes) as Shape, mask);
  }

  protected refuseShapes(problem: string, shapes: readonly Shape[]): never {
    return fail(whereOf(this), `inputs: ${problem}, got ${shapes.map(kerasShape).join(", ")}`, ShapeError);
  }
}

/** A shape with axes of size 1 put in behind the batch until it has the rank. */
function padRank([batch, ...rest]: Shape, rank: number): Shape {
  return [batch!, ...new Array<number>(rank - rest.length - 1).fill(1), ...rest];
}

interface Masked {
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
}

/** Base of the layers that combine several inputs element by element, with broadcasting behind the batch axis. */
export abstract class Merge extends ListLayer {
  /** Combines two inputs of equal rank. */
  protected abstract combine(a: Tensor, b: Tensor): Tensor;

  /** Known batch sizes have to agree; later a constant of one sample may stand beside a batch of any size. */
  override build(inputShape: Structure<Shape>): void {
    const shapes = Array.isArray(inputShape) ? (inputShape as readonly Shape[]).filter(isShape) : [];
    const batches = new Set(shapes.map((shape) => shape[0]).filter((size) => size !== null));
    if (batches.size > 1) this.refuseShapes("Cannot merge tensors with different batch sizes", shapes);
    super.build(inputShape);
  }

  protected override joinShapes(shapes: readonly Shape[]): Shape {
    const refuse = (): never => this.refuseShapes("Inputs have incompatible shapes", shapes);
    if (shapes.some((shape) => shape.length === 0)) refuse();
    const rank = Math.max(...shapes.map((shape) => shape.length));
    return shapes.map((shape) => padRank(shape, rank)).reduce((a, b) => broadcastShapes(a, b) ?? refuse());
  }

  protected override join(inputs: readonly Tensor[], { length }: Shape): Tensor {
    return inputs.map((x) => x.reshape(padRank(x.shape, length))).reduce((a, b) => this.combine(a, b));
  }

  /** Each input of the result's rank, with its mask, if it has one, element by element. */
  protected masked(inputs: readonly Tensor[], { length }: Shape, mask: unknown): Masked[] {
    const masks = this.masksFor(inputs, mask);
    return inputs.map((x, i) => {
      const dims = padRank(x.shape, length);
      return { x: x.reshape(dims), mask: masks[i]?.expandDims(-1).broadcastTo(x.shape).reshape(dims) };
    });
  }
}

/** Base of Maximum and Minimum: a masked element takes the other operand's value. */
export abstract class Extreme extends Merge {
  protected override join(inputs: readonly Tensor[], shape: Shape, masks?: unknown): Tensor {
    const [first, ...rest] = this.masked(inputs, shape, masks);
    return rest.reduce((a, b) => {
      const y = b.mask === undefined ? b.x : b.x.where(b.mask, a.x);
      const x = a.mask === undefined ? a.x : a.x.where(a.mask, y);
      return { x: this.combine(x, y), mask: a.mask && b.mask && a.mask.logicalOr(b.mask) };
    }, first!).x;
  }
}
