import { concat } from "../../ops/index.ts";
import { Tensor, type TensorLike, toTensor } from "../../ops/tensor.ts";
import { refuse } from "../../util/errors.ts";

/** What layers adapt to: all data at once, or an iterable of batches (tensors). */
export type AdaptData = TensorLike | Iterable<TensorLike>;

/** All data as one tensor of floats. */
export function allData(data: AdaptData, where: string): Tensor {
  const list = isBatches(data) ? [...data] : [data as TensorLike];
  if (list.length === 0) refuse(where, "adapt", "data", data);
  const tensors = list.map((part) => toTensor(part).cast("float32"));
  const whole = tensors.length === 1 ? tensors[0]! : concat(tensors, 0);
  return whole.size > 0 ? whole : refuse(where, "adapt", "at least one value", data);
}

function isBatches(data: unknown): data is Iterable<TensorLike> {
  if (typeof data !== "object" || data === null || data instanceof Tensor || ArrayBuffer.isView(data)) return false;
  return Array.isArray(data) ? data[0] instanceof Tensor : Symbol.iterator in data;
}
