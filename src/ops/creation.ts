import { arrayOf, checkDType, type DType } from "../util/dtype.ts";
import { describe, refuse, ShapeError, ValueError } from "../util/errors.ts";
import { checkDims, type Dims, sizeOf } from "../util/shape.ts";
import { type ArrayLikeInput, parseArray } from "./input.ts";
import { Tensor, type TensorLike, toTensor } from "./tensor.ts";

/**
 * A tensor from numbers, nested arrays or a typed array, which is copied.
 *
 * @example tensor([[1, 2], [3, 4]]);  tensor(new Float32Array(6), [2, 3]);  tensor([1, 2], [2], "int32")
 * @throws ShapeError for ragged arrays and for a shape that does not fit; DTypeError for an unknown dtype.
 */
export function tensor(data: ArrayLikeInput | Tensor, shape?: Dims, dtype?: DType): Tensor {
  if (data instanceof Tensor) {
    const same = dtype === undefined ? data : data.cast(dtype);
    return shape === undefined ? same : same.reshape(shape);
  }
  if (typeof data === "object" && data !== null && "dataSync" in data) return toTensor(data as never);
  const parsed = parseArray(data, dtype, shape);
  return new Tensor(parsed.shape, parsed.dtype, parsed.data);
}

/** A tensor of rank 0. */
export function scalar(value: number | boolean, dtype?: DType): Tensor {
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new ValueError(`[scalar] value: expected a number or a boolean, got ${describe(value)}.`);
  }
  return tensor(value, [], dtype);
}

function ofRank(
  rank: number,
  data: ArrayLikeInput | Tensor,
  shape: Dims | undefined,
  dtype: DType | undefined,
): Tensor {
  const result = tensor(data, shape, dtype);
  if (result.rank === rank) return result;
  throw new ShapeError(`[tensor${rank}d] data: expected rank ${rank}, got rank ${result.rank}.`);
}

/** A tensor of rank 1. */
export function tensor1d(data: ArrayLikeInput, dtype?: DType): Tensor {
  return ofRank(1, data, undefined, dtype);
}
/** A tensor of rank 2. */
export function tensor2d(data: ArrayLikeInput, shape?: Dims, dtype?: DType): Tensor {
  return ofRank(2, data, shape, dtype);
}
/** A tensor of rank 3. */
export function tensor3d(data: ArrayLikeInput, shape?: Dims, dtype?: DType): Tensor {
  return ofRank(3, data, shape, dtype);
}
/** A tensor of rank 4. */
export function tensor4d(data: ArrayLikeInput, shape?: Dims, dtype?: DType): Tensor {
  return ofRank(4, data, shape, dtype);
}

/** A tensor of one value everywhere. */
export function fill(shape: Dims, value: number, dtype: DType = "float32"): Tensor {
  const dims = checkDims(shape, "fill");
  if (typeof value !== "number") refuse("fill", "value", "a number", value);
  const one = dtype === "bool" ? Number(value !== 0) : value;
  return new Tensor([...dims], checkDType(dtype, "fill"), arrayOf(dtype, sizeOf(dims)).fill(one));
}
/** Zeros. */
export function zeros(shape: Dims, dtype: DType = "float32"): Tensor {
  return fill(shape, 0, dtype);
}
/** Ones. */
export function ones(shape: Dims, dtype: DType = "float32"): Tensor {
  return fill(shape, 1, dtype);
}

/** The unit matrix, or a part of it with `columns` columns. */
export function eye(rows: number, columns: number = rows): Tensor {
  const result = zeros([rows, columns]).dataSync();
  for (let i = 0; i < Math.min(rows, columns); i++) result[i * columns + i] = 1;
  return new Tensor([rows, columns], "float32", result);
}

/** start, start + step, … before stop. */
export function range(start: number, stop: number, step = 1, dtype: DType = "float32"): Tensor {
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new ValueError(
      `[range] expected finite numbers and a step other than 0, got ${[start, stop, step].map(describe).join(", ")}.`,
    );
  }
  const size = Math.max(Math.ceil((stop - start) / step), 0);
  const result = arrayOf(checkDType(dtype, "range"), size);
  for (let i = 0; i < size; i++) result[i] = start + i * step;
  return new Tensor([size], dtype, result);
}

/** `count` values evenly from start to stop, both included. */
export function linspace(start: number, stop: number, count: number): Tensor {
  if (!Number.isFinite(start) || !Number.isFinite(stop) || !Number.isInteger(count) || count < 0) {
    throw new ValueError(
      `[linspace] expected finite ends and an integer count, got ${[start, stop, count].map(describe).join(", ")}.`,
    );
  }
  const step = (stop - start) / Math.max(count - 1, 1);
  const values = arrayOf("float32", count);
  for (let i = 0; i < count; i++) values[i] = i === count - 1 && count > 1 ? stop : start + i * step;
  return new Tensor([count], "float32", values);
}

/** Integer indices as rows with a 1 at the index. */
export function oneHot(indices: TensorLike, depth: number): Tensor {
  return toTensor(indices, Array.isArray(indices) ? "int32" : undefined).oneHot(depth);
}
