import type { ValueSpec } from "../layers/infer.ts";
import type { HostArray } from "../ops/plan-cache.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { convertArray, dtypeOfArray, isTypedArray, type TensorData, type TypedArray } from "../util/dtype.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";

/** Data a caller may pass for one input or output: samples along the first axis. */
export type ArrayLikeData = Tensor | TypedArray | readonly unknown[];

/** Data for all inputs or outputs: one array, a list, or a dict by names. */
export type DataLike = ArrayLikeData | readonly ArrayLikeData[] | { readonly [name: string]: DataLike };

/** One array in JavaScript memory. A class, so that structures of them have them as leaves. */
export class HostLeaf implements HostArray {
  readonly data: TensorData;
  readonly shape: readonly number[];
  readonly dtype: HostArray["dtype"];

  constructor(array: HostArray) {
    this.data = array.data as TensorData;
    this.shape = array.shape;
    this.dtype = array.dtype;
  }

  /** Number of samples. */
  get samples(): number {
    return this.shape[0]!;
  }

  /** Elements in a sample. */
  get rowSize(): number {
    let size = 1;
    for (let i = 1; i < this.shape.length; i++) size *= this.shape[i]!;
    return size;
  }

  /** Samples [start, end), without a copy. */
  slice(start: number, end: number): HostLeaf {
    if (start === 0 && end === this.samples) return this;
    const row = this.rowSize;
    const data = this.data.subarray(start * row, end * row) as TensorData;
    return new HostLeaf({ data, shape: [end - start, ...this.shape.slice(1)], dtype: this.dtype });
  }
}

/** Where data is used, for the text of errors: `fit` and `x`. */
export interface DataPlace {
  readonly call: string;
  readonly argument: string;
}

/**
 * Splits what a caller passed into arrays. `declared` (the model's inputs or outputs) decides what a nested array is
 * that could be either one array or a list of several.
 */
export function arrangeData(
  data: unknown,
  declared: Structure<ValueSpec> | undefined,
  place: DataPlace,
): Structure<HostLeaf> {
  if (isPlainObject(data)) {
    const parts: Record<string, Structure<HostLeaf>> = {};
    for (const key of Object.keys(data).sort()) {
      const inner = isPlainObject(declared) ? (declared[key] as Structure<ValueSpec> | undefined) : undefined;
      parts[key] = arrangeData(data[key], inner, { ...place, argument: `${place.argument}.${key}` });
    }
    return parts;
  }
  if (Array.isArray(data) && isListOfArrays(data, declared)) {
    return data.map((part, i) => {
      const inner = Array.isArray(declared) ? (declared as readonly Structure<ValueSpec>[])[i] : undefined;
      return arrangeData(part, inner, { ...place, argument: `${place.argument}[${i}]` });
    });
  }
  return hostLeaf(data, place);
}

/** True when a JavaScript array stands for several arrays, false when it is one nested array of numbers. */
function isListOfArrays(data: readonly unknown[], declared: Structure<ValueSpec> | undefined): boolean {
  if (data.some((part) => part instanceof Tensor || isPlainObject(part))) return true;
  if (declared !== undefined && flattenStructure(declared).length > 1) return true;
  // Rows given as typed arrays are one nested array, unless the model says that its one input comes in a list.
  return Array.isArray(declared) && data.length === 1 && isTypedArray(data[0]);
}

/** One array, converted to a dtype that linear memory knows. Not copied where it need not be. */
function hostLeaf(data: unknown, place: DataPlace): HostLeaf {
  const where = `[${place.call}] ${place.argument}`;
  if (data === undefined || data === null) throw new ValueError(`${where}: expected data, got ${describe(data)}.`);
  const leaf = isTypedArray(data) ? leafOfTypedArray(data) : leafOfTensor(toTensorAt(data, where));
  if (leaf.shape.length === 0) {
    throw new ShapeError(`${where}: expected samples along a first axis, got a single number of shape ().`);
  }
  if (leaf.samples === 0) {
    throw new ValueError(`${where}: expected at least one sample, got empty data of shape ${formatShape(leaf.shape)}.`);
  }
  return leaf;
}

function toTensorAt(data: unknown, where: string): Tensor {
  const isData = Array.isArray(data) || data instanceof Tensor || typeof data === "number" || typeof data === "boolean";
  if (isData && !(Array.isArray(data) && data.length === 0)) return toTensor(data as TensorLike);
  if (Array.isArray(data)) throw new ValueError(`${where}: expected at least one sample, got an empty array.`);
  const copy = isForeignTensor(data) ? " It looks like a tensor of another copy of the package." : "";
  throw new ValueError(`${where}: expected a tensor, a nested array or a typed array, got ${describe(data)}.${copy}`);
}

function isForeignTensor(data: unknown): boolean {
  return typeof data === "object" && data !== null && "dataSync" in data && "shape" in data;
}

function leafOfTensor(tensor: Tensor): HostLeaf {
  return new HostLeaf({ data: tensor.peekSync(), shape: tensor.shape, dtype: tensor.dtype });
}

function leafOfTypedArray(array: TypedArray): HostLeaf {
  const dtype = dtypeOfArray(array);
  const isNative = array instanceof Float32Array || array instanceof Int32Array || array instanceof Uint32Array;
  return new HostLeaf({ data: isNative ? array : convertArray(array, dtype), shape: [array.length], dtype });
}

/**
 * The number all arrays have as their number of samples.
 * @throws ValueError naming each when they differ.
 */
export function commonSamples(parts: Readonly<Record<string, Structure<HostLeaf> | undefined>>, call: string): number {
  const sizes: string[] = [];
  const seen = new Set<number>();
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) continue;
    const counts = flattenStructure(part).map((leaf) => leaf.samples);
    for (const count of counts) seen.add(count);
    sizes.push(`${name} sizes: ${counts.join(", ")}`);
  }
  if (seen.size > 1) {
    throw new ValueError(
      `[${call}] Data cardinality is ambiguous: expected the same number of samples everywhere, got ${sizes.join("; ")}.`,
    );
  }
  return [...seen][0]!;
}
