import type { Tensor } from "../../ops/tensor.ts";
import { plainName } from "../../util/errors.ts";
import { oneTensor } from "../inputs.ts";
import { type Check, oneOf } from "../plain-layer.ts";

/** What layers make of indices. */
export type EncodingMode = "oneHot" | "one_hot" | "multiHot" | "multi_hot" | "count";

/** `encoding("int")`: the names above and these. */
export const encoding = (...more: readonly string[]): Check =>
  oneOf("oneHot", "one_hot", "multiHot", "multi_hot", "count", ...more);

/** Indices as rows of numbers: one row for each index (oneHot), or for each sample which occur (multiHot) or how often (count). */
export function encodeIndices(indices: Tensor, mode: string, depth: number): Tensor {
  const plain = plainName(mode);
  if (plain === "int") return indices;
  const x = oneTensor(indices).rank === 0 ? indices.reshape([1]) : indices;
  const squeezed = plain === "onehot" && x.rank > 1 && x.shape.at(-1) === 1 ? x.squeeze(-1) : x;
  const rows = squeezed.oneHot(depth);
  if (plain === "onehot") return rows;
  return plain === "count" ? rows.sum(-2) : rows.max(-2);
}
