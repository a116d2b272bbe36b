import { NonNeg } from "./non-neg.ts";
import {
  MaxNorm,
  type MaxNormOptions,
  MinMaxNorm,
  type MinMaxNormOptions,
  UnitNorm,
  type UnitNormOptions,
} from "./norms.ts";

export { Constraint } from "./constraint.ts";
export { type ConstraintName, type ConstraintSpec, getConstraint as get } from "./get.ts";
export { NonNeg } from "./non-neg.ts";
export {
  MaxNorm,
  type MaxNormOptions,
  MinMaxNorm,
  type MinMaxNormOptions,
  UnitNorm,
  type UnitNormOptions,
} from "./norms.ts";

/** Shortens what is longer than `maxValue` (2 by default). */
export const maxNorm = (options?: MaxNormOptions): MaxNorm => new MaxNorm(options);
/** max(w, 0). */
export const nonNeg = (): NonNeg => new NonNeg();
/** Makes every norm 1. */
export const unitNorm = (options?: UnitNormOptions): UnitNorm => new UnitNorm(options);
/** Brings norms between two bounds. */
export const minMaxNorm = (options?: MinMaxNormOptions): MinMaxNorm => new MinMaxNorm(options);
