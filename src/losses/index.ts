import {
  BinaryCrossentropy,
  BinaryFocalCrossentropy,
  CategoricalCrossentropy,
  CategoricalFocalCrossentropy,
  SparseCategoricalCrossentropy,
} from "./crossentropy.ts";
import {
  CategoricalHinge,
  CosineSimilarity,
  Dice,
  Hinge,
  Huber,
  KLDivergence,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
  SquaredHinge,
  Tversky,
} from "./errors.ts";
import { type Factory, factory } from "./loss-class.ts";

export type {
  BinaryFocalOptions,
  FocalOptions,
  LogitsOptions,
  SmoothingOptions,
  SparseOptions,
} from "./crossentropy.ts";
export type { AxisOptions, HuberOptions, OverlapOptions, TverskyOptions } from "./errors.ts";
export { Loss, type LossFunction, type LossOptions, type Reduction } from "./loss.ts";
export type { Factory, LossClass } from "./loss-class.ts";
export { getLoss as get, type LossLike, type LossName } from "./registry.ts";
export {
  BinaryCrossentropy,
  BinaryFocalCrossentropy,
  CategoricalCrossentropy,
  CategoricalFocalCrossentropy,
  CategoricalHinge,
  CosineSimilarity,
  Dice,
  Hinge,
  Huber,
  KLDivergence,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
  SparseCategoricalCrossentropy,
  SquaredHinge,
  Tversky,
};

/** Mean over the last axis of the squared error. */
export const meanSquaredError: Factory<typeof MeanSquaredError> = /* @__PURE__ */ factory(MeanSquaredError);
/** Mean over the last axis of the absolute error. */
export const meanAbsoluteError: Factory<typeof MeanAbsoluteError> = /* @__PURE__ */ factory(MeanAbsoluteError);
/** Mean over the last axis of the absolute error in percent of the target. */
export const meanAbsolutePercentageError: Factory<typeof MeanAbsolutePercentageError> =
  /* @__PURE__ */ factory(MeanAbsolutePercentageError);
/** Mean over the last axis of the squared difference of ln(x + 1). */
export const meanSquaredLogarithmicError: Factory<typeof MeanSquaredLogarithmicError> =
  /* @__PURE__ */ factory(MeanSquaredLogarithmicError);
/** Squared near the target, absolute farther away. */
export const huber: Factory<typeof Huber> = /* @__PURE__ */ factory(Huber);
/** Mean over the last axis of ln cosh of the error. */
export const logCosh: Factory<typeof LogCosh> = /* @__PURE__ */ factory(LogCosh);
/** The negative cosine of the angle between targets and predictions. */
export const cosineSimilarity: Factory<typeof CosineSimilarity> = /* @__PURE__ */ factory(CosineSimilarity);
/** For counts: mean of p − t·ln p. */
export const poisson: Factory<typeof Poisson> = /* @__PURE__ */ factory(Poisson);
/** Σ t·ln(t/p) of two distributions. */
export const klDivergence: Factory<typeof KLDivergence> = /* @__PURE__ */ factory(KLDivergence);
/** Mean margin that is missing, for targets −1 and 1. */
export const hinge: Factory<typeof Hinge> = /* @__PURE__ */ factory(Hinge);
/** Mean squared margin that is missing, for targets −1 and 1. */
export const squaredHinge: Factory<typeof SquaredHinge> = /* @__PURE__ */ factory(SquaredHinge);
/** The margin that is missing between the true class and the best of the others. */
export const categoricalHinge: Factory<typeof CategoricalHinge> = /* @__PURE__ */ factory(CategoricalHinge);
/** Cross-entropy of independent yes-no targets. */
export const binaryCrossentropy: Factory<typeof BinaryCrossentropy> = /* @__PURE__ */ factory(BinaryCrossentropy);
/** The same, in which confident predictions count less. */
export const binaryFocalCrossentropy: Factory<typeof BinaryFocalCrossentropy> =
  /* @__PURE__ */ factory(BinaryFocalCrossentropy);
/** Cross-entropy with one target per class. */
export const categoricalCrossentropy: Factory<typeof CategoricalCrossentropy> =
  /* @__PURE__ */ factory(CategoricalCrossentropy);
/** The same, in which confident predictions count less. */
export const categoricalFocalCrossentropy: Factory<typeof CategoricalFocalCrossentropy> =
  /* @__PURE__ */ factory(CategoricalFocalCrossentropy);
/** Cross-entropy with class numbers as targets. */
export const sparseCategoricalCrossentropy: Factory<typeof SparseCategoricalCrossentropy> =
  /* @__PURE__ */ factory(SparseCategoricalCrossentropy);
/** 1 minus the overlap of targets and predictions. */
export const dice: Factory<typeof Dice> = /* @__PURE__ */ factory(Dice);
/** The same, with weights for what was missed and what was wrong. */
export const tversky: Factory<typeof Tversky> = /* @__PURE__ */ factory(Tversky);
