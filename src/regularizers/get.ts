import type { Tensor } from "../ops/tensor.ts";
import { type CustomObjects, resolveObject } from "../util/registry.ts";
import { L1, L1L2, L2 } from "./l1l2.ts";
import { OrthogonalRegularizer } from "./orthogonal.ts";
import type { Regularizer } from "./regularizer.ts";

/** Names of the built-in regularizers; case and underscores do not count. */
export type RegularizerName = "l1" | "l2" | "l1l2" | "l1_l2" | "L1" | "L2" | "L1L2" | "orthogonalRegularizer" | "orthogonal_regularizer" | "OrthogonalRegularizer"; // biome-ignore format: one table

/** All that may be given where a regularizer is wanted: a name, a config, an object, a function of a tensor. */
export type RegularizerSpec =
  | RegularizerName
  | Regularizer
  | ((x: Tensor) => Tensor)
  | CustomObjects
  | null
  | undefined;

/** The regularizer that `spec` stands for; nothing stands for none. */
export function getRegularizer(spec: RegularizerSpec, where = "regularizers.get"): Regularizer | undefined {
  return resolveObject<Regularizer>(
    spec,
    { l1: L1, l2: L2, l1l2: L1L2, orthogonalRegularizer: OrthogonalRegularizer },
    where,
  );
}
