import { ValueSpec } from "../layers/infer.ts";
import type { HostArray } from "../ops/plan-cache.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import {
  convertArray,
  dtypeOfArray,
  isTypedArray,
  shapeOfArray,
  type TensorData,
  type TypedArray,
} from "../util/dtype.ts";
import { describe, fail, refuse, ShapeError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import { checkDepth, flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";

/** Data a caller may pass for one input or output: samples along the first axis. */
export type ArrayLikeData = Tensor | TypedArray | readonly unknown[];

/** Data for all inputs or outputs: one array, a list, or a dict by names. */
export type DataLike = ArrayLikeData | readonly ArrayLikeData[] | { readonly [name: string]: DataLike };

/** One array in JavaScript memory. A class, so that structures of them have them as leaves. */
export class HostLeaf implements HostArray {
  readonly data: TensorData;
  readonly shape: readonly number[];
  readonly dtype: HostArray["dtype"];
  /** Elements in a sample. */
  readonly rowSize: number;

  constructor(data: TensorData, shape: readonly number[], dtype: HostArray["dtype"] = "float32") {
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
    this.rowSize = sizeOf(shape.slice(1));
  }

  /** Number of samples. */
  get samples(): number {
    return this.shape[0]!;
  }

  /** As many samples of other data. */
  withRows(data: TensorData, samples: number): HostLeaf {
    return new HostLeaf(data, [samples, ...this.shape.slice(1)], this.dtype);
  }

  /** Samples [start, end), without a copy. */
  slice(start: number, end: number): HostLeaf {
    const row = this.rowSize;
    return this.withRows(this.data.subarray(start * row, end * row) as TensorData, end - start);
  }
}

/**
 * What a step works on: inputs, targets and weights, each in the caller's structure, `{}` where there are none. Being a
 * structure itself, it is flattened, packed and sliced like any other.
 */
export type StepData<T> = readonly [inputs: Structure<T>, targets: Structure<T>, weights: Structure<T>];

/** A text that is equal for data of equal structure, dtypes and shapes, the number of samples apart. */
export function formKey(data: Structure<HostLeaf>): string {
  if (data instanceof HostLeaf) return `${data.dtype}${data.shape.slice(1)}`;
  if (Array.isArray(data)) return `[${data.map(formKey).join(";")}]`;
  const dict = data as { readonly [key: string]: Structure<HostLeaf> };
  const entry = (key: string): string => `${JSON.stringify(key)}:${formKey(dict[key]!)}`;
  return `{${Object.keys(dict).sort().map(entry).join(";")}}`;
}

/**
 * Splits what a caller passed into arrays. `declared` (the model's inputs or outputs) decides what a nested array is
 * that could be either one array or a list of several.
 */
export function arrangeData(
  data: unknown,
  declared: Structure<ValueSpec> | undefined,
  call: string,
  argument: string,
  depth = 0,
): Structure<HostLeaf> {
  checkDepth(depth, call, argument);
  const arrangePart = (part: unknown, key: string | number): Structure<HostLeaf> => {
    const inner =
      declared instanceof ValueSpec ? undefined : (declared as Record<string, ValueSpec> | undefined)?.[key];
    return arrangeData(part, inner, call, `${argument}[${key}]`, depth + 1);
  };
  if (isPlainObject(data)) {
    return Object.fromEntries(Object.entries(data).map(([key, part]) => [key, arrangePart(part, key)]));
  }
  return Array.isArray(data) && isListOfArrays(data, declared) ? data.map(arrangePart) : hostLeaf(data, call, argument);
}

/** True when a JavaScript array stands for several arrays, false when it is one nested array of numbers. */
function isListOfArrays(data: readonly unknown[], declared: Structure<ValueSpec> | undefined): boolean {
  if (data.some((part) => part instanceof Tensor || isPlainObject(part))) return true;
  if (declared !== undefined && flattenStructure(declared).length > 1) return true;
  // Rows given as typed arrays are one nested array, unless the model says that its one input comes in a list.
  return Array.isArray(declared) && data.length === 1 && isTypedArray(data[0]);
}

/** One array, converted to a dtype that linear memory knows. Not copied where it need not be. */
function hostLeaf(data: unknown, call: string, argument: string): HostLeaf {
  const leaf = isTypedArray(data) ? leafOfTypedArray(data) : leafOfOther(data, call, argument);
  if (leaf.shape.length === 0)
    fail(call, `${argument}: expected samples along a first axis, got one number`, ShapeError);
  if (leaf.samples === 0) {
    fail(call, `${argument}: expected at least one sample, got empty data of shape ${formatShape(leaf.shape)}`);
  }
  return leaf;
}

function leafOfTypedArray(array: TypedArray): HostLeaf {
  const dtype = dtypeOfArray(array);
  const isNative = array instanceof Float32Array || array instanceof Int32Array || array instanceof Uint32Array;
  return new HostLeaf(isNative ? array : convertArray(array, dtype), shapeOfArray(array), dtype);
}

function leafOfOther(data: unknown, call: string, argument: string): HostLeaf {
  if (data === undefined || data === null) refuse(call, argument, "data", data);
  if (!Array.isArray(data) && !(data instanceof Tensor) && typeof data !== "number" && typeof data !== "boolean") {
    const got = Reflect.has(Object(data), "dataSync") ? "a tensor of another copy of the package" : describe(data);
    fail(call, `${argument}: expected a tensor, a nested array or a typed array, got ${got}`);
  }
  const tensor = toTensor(data as TensorLike);
  return new HostLeaf(tensor.hostData(), tensor.shape, tensor.dtype);
}
