import { refuse, ShapeError } from "./errors.ts";

/** A shape whose every size is known. */
export type Dims = readonly number[];

/** A shape as layers see it: null stands for a size not known yet, such as the batch. */
export type Shape = readonly (number | null)[];

/** Number of elements. */
export function sizeOf(dims: Dims): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

/** A concrete shape given by a caller. */
export function checkDims(shape: unknown, where: string): Dims {
  const fits = Array.isArray(shape) && shape.every((dim) => Number.isInteger(dim) && dim >= 0);
  return fits ? shape : refuse(where, "shape", "an array of sizes", shape, ShapeError);
}

/** `(null, 64)`, `(3,)`, `()`: how every text shows a shape. */
export function formatShape(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.map(String).join(", ")})`;
}

/** True when both shapes have the same sizes; null equals only null. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The axis counted from the front, or undefined when it is no integer in [-rank, rank). */
export function normalizeAxis(axis: number, rank: number): number | undefined {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) return undefined;
  return axis < 0 ? axis + rank : axis;
}

/** The axis counted from the front, given by a caller for a shape; else a ShapeError. */
export function checkAxis(where: string, axis: unknown, shape: Shape): number {
  const rank = shape.length;
  const expected = `an integer in [${-rank}, ${rank - 1}] for shape ${formatShape(shape)}`;
  return normalizeAxis(axis as number, rank) ?? refuse(where, "axis", expected, axis, ShapeError);
}

/** NumPy's broadcasting of two concrete shapes, or undefined when they do not fit. */
export function broadcastDims(a: Dims, b: Dims): number[] | undefined {
  return broadcastShapes(a, b) as number[] | undefined;
}

/** Broadcasting of shapes in which null is an unknown size: null with 1 or null stays null, null with n becomes n. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number | null>(rank);
  for (let i = 1; i <= rank; i++) {
    const { [a.length - i]: x = 1 } = a;
    const { [b.length - i]: y = 1 } = b;
    if (x !== y && x !== 1 && y !== 1 && x !== null && y !== null) return undefined;
    result[rank - i] = x === 1 || (x === null && y !== 1) ? y : x;
  }
  return result;
}

/** Elements between neighbours along each axis of a dense array in C order. */
export function stridesOf(dims: Dims): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= dims[i]!;
  }
  return strides;
}

/** A dense array seen as [outer, n, inner] around one axis, or around neighbouring ones up to `end`. */
export function splitAxis(dims: Dims, axis: number, end: number = axis + 1): [outer: number, n: number, inner: number] {
  return [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis, end)), sizeOf(dims.slice(end))];
}
