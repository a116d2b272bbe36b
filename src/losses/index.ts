import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  type CrossentropyOptions,
  type SmoothedCrossentropyOptions,
  SparseCategoricalCrossentropy,
} from "./crossentropy.ts";
import type { LossOptions } from "./loss.ts";
import { MeanAbsoluteError, MeanSquaredError } from "./mean-errors.ts";

export type { CrossentropyOptions, SmoothedCrossentropyOptions } from "./crossentropy.ts";
export { Loss, type LossFunction, type LossOptions, type Reduction } from "./loss.ts";
export { getLoss as get, type LossLike, type LossName } from "./registry.ts";
export {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  MeanAbsoluteError,
  MeanSquaredError,
  SparseCategoricalCrossentropy,
};

/** Mean over the last axis of the squared error. */
export function meanSquaredError(options?: LossOptions): MeanSquaredError {
  return new MeanSquaredError(options);
}

/** Mean over the last axis of the absolute error. */
export function meanAbsoluteError(options?: LossOptions): MeanAbsoluteError {
  return new MeanAbsoluteError(options);
}

/** Cross-entropy of independent yes-no targets. */
export function binaryCrossentropy(options?: SmoothedCrossentropyOptions): BinaryCrossentropy {
  return new BinaryCrossentropy(options);
}

/** Cross-entropy with one target per class. */
export function categoricalCrossentropy(options?: SmoothedCrossentropyOptions): CategoricalCrossentropy {
  return new CategoricalCrossentropy(options);
}

/** Cross-entropy with class numbers as targets. */
export function sparseCategoricalCrossentropy(options?: CrossentropyOptions): SparseCategoricalCrossentropy {
  return new SparseCategoricalCrossentropy(options);
}
