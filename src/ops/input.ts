import {
  checkCount,
  checkDType,
  convertArray,
  copyValues,
  type DType,
  dtypeOfArray,
  isTypedArray,
  shapeOfArray,
  type TensorData,
  type TypedArray,
} from "../util/dtype.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { checkDims, type Dims, formatShape, sizeOf } from "../util/shape.ts";

/** Plain JavaScript data: a number, a typed array, or nested arrays of either. */
export type ArrayLikeInput = number | boolean | TypedArray | readonly ArrayLikeInput[];

/** Data with their shape and dtype. */
export interface ParsedArray {
  readonly data: TensorData;
  readonly shape: Dims;
  readonly dtype: DType;
}

/** As in NumPy. An array that contains itself has more. */
const MOST_AXES = 64;

/** The shape of nested arrays, found along their first elements. */
function nestedShape(value: ArrayLikeInput, where: string, depth = 0): number[] {
  if (depth > MOST_AXES) throw new ShapeError(`[${where}] data: expected at most ${MOST_AXES} axes, got more.`);
  if (typeof value === "number" || typeof value === "boolean") return [];
  if (isTypedArray(value)) return [value.length];
  if (!Array.isArray(value)) {
    throw new ValueError(
      `[${where}] data: expected numbers, typed arrays or nested arrays of them, got ${describe(value)}.`,
    );
  }
  return value.length === 0 ? [0] : [value.length, ...nestedShape(value[0] as ArrayLikeInput, where, depth + 1)];
}

function ragged(where: string, index: readonly number[], expected: string, value: unknown): ShapeError {
  const at = index.length === 0 ? "" : ` at [${index.join("][")}]`;
  return new ShapeError(
    `[${where}] data: expected ${expected}${at}, got ${describe(value)}; the nested arrays are ragged.`,
  );
}

/** Copies nested arrays into a flat one, checking that every branch has the same shape. */
function flatten(value: ArrayLikeInput, shape: Dims, into: Float64Array, where: string): void {
  let next = 0;
  const walk = (part: unknown, index: number[]): void => {
    const isNumber = typeof part === "number" || typeof part === "boolean";
    if (!isNumber && !isTypedArray(part) && !Array.isArray(part)) {
      throw new ValueError(`[${where}] data: expected a number at [${index.join("][")}], got ${describe(part)}.`);
    }
    if (index.length === shape.length) {
      if (!isNumber) throw ragged(where, index, "a number", part);
      into[next++] = Number(part);
      return;
    }
    const length = shape[index.length]!;
    if (isNumber || part.length !== length) throw ragged(where, index, `${length} values`, part);
    if (isTypedArray(part)) {
      if (index.length !== shape.length - 1) throw ragged(where, index, "nested arrays", part);
      copyValues(into, part, next);
      next += part.length;
    } else for (let i = 0; i < length; i++) walk(part[i], [...index, i]);
  };
  walk(value, []);
}

/** The dtype nested arrays stand for, told from their first leaf. */
function naturalDType(value: unknown): DType {
  let part = value;
  while (Array.isArray(part) && part.length > 0) part = part[0];
  if (isTypedArray(part)) return dtypeOfArray(part);
  return typeof part === "boolean" ? "bool" : "float32";
}

/** JavaScript data as numbers of one dtype: of a typed array its natural one, of booleans bool, else float32. */
export function parseArray(value: ArrayLikeInput, dtype?: DType, shape?: Dims, where = "tensor"): ParsedArray {
  if (dtype !== undefined) checkDType(dtype, where);
  let data: TensorData;
  let found: Dims;
  if (isTypedArray(value)) {
    found = shapeOfArray(value);
    data = convertArray(value, dtype ?? dtypeOfArray(value));
  } else {
    found = nestedShape(value, where);
    const numbers = new Float64Array(checkCount(sizeOf(found)));
    flatten(value, found, numbers, where);
    data = convertArray(numbers, dtype ?? naturalDType(value));
  }
  const result = dtype ?? (data instanceof Uint8Array ? "bool" : dtypeOfArray(data));
  if (shape === undefined) return { data, shape: found, dtype: result };
  return { data, shape: givenShape(shape, data.length, where), dtype: result };
}

/** Checks a shape given for data of a certain length. */
function givenShape(shape: Dims, length: number, where: string): Dims {
  if (sizeOf(checkDims(shape, where)) !== length) {
    throw new ShapeError(
      `[${where}] shape: expected one of ${length} elements for the data given, got ${formatShape(shape)}.`,
    );
  }
  return [...shape];
}
