import type { Tensor } from "../ops/tensor.ts";
import { type CustomObjects, resolveObject } from "../util/registry.ts";
import type { Constraint } from "./constraint.ts";
import { NonNeg } from "./non-neg.ts";
import { MaxNorm, MinMaxNorm, UnitNorm } from "./norms.ts";

/** Names of the built-in constraints; case and underscores do not count. */
export type ConstraintName =
  | ("maxNorm" | "max_norm" | "MaxNorm" | "nonNeg" | "non_neg" | "NonNeg")
  | ("unitNorm" | "unit_norm" | "UnitNorm" | "minMaxNorm" | "min_max_norm" | "MinMaxNorm");

/** All that may be given where a constraint is wanted: a name, a config, an object, a function of the weight. */
export type ConstraintSpec =
  | ConstraintName
  | Constraint
  | ((weight: Tensor) => Tensor)
  | CustomObjects
  | null
  | undefined;

/** The constraint that `spec` stands for; nothing stands for none. */
export function getConstraint(spec: ConstraintSpec, where = "constraints.get"): Constraint | undefined {
  return resolveObject<Constraint>(
    spec,
    { maxNorm: MaxNorm, nonNeg: NonNeg, unitNorm: UnitNorm, minMaxNorm: MinMaxNorm },
    where,
  );
}
