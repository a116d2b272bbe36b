import { L1, L1L2, type L1L2Options, L2 } from "./l1l2.ts";
import { type OrthogonalOptions, OrthogonalRegularizer } from "./orthogonal.ts";

export { getRegularizer as get, type RegularizerName, type RegularizerSpec } from "./get.ts";
export { L1, L1L2, type L1L2Options, L2 } from "./l1l2.ts";
export { type OrthogonalOptions, OrthogonalRegularizer } from "./orthogonal.ts";
export { Regularizer } from "./regularizer.ts";

/** l1·Σ|x|, 0.01 by default. */
export const l1 = (options?: { readonly l1?: number }): L1 => new L1(options);
/** l2·Σx², 0.01 by default. */
export const l2 = (options?: { readonly l2?: number }): L2 => new L2(options);
/** l1·Σ|x| + l2·Σx². */
export const l1l2 = (options?: L1L2Options): L1L2 => new L1L2(options);
/** Asks rows or columns to be orthogonal. */
export const orthogonalRegularizer = (options?: OrthogonalOptions): OrthogonalRegularizer =>
  new OrthogonalRegularizer(options);
