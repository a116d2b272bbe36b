import { DTypeError, describe, ShapeError, ValueError } from "../util/errors.ts";
import { type Dims, formatShape } from "../util/shape.ts";
import { type Axes, checkAxes, checkAxis, integers } from "./axes.ts";
import { gather } from "./selecting.ts";
import { concatOp, padOp } from "./shaping.ts";
import { stridedSliceOp } from "./strided.ts";
import { apply, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** Tensors of one dtype, at least one. */
function listOf(name: string, list: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new ValueError(`[${name}] list: expected at least one tensor, got ${describe(list)}.`);
  }
  const tensors = list.map((x: TensorLike) => toTensor(x));
  const [first] = tensors;
  const other = tensors.find((x) => x.dtype !== first!.dtype);
  if (other !== undefined) {
    throw new DTypeError(`[${name}] list: expected one dtype, got ${first!.dtype} and ${other.dtype}.`);
  }
  return tensors;
}

/** Joins tensors along an axis; all other sizes must agree. */
export function concat(list: readonly TensorLike[], axis = -1): Tensor {
  const tensors = listOf("concat", list);
  if (tensors.length === 1) return tensors[0]!;
  return apply(concatOp, tensors, { axis: checkAxis("concat", axis, tensors[0]!.shape) })[0]!;
}

/** Joins tensors of one shape along a new axis. */
export function stack(list: readonly TensorLike[], axis = 0): Tensor {
  const tensors = listOf("stack", list);
  const { shape } = tensors[0]!;
  const other = tensors.find((x) => formatShape(x.shape) !== formatShape(shape));
  if (other !== undefined) {
    throw new ShapeError(
      `[stack] list: expected one shape, got ${formatShape(shape)} and ${formatShape(other.shape)}.`,
    );
  }
  const index = checkAxis("stack", axis, [...shape, 1]);
  return concat(
    tensors.map((x) => x.expandDims(index)),
    index,
  );
}

/**
 * Cuts a tensor into parts along an axis: a number of equal ones, or parts of given sizes, one of which may be −1.
 */
export function split(x: TensorLike, parts: number | readonly number[], axis = 0): Tensor[] {
  const source = toTensor(x);
  const index = checkAxis("split", axis, source.shape);
  const whole = source.shape[index]!;
  const given = integers("split", "parts", parts, -1);
  const sizes = typeof parts === "number" ? new Array<number>(Math.max(parts, 0)).fill(whole / parts) : [...given];
  const rest = sizes.indexOf(-1);
  if (rest >= 0) sizes[rest] = whole - sizes.reduce((sum, size) => sum + size, 1);
  if (
    sizes.some((size) => !Number.isInteger(size) || size < 0) ||
    sizes.reduce((sum, size) => sum + size, 0) !== whole
  ) {
    throw new ShapeError(
      `[split] parts: expected sizes that add up to axis ${axis} of ${formatShape(source.shape)}, got ${describe(parts)}.`,
    );
  }
  let start = 0;
  return sizes.map((size) => {
    const begin = source.shape.map((_, i) => (i === index ? start : 0));
    start += size;
    return source.slice(
      begin,
      source.shape.map((dim, i) => (i === index ? size : dim)),
    );
  });
}

/** The parts of size 1 along an axis, without it. */
export function unstack(x: TensorLike, axis = 0): Tensor[] {
  const source = toTensor(x);
  const index = checkAxis("unstack", axis, source.shape);
  return split(source, source.shape[index]!, index).map((part) => part.squeeze(index));
}

/** Ends of a strided slice; null stands for "from (or to) the end the step comes from (or goes to)". */
type Bounds = readonly (number | null)[];

/**
 * `x[begin:end:step, …]` as in Python: along each axis elements begin, begin + step, … before end. Negative places count
 * from the end, steps may be negative, axes not named are taken whole.
 */
export function stridedSlice(x: TensorLike, begin: Bounds, end: Bounds, steps: readonly number[] = []): Tensor {
  const source = toTensor(x);
  const lists: readonly unknown[] = [begin, end, steps];
  const whole = (one: unknown): boolean => one === null || Number.isInteger(one);
  const usable = lists.every((list) => Array.isArray(list) && list.length <= source.rank && list.every(whole));
  if (!usable || !steps.every((step) => step)) {
    throw new ShapeError(
      `[stridedSlice] begin, end, steps: expected at most ${source.rank} of each for ${formatShape(source.shape)} and steps other than 0, got ${describe(begin)}, ${describe(end)} and ${describe(steps)}.`,
    );
  }
  const step = source.shape.map((_, i) => steps[i] ?? 1);
  const place = (given: number | null | undefined, i: number, otherwise: number): number => {
    const dim = source.shape[i]!;
    if (given === null || given === undefined) return otherwise;
    const [low, high] = step[i]! > 0 ? [0, dim] : [-1, dim - 1];
    return Math.min(Math.max(given < 0 ? given + dim : given, low), high);
  };
  const first = source.shape.map((dim, i) => place(begin[i], i, step[i]! > 0 ? 0 : dim - 1));
  const size = source.shape.map((dim, i) => {
    const last = place(end[i], i, step[i]! > 0 ? dim : -1);
    return Math.max(Math.ceil((last - first[i]!) / step[i]!), 0);
  });
  return apply(stridedSliceOp, [source], { begin: first, step, size })[0]!;
}

