import type { DType } from "../util/dtype.ts";
import { type Dims, sizeOf } from "../util/shape.ts";

/** Inside a graph there are also packed bits: dropout's masks, 32 elements to a word. */
export type GraphDType = DType | "bits";

/** What is known of a value before it is computed. */
export interface Spec {
  readonly shape: Dims;
  readonly dtype: GraphDType;
}

/** 4-byte words a value takes in linear memory. */
export function wordsOf(spec: Spec): number {
  const size = sizeOf(spec.shape);
  return spec.dtype === "bits" ? Math.ceil(size / 32) : size;
}
