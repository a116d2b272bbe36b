import { checkCount } from "../util/dtype.ts";
import { DTypeError, fail, refuse, ShapeError } from "../util/errors.ts";
import { checkAxis, type Dims, formatShape } from "../util/shape.ts";
import { type Axes, checkAxes, integers } from "./axes.ts";
import { gather } from "./selecting.ts";
import { concatOp, padOp } from "./shaping.ts";
import { stridedSliceOp } from "./strided.ts";
import { apply, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** Tensors alike in one respect, at least one. */
function listOf(name: string, list: readonly TensorLike[], what: string, of: (x: Tensor) => string): Tensor[] {
  if (!Array.isArray(list) || list.length === 0) refuse(name, "list", "at least one tensor", list);
  const tensors = list.map((x: TensorLike) => toTensor(x));
  const [first, other] = new Set(tensors.map(of));
  if (other !== undefined)
    fail(name, `list: expected one ${what}, got ${first} and ${other}`, what === "dtype" ? DTypeError : ShapeError);
  return tensors;
}

const ofOneDType = (name: string, list: readonly TensorLike[]): Tensor[] =>
  listOf(name, list, "dtype", ({ dtype }) => dtype);

/** Joins tensors along an axis; all other sizes must agree. */
export function concat(list: readonly TensorLike[], axis = -1): Tensor {
  const tensors = ofOneDType("concat", list);
  if (tensors.length === 1) return tensors[0]!;
  return apply(concatOp, tensors, { axis: checkAxis("concat", axis, tensors[0]!.shape) })[0]!;
}

/** Joins tensors of one shape along a new axis. */
export function stack(list: readonly TensorLike[], axis = 0): Tensor {
  const tensors = listOf("stack", ofOneDType("stack", list), "shape", ({ shape }) => formatShape(shape));
  const index = checkAxis("stack", axis, [...tensors[0]!.shape, 1]);
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
  const { shape } = source;
  const index = checkAxis("split", axis, shape);
  const whole = shape[index]!;
  const total = (list: Dims): number => list.reduce((sum, size) => sum + size, 0);
  const given = integers("split", "parts", parts, -1);
  const count = given[0]!;
  // As many parts as do not go into the axis are never made.
  const equal = (): number[] => new Array<number>(count > 0 && whole % count === 0 ? count : 0).fill(whole / count);
  const sizes = Array.isArray(parts) ? [...given] : equal();
  const rest = sizes.indexOf(-1);
  if (rest >= 0) sizes[rest] = whole - total(sizes) - 1;
  if (sizes.some((size) => !Number.isInteger(size) || size < 0) || total(sizes) !== whole) {
    refuse("split", "parts", `sizes that add up to axis ${axis} of ${formatShape(shape)}`, parts, ShapeError);
  }
  let start = 0;
  return sizes.map((size) => {
    const begin = shape.map((_, i) => (i === index ? start : 0));
    start += size;
    return source.slice(
      begin,
      shape.map((dim, i) => (i === index ? size : dim)),
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
  const { shape } = source;
  const lists: readonly unknown[] = [begin, end, steps];
  const whole = (one: unknown): boolean => one === null || Number.isInteger(one);
  const usable = lists.every((list) => Array.isArray(list) && list.length <= shape.length && list.every(whole));
  if (!usable || !steps.every((step) => step)) {
    const most = `at most ${shape.length} of each for ${formatShape(shape)} and steps other than 0`;
    refuse("stridedSlice", "begin, end, steps", most, lists, ShapeError);
  }
  const step = shape.map((_, i) => steps[i] ?? 1);
  // Where a walk in the step's direction starts and ends at most.
  const ends = (i: number): [number, number] => (step[i]! > 0 ? [0, shape[i]!] : [shape[i]! - 1, -1]);
  const place = (given: number | null | undefined, i: number, otherwise: 0 | 1): number => {
    const [low, high] = [...ends(i)].sort((a, b) => a - b) as [number, number];
    if (given === null || given === undefined) return ends(i)[otherwise];
    return Math.min(Math.max(given < 0 ? given + shape[i]! : given, low), high);
  };
  const first = shape.map((_, i) => place(begin[i], i, 0));
  const size = shape.map((_, i) => Math.max(Math.ceil((place(end[i], i, 1) - first[i]!) / step[i]!), 0));
  return apply(stridedSliceOp, [source], { begin: first, step, size })[0]!;
}

/** The elements in opposite order along some axes, or all. */
export function reverse(x: TensorLike, axis?: Axes): Tensor {
  const source = toTensor(x);
  const axes = checkAxes("reverse", axis, source.shape);
  const steps = source.shape.map((_, i) => (axes.includes(i) ? -1 : 1));
  return stridedSlice(source, [], [], steps);
}

/** How many elements are added before and after along each axis; one number or pair stands for all axes. */
export type Paddings = number | readonly [number, number] | readonly (readonly [number, number])[];

/** What is added: a constant, or the elements mirrored at the edge, without or with the edge itself. */
export type PadMode = "constant" | "reflect" | "symmetric";

/** Adds elements around a tensor: `pad(x, [[1, 1], [0, 2]])`. */
export function pad(x: TensorLike, paddings: Paddings, mode: PadMode | number = "constant", value = 0): Tensor {
  const source = toTensor(x);
  const nested = Array.isArray(paddings) && Array.isArray(paddings[0]);
  const one = typeof paddings === "number" ? [paddings, paddings] : paddings;
  const pairs = source.shape.map((_, i) => (nested ? paddings[i] : one) as Dims);
  const usable = pairs.every((pair) => pair?.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
  if (!usable || (nested && paddings.length !== source.rank)) {
    const expected = `[before, after] from 0 on for each axis of ${formatShape(source.shape)}`;
    refuse("pad", "paddings", expected, paddings, ShapeError);
  }
  if (mode === "reflect" || mode === "symmetric") {
    return pairs.reduce((y, [before, after], axis) => mirror(y, axis, before!, after!, mode === "reflect"), source);
  }
  if (mode !== "constant" && typeof mode !== "number") {
    refuse("pad", "mode", '"constant", "reflect" or "symmetric"', mode);
  }
  const [before, after] = [0, 1].map((side) => pairs.map((pair) => pair[side]!)) as [number[], number[]];
  const filling = mode === "constant" ? value : mode;
  const fit = source.dtype === "bool" ? Number(filling !== 0) : filling;
  return apply(padOp, [source], { before, after, value: fit })[0]!;
}

/** Continues an axis by its mirror images, as far as it takes. */
function mirror(x: Tensor, axis: number, before: number, after: number, reflect: boolean): Tensor {
  const n = x.shape[axis]!;
  if (before + after === 0) return x;
  if (n === 0) fail("pad", `x: expected elements to mirror, got shape ${formatShape(x.shape)}`, ShapeError);
  const edge = reflect ? 1 : 0;
  const period = Math.max(2 * (n - edge), 1);
  const indices = Array.from({ length: before + n + after }, (_, i) => {
    const place = (((i - before) % period) + period) % period;
    return place < n ? place : period - place - 1 + edge;
  });
  return gather(x, indices, axis);
}

/** The whole tensor repeated along each axis; repetitions for more axes than it has bring new ones in front. */
export function tile(x: TensorLike, reps: readonly number[]): Tensor {
  const source = toTensor(x);
  const given = integers("tile", "reps", reps, 0);
  const rank = Math.max(source.rank, given.length);
  const full = (dims: Dims): Dims => [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const [shape, times] = [full(source.shape), full(given)];
  const spread = shape.flatMap((dim, i) => [times[i]!, dim]);
  return source
    .reshape(shape.flatMap((dim) => [1, dim]))
    .broadcastTo(spread)
    .reshape(shape.map((dim, i) => dim * times[i]!));
}

/** Each element repeated along an axis (without one: of the flat tensor), all as often or each its own number of times. */
export function repeat(x: TensorLike, repeats: number | readonly number[], axis?: number): Tensor {
  const source = axis === undefined ? toTensor(x).flatten() : toTensor(x);
  const index = checkAxis("repeat", axis ?? 0, source.shape);
  const n = source.shape[index]!;
  const given = integers("repeat", "repeats", repeats, 0);
  const counts = Array.isArray(repeats) ? given : new Array<number>(n).fill(given[0]!);
  if (counts.length !== n) refuse("repeat", "repeats", `one number or ${n}`, repeats, ShapeError);
  checkCount(counts.reduce((sum, times) => sum + times, 0));
  const indices = counts.flatMap((times, i) => new Array<number>(times).fill(i));
  return gather(source, indices, index);
}