/** The elements in opposite order along some axes, or all. */
export function reverse(x: TensorLike, axis?: Axes): Tensor {
  const source = toTensor(x);
  const axes = checkAxes("reverse", axis, source.shape);
  const nothing = source.shape.map(() => null);
  return stridedSlice(
    source,
    nothing,
    nothing,
    source.shape.map((_, i) => (axes.includes(i) ? -1 : 1)),
  );
}

/** How many elements are added before and after along each axis; one number or pair stands for all axes. */
export type Paddings = number | readonly [number, number] | readonly (readonly [number, number])[];

/** What is added: a constant, or the elements mirrored at the edge, without or with the edge itself. */
export type PadMode = "constant" | "reflect" | "symmetric";

/** Adds elements around a tensor: `pad(x, [[1, 1], [0, 2]])`. */
export function pad(x: TensorLike, paddings: Paddings, mode: PadMode | number = "constant", value = 0): Tensor {
  const source = toTensor(x);
  const nested = Array.isArray(paddings) && Array.isArray(paddings[0]);
  const one = typeof paddings === "number" ? [paddings, paddings] : (paddings as readonly number[]);
  const pairs = source.shape.map((_, i) => (nested ? (paddings[i] as readonly number[]) : one));
  const wrong = pairs.some((pair) => pair?.length !== 2 || !pair.every((n) => Number.isInteger(n) && n >= 0));
  if (wrong || (nested && paddings.length !== source.rank)) {
    throw new ShapeError(
      `[pad] paddings: expected [before, after] from 0 on for each axis of ${formatShape(source.shape)}, got ${describe(paddings)}.`,
    );
  }
  if (mode === "reflect" || mode === "symmetric") {
    return pairs.reduce((y, [before, after], axis) => mirror(y, axis, before!, after!, mode === "reflect"), source);
  }
  if (mode !== "constant" && typeof mode !== "number") {
    throw new ValueError(`[pad] mode: expected "constant", "reflect" or "symmetric", got ${describe(mode)}.`);
  }
  const [before, after] = [pairs.map((pair) => pair[0]!), pairs.map((pair) => pair[1]!)];
  return apply(padOp, [source], { before, after, value: mode === "constant" ? value : mode })[0]!;
}

/** Continues an axis by its mirror images, as far as it takes. */
function mirror(x: Tensor, axis: number, before: number, after: number, reflect: boolean): Tensor {
  const n = x.shape[axis]!;
  if (before + after === 0) return x;
  if (n === 0) throw new ShapeError(`[pad] x: expected elements to mirror, got shape ${formatShape(x.shape)}.`);
  const period = Math.max(reflect ? 2 * n - 2 : 2 * n, 1);
  const indices = Array.from({ length: before + n + after }, (_, i) => {
    const place = (((i - before) % period) + period) % period;
    return place < n ? place : period - place - (reflect ? 0 : 1);
  });
  return gather(x, indices, axis);
}

/** The whole tensor repeated along each axis; repetitions for more axes than it has bring new ones in front. */
export function tile(x: TensorLike, reps: readonly number[]): Tensor {
  const source = toTensor(x);
  integers("tile", "reps", reps, 0);
  const rank = Math.max(source.rank, reps.length);
  const shape: Dims = [...new Array<number>(rank - source.rank).fill(1), ...source.shape];
  const times: Dims = [...new Array<number>(rank - reps.length).fill(1), ...reps];
  const spread = source
    .reshape(shape.flatMap((dim) => [1, dim]))
    .broadcastTo(shape.flatMap((dim, i) => [times[i]!, dim]));
  return spread.reshape(shape.map((dim, i) => dim * times[i]!));
}

/** Each element repeated along an axis (without one: of the flat tensor), all as often or each its own number of times. */
export function repeat(x: TensorLike, repeats: number | readonly number[], axis?: number): Tensor {
  const source = axis === undefined ? toTensor(x).flatten() : toTensor(x);
  const index = checkAxis("repeat", axis ?? 0, source.shape);
  const n = source.shape[index]!;
  const given = integers("repeat", "repeats", repeats, 0);
  const counts = typeof repeats === "number" ? new Array<number>(n).fill(repeats) : given;
  if (counts.length !== n)
    throw new ShapeError(`[repeat] repeats: expected one number or ${n}, got ${describe(repeats)}.`);
  const indices = counts.flatMap((times, i) => new Array<number>(times).fill(i));
  return gather(source, indices, index);
}
