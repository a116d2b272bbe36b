import { DTypeError, fail, refuse, ShapeError } from "../util/errors.ts";
import { checkAxis, type Dims, formatShape, sizeOf, stridesOf } from "../util/shape.ts";
import { integers, withLast } from "./axes.ts";
import { range } from "./creation.ts";
import { gatherRowsOp, scatterAddRowsOp } from "./indexing.ts";
import { sortOp, takeLast } from "./sort.ts";
import { apply, Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** Indices as int32: numbers and arrays become that, other tensors are refused. */
function indexTensor(name: string, indices: TensorLike): Tensor {
  const plain = typeof indices === "number" || Array.isArray(indices);
  const list = toTensor(indices, plain ? "int32" : undefined);
  if (list.dtype !== "int32") fail(name, `indices: expected dtype int32, got ${list.dtype}`, DTypeError);
  return list;
}

/** Negative places counted from the end. */
function wrapped(indices: Tensor, n: number): Tensor {
  return indices.where(indices.greaterEqual(0), indices.add(n));
}

/** The parts of `x` at indices along an axis, which stand in the axis's place: `gather(table, [2, 0])`. */
export function gather(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const source = toTensor(x);
  if (source.rank === 0) fail("gather", "x: expected at least one axis, got a scalar", ShapeError);
  const list = indexTensor("gather", indices);
  const index = checkAxis("gather", axis, source.shape);
  const axes = source.shape.map((_, i) => i);
  const front = source.transpose([index, ...axes.filter((i) => i !== index)]);
  const rows = apply(gatherRowsOp, [front, list], { rows: front.shape[0]! })[0]!;
  // now the indices' axes, then the others: those before `axis` move to the front
  const before = axes.slice(0, index).map((i) => i + list.rank);
  const order = rows.shape.map((_, i) => i).filter((i) => !before.includes(i));
  return rows.transpose([...before, ...order]);
}

/** As `gather`; negative indices count from the end, and without an axis `x` is taken flat. */
export function take(x: TensorLike, indices: TensorLike, axis?: number): Tensor {
  const source = axis === undefined ? toTensor(x).flatten() : toTensor(x);
  const index = checkAxis("take", axis ?? 0, source.shape);
  return gather(source, wrapped(indexTensor("take", indices), source.shape[index]!), index);
}

/** For each element of `indices` the element of `x` at that place along an axis; all other sizes agree. */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const source = toTensor(x);
  const list = indexTensor("takeAlongAxis", indices);
  const index = checkAxis("takeAlongAxis", axis, source.shape);
  if (list.rank !== source.rank || list.shape.some((dim, i) => i !== index && dim !== source.shape[i])) {
    const expected = `the shape ${formatShape(source.shape)} but for axis ${axis}`;
    fail("takeAlongAxis", `indices: expected ${expected}, got ${formatShape(list.shape)}`, ShapeError);
  }
  const perm = withLast(index, source.rank);
  const n = source.shape[index]!;
  // Gathered only for its check: a place outside one row would be inside the next.
  const places = gather(range(0, n, 1, "int32"), wrapped(list.transpose(perm), n));
  return takeLast(source.transpose(perm), places).transpose(perm);
}

/**
 * Zeros of a shape to which updates are added: the last axis of `indices` holds the place along each leading axis. Indices
 * of rank 1 are places along the first axis. What meets in one place adds up, in order.
 */
export function scatterAdd(indices: TensorLike, updates: TensorLike, shape: Dims): Tensor {
  const given = indexTensor("scatterAdd", indices);
  const list = given.rank === 1 ? given.expandDims(-1) : given;
  const values = toTensor(updates).cast("float32");
  const depth = list.shape.at(-1)!;
  const row = integers("scatterAdd", "shape", shape, 0).slice(depth);
  const fits = list.rank > 0 && depth <= shape.length;
  if (!fits || formatShape(values.shape) !== formatShape([...list.shape.slice(0, -1), ...row])) {
    const expected = `one part of ${formatShape(shape)} for each of the indices ${formatShape(given.shape)}`;
    fail("scatterAdd", `updates: expected ${expected}, got ${formatShape(values.shape)}`, ShapeError);
  }
  const lead = shape.slice(0, depth);
  const constant = (numbers: Dims): Tensor => new Tensor([depth], "int32", Int32Array.from(numbers));
  const inside = list
    .greaterEqual(0)
    .logicalAnd(list.less(constant(lead)))
    .all(-1);
  const places = list
    .mul(constant(stridesOf(lead)))
    .sum(-1)
    .where(inside, -1);
  return apply(scatterAddRowsOp, [values, places], { rows: sizeOf(lead), row: [...row] })[0]!.reshape(shape);
}

/** Runs an op of the last axis along another one. */
function sorted(
  name: string,
  x: TensorLike,
  axis: number,
  k: number | undefined,
  descending: boolean,
): [Tensor, Tensor] {
  const source = toTensor(x);
  const index = checkAxis(name, axis, source.shape);
  const perm = withLast(index, source.rank);
  // Truth values are sorted as the integers they are.
  const numbers = source.dtype === "bool" ? source.cast("int32") : source.ordered();
  const attrs = { k: k ?? source.shape[index]!, descending };
  const [values, indices] = apply(sortOp, [numbers.transpose(perm)], attrs);
  return [values!.ordered().cast(source.dtype).transpose(perm), indices!.transpose(perm)];
}

/** The values along an axis from the smallest on, or from the largest; NaN counts as the largest. */
export function sort(x: TensorLike, axis = -1, descending = false): Tensor {
  return sorted("sort", x, axis, undefined, descending)[0];
}

/** Where the sorted values stood; equal ones keep their order. */
export function argSort(x: TensorLike, axis = -1, descending = false): Tensor {
  return sorted("argSort", x, axis, undefined, descending)[1];
}

/** The k largest values along the last axis and where they stood, the largest first. */
export function topK(x: TensorLike, k = 1): { values: Tensor; indices: Tensor } {
  const source = toTensor(x);
  if (!Number.isInteger(k) || k < 0 || !(k <= source.shape.at(-1)!)) {
    refuse("topK", "k", `an integer from 0 to the last size of ${formatShape(source.shape)}`, k);
  }
  const [values, indices] = sorted("topK", source, -1, k, true);
  return { values, indices };
}
