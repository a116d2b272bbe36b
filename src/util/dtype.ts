import { DTypeError, fail, MemoryError, refuse, refuseName, ShapeError, ValueError } from "./errors.ts";
import { sizeOf } from "./shape.ts";

/**
 * Data types of tensors. In linear memory every element takes four bytes (a bool is the int32 0 or 1),
 * so offsets and copies never depend on the type.
 */
export type DType = "float32" | "int32" | "bool" | "uint32";

/** What a tensor's values are in JavaScript: bool values stand in a Uint8Array, as in TensorFlow.js. */
export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;

/** Any array of numbers a caller may hand in. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, uint32: Uint32Array } as const;

/** Checks a dtype given by a caller. */
export function checkDType(dtype: unknown, where: string): DType {
  const dtypes = Object.keys(ARRAYS);
  return dtypes.includes(dtype as string) ? (dtype as DType) : refuseName(where, "dtype", dtype, dtypes, DTypeError);
}

/** More values than linear memory has room for; JavaScript would give them, and fill the machine's memory. */
const TOO_MANY = 2 ** 30;

/** A number of values that there is room for. */
export function checkCount(n: number): number {
  return n < TOO_MANY
    ? n
    : fail("tensor", `expected ${n} values to fit into memory, got room for ${TOO_MANY - 1}`, MemoryError);
}

/** A zeroed JavaScript array for `n` values of a dtype. */
export function arrayOf(dtype: DType, n: number): TensorData {
  checkCount(n);
  try {
    return new ARRAYS[dtype](n);
  } catch {
    throw new MemoryError(`[tensor] expected ${n} values to fit into memory, got none from the engine.`);
  }
}

/** True for every typed array of numbers (not for BigInt arrays or a DataView). */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !/^Big/.test(value.constructor?.name);
}

/** The dtype a typed array naturally stands for. */
export function dtypeOfArray(array: TypedArray): DType {
  if (array instanceof Float32Array || array instanceof Float64Array) return "float32";
  if (array instanceof Uint32Array) return "uint32";
  return "int32";
}

/** The shape a typed array says it has, as batches of a Dataset do (`array.shape`), else that of a flat one. */
export function shapeOfArray(array: TypedArray): readonly number[] {
  const { shape = [array.length] } = array as { shape?: readonly number[] };
  const fits = Array.isArray(shape) && shape.every((dim) => dim >>> 0 === dim) && sizeOf(shape) === array.length;
  return fits ? shape : refuse("data", "shape", `sizes of ${array.length} elements`, shape, ShapeError);
}

/** Copies a caller's values. A typed array whose buffer is gone says that it is empty, and shows here alone. */
export function copyValues(into: TensorData | Float64Array, values: ArrayLike<number>, at = 0): void {
  try {
    into.set(values, at);
  } catch (cause) {
    const problem = "expected an array with its buffer, got one whose buffer was transferred or made shorter";
    fail("tensor", `data: ${problem}`, ValueError, { cause });
  }
}

/** A fresh JavaScript array of the dtype with the given values converted: truncated for integers, `!= 0` for bool. */
export function convertArray(values: ArrayLike<number>, dtype: DType): TensorData {
  const result = arrayOf(dtype, values.length);
  copyValues(result, values);
  if (dtype === "bool") for (let i = 0; i < values.length; i++) result[i] = values[i] ? 1 : 0;
  return result;
}
