import * as crossentropy from "./crossentropy.ts";
import * as errors from "./errors.ts";
import { type Factory, factory } from "./loss-class.ts";

export {
  BinaryCrossentropy,
  BinaryFocalCrossentropy,
  type BinaryFocalOptions,
  CategoricalCrossentropy,
  CategoricalFocalCrossentropy,
  type FocalOptions,
  type LogitsOptions,
  type SmoothingOptions,
  SparseCategoricalCrossentropy,
  type SparseOptions,
} from "./crossentropy.ts";
export {
  type AxisOptions,
  CategoricalHinge,
  CosineSimilarity,
  Dice,
  Hinge,
  Huber,
  type HuberOptions,
  KLDivergence,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  type OverlapOptions,
  Poisson,
  SquaredHinge,
  Tversky,
  type TverskyOptions,
} from "./errors.ts";
export { type HostTargets, Loss, type LossFunction, type LossOptions, type Reduction } from "./loss.ts";
export type { BuiltInLoss, Factory, LossClass } from "./loss-class.ts";
export { getLoss as get, type LossLike, type LossName } from "./registry.ts";

/** Mean over the last axis of the squared error. */
export const meanSquaredError: Factory<typeof errors.MeanSquaredError> = /* @__PURE__ */ factory(
  errors.MeanSquaredError,
);
/** Mean over the last axis of the absolute error. */
export const meanAbsoluteError: Factory<typeof errors.MeanAbsoluteError> = /* @__PURE__ */ factory(
  errors.MeanAbsoluteError,
);
/** Mean over the last axis of the absolute error in percent of the target. */
export const meanAbsolutePercentageError: Factory<typeof errors.MeanAbsolutePercentageError> = /* @__PURE__ */ factory(
  errors.MeanAbsolutePercentageError,
);
/** Mean over the last axis of the squared difference of ln(x + 1). */
export const meanSquaredLogarithmicError: Factory<typeof errors.MeanSquaredLogarithmicError> = /* @__PURE__ */ factory(
  errors.MeanSquaredLogarithmicError,
);
/** Squared near the target, absolute farther away. */
export const huber: Factory<typeof errors.Huber> = /* @__PURE__ */ factory(errors.Huber);
/** Mean over the last axis of ln cosh of the error. */
export const logCosh: Factory<typeof errors.LogCosh> = /* @__PURE__ */ factory(errors.LogCosh);
/** The negative cosine of the angle between targets and predictions. */
export const cosineSimilarity: Factory<typeof errors.CosineSimilarity> = /* @__PURE__ */ factory(
  errors.CosineSimilarity,
);
/** For counts: mean of p − t·ln p. */
export const poisson: Factory<typeof errors.Poisson> = /* @__PURE__ */ factory(errors.Poisson);
/** Σ t·ln(t/p) of two distributions. */
export const klDivergence: Factory<typeof errors.KLDivergence> = /* @__PURE__ */ factory(errors.KLDivergence);
/** Mean margin that is missing, for targets −1 and 1. */
export const hinge: Factory<typeof errors.Hinge> = /* @__PURE__ */ factory(errors.Hinge);
/** Mean squared margin that is missing, for targets −1 and 1. */
export const squaredHinge: Factory<typeof errors.SquaredHinge> = /* @__PURE__ */ factory(errors.SquaredHinge);
/** The margin that is missing between the true class and the best of the others. */
export const categoricalHinge: Factory<typeof errors.CategoricalHinge> = /* @__PURE__ */ factory(
  errors.CategoricalHinge,
);
/** Cross-entropy of independent yes-no targets. */
export const binaryCrossentropy: Factory<typeof crossentropy.BinaryCrossentropy> = /* @__PURE__ */ factory(
  crossentropy.BinaryCrossentropy,
);
/** The same, in which confident predictions count less. */
export const binaryFocalCrossentropy: Factory<typeof crossentropy.BinaryFocalCrossentropy> = /* @__PURE__ */ factory(
  crossentropy.BinaryFocalCrossentropy,
);
/** Cross-entropy with one target per class. */
export const categoricalCrossentropy: Factory<typeof crossentropy.CategoricalCrossentropy> = /* @__PURE__ */ factory(
  crossentropy.CategoricalCrossentropy,
);
/** The same, in which confident predictions count less. */
export const categoricalFocalCrossentropy: Factory<typeof crossentropy.CategoricalFocalCrossentropy> =
  /* @__PURE__ */ factory(crossentropy.CategoricalFocalCrossentropy);
/** Cross-entropy with class numbers as targets. */
export const sparseCategoricalCrossentropy: Factory<typeof crossentropy.SparseCategoricalCrossentropy> =
  /* @__PURE__ */ factory(crossentropy.SparseCategoricalCrossentropy);
/** 1 minus the overlap of targets and predictions. */
export const dice: Factory<typeof errors.Dice> = /* @__PURE__ */ factory(errors.Dice);
/** The same, with weights for what was missed and what was wrong. */
export const tversky: Factory<typeof errors.Tversky> = /* @__PURE__ */ factory(errors.Tversky);
