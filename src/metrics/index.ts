import { type Factory, factory } from "../losses/loss-class.ts";
import { AUC } from "./auc.ts";
import {
  FalseNegatives,
  FalsePositives,
  Precision,
  PrecisionAtRecall,
  Recall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
  TrueNegatives,
  TruePositives,
} from "./confusion.ts";
import { F1Score, FBetaScore } from "./f-score.ts";
import { BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU } from "./iou.ts";
import { Mean, MeanMetricWrapper, type MetricFunction, Sum } from "./mean.ts";
import {
  Accuracy,
  BinaryAccuracy,
  BinaryCrossentropy,
  CategoricalAccuracy,
  CategoricalCrossentropy,
  CategoricalHinge,
  ConcordanceCorrelation,
  CosineSimilarity,
  Hinge,
  KLDivergence,
  LogCoshError,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  PearsonCorrelation,
  Poisson,
  RootMeanSquaredError,
  SparseCategoricalAccuracy,
  SparseCategoricalCrossentropy,
  SparseTopKCategoricalAccuracy,
  SquaredHinge,
  TopKCategoricalAccuracy,
} from "./mean-metrics.ts";
import type { MetricOptions } from "./metric.ts";
import { R2Score } from "./r2-score.ts";

export type { AUCOptions } from "./auc.ts";
export type {
  AtOptions,
  CountClass,
  CountOptions,
  Counts,
  PrecisionOptions,
  ThresholdMetric,
} from "./confusion.ts";
export type { F1Options, FBetaOptions } from "./f-score.ts";
export type { BinaryIoUOptions, IoUOptions, MeanIoUOptions, OneHotIoUOptions, OneHotMeanIoUOptions } from "./iou.ts";
export type { MeanBase, MetricClass, MetricFunction } from "./mean.ts";
export type { BinaryAccuracyOptions, SparseTopKOptions, TopKOptions } from "./mean-metrics.ts";
export {
  type Direction,
  Metric,
  type MetricOptions,
  type MetricResult,
  type MetricVariableSpec,
  type NumberMetric,
} from "./metric.ts";
export type { R2Options } from "./r2-score.ts";
export { getMetric as get, type MetricLike, type MetricName } from "./registry.ts";
export {
  Accuracy,
  AUC,
  BinaryAccuracy,
  BinaryCrossentropy,
  BinaryIoU,
  CategoricalAccuracy,
  CategoricalCrossentropy,
  CategoricalHinge,
  ConcordanceCorrelation,
  CosineSimilarity,
  F1Score,
  FalseNegatives,
  FalsePositives,
  FBetaScore,
  Hinge,
  IoU,
  KLDivergence,
  LogCoshError,
  Mean,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanIoU,
  MeanMetricWrapper,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  OneHotIoU,
  OneHotMeanIoU,
  PearsonCorrelation,
  Poisson,
  Precision,
  PrecisionAtRecall,
  R2Score,
  Recall,
  RecallAtPrecision,
  RootMeanSquaredError,
  SensitivityAtSpecificity,
  SparseCategoricalAccuracy,
  SparseCategoricalCrossentropy,
  SparseTopKCategoricalAccuracy,
  SpecificityAtSensitivity,
  SquaredHinge,
  Sum,
  TopKCategoricalAccuracy,
  TrueNegatives,
  TruePositives,
};

/** Mean squared error. */
export const meanSquaredError: Factory<typeof MeanSquaredError> = /* @__PURE__ */ factory(MeanSquaredError);
/** The square root of the mean squared error. */
export const rootMeanSquaredError: Factory<typeof RootMeanSquaredError> = /* @__PURE__ */ factory(RootMeanSquaredError);
/** Mean absolute error. */
export const meanAbsoluteError: Factory<typeof MeanAbsoluteError> = /* @__PURE__ */ factory(MeanAbsoluteError);
/** Mean absolute error in percent of the target. */
export const meanAbsolutePercentageError: Factory<typeof MeanAbsolutePercentageError> =
  /* @__PURE__ */ factory(MeanAbsolutePercentageError);
/** Mean squared difference of ln(x + 1). */
export const meanSquaredLogarithmicError: Factory<typeof MeanSquaredLogarithmicError> =
  /* @__PURE__ */ factory(MeanSquaredLogarithmicError);
/** Mean ln cosh of the error. */
export const logCoshError: Factory<typeof LogCoshError> = /* @__PURE__ */ factory(LogCoshError);
/** Mean of p − t·ln p. */
export const poisson: Factory<typeof Poisson> = /* @__PURE__ */ factory(Poisson);
/** Mean of Σ t·ln(t/p). */
export const klDivergence: Factory<typeof KLDivergence> = /* @__PURE__ */ factory(KLDivergence);
/** Mean margin that is missing. */
export const hinge: Factory<typeof Hinge> = /* @__PURE__ */ factory(Hinge);
/** Mean squared margin that is missing. */
export const squaredHinge: Factory<typeof SquaredHinge> = /* @__PURE__ */ factory(SquaredHinge);
/** Mean margin that is missing to the best of the other classes. */
export const categoricalHinge: Factory<typeof CategoricalHinge> = /* @__PURE__ */ factory(CategoricalHinge);
/** Mean binary cross-entropy. */
export const binaryCrossentropy: Factory<typeof BinaryCrossentropy> = /* @__PURE__ */ factory(BinaryCrossentropy);
/** Mean cross-entropy, with one target per class. */
export const categoricalCrossentropy: Factory<typeof CategoricalCrossentropy> =
  /* @__PURE__ */ factory(CategoricalCrossentropy);
/** Mean cross-entropy, with class numbers as targets. */
export const sparseCategoricalCrossentropy: Factory<typeof SparseCategoricalCrossentropy> =
  /* @__PURE__ */ factory(SparseCategoricalCrossentropy);
/** Share of predictions equal to their targets. */
export const accuracy: Factory<typeof Accuracy> = /* @__PURE__ */ factory(Accuracy);
/** Share of yes-no predictions on the right side of a threshold. */
export const binaryAccuracy: Factory<typeof BinaryAccuracy> = /* @__PURE__ */ factory(BinaryAccuracy);
/** Share of samples whose most probable class is right, with one target per class. */
export const categoricalAccuracy: Factory<typeof CategoricalAccuracy> = /* @__PURE__ */ factory(CategoricalAccuracy);
/** Share of samples whose most probable class is right, with class numbers as targets. */
export const sparseCategoricalAccuracy: Factory<typeof SparseCategoricalAccuracy> =
  /* @__PURE__ */ factory(SparseCategoricalAccuracy);
/** Share of samples whose class is among the k most probable, with one target per class. */
export const topKCategoricalAccuracy: Factory<typeof TopKCategoricalAccuracy> =
  /* @__PURE__ */ factory(TopKCategoricalAccuracy);
/** Share of samples whose class is among the k most probable, with class numbers as targets. */
export const sparseTopKCategoricalAccuracy: Factory<typeof SparseTopKCategoricalAccuracy> =
  /* @__PURE__ */ factory(SparseTopKCategoricalAccuracy);
/** The cosine of the angle between targets and predictions. */
export const cosineSimilarity: Factory<typeof CosineSimilarity> = /* @__PURE__ */ factory(CosineSimilarity);
/** Pearson's correlation along an axis. */
export const pearsonCorrelation: Factory<typeof PearsonCorrelation> = /* @__PURE__ */ factory(PearsonCorrelation);
/** Lin's concordance correlation along an axis. */
export const concordanceCorrelation: Factory<typeof ConcordanceCorrelation> =
  /* @__PURE__ */ factory(ConcordanceCorrelation);
/** How many positive targets have predictions above the threshold. */
export const truePositives: Factory<typeof TruePositives> = /* @__PURE__ */ factory(TruePositives);
/** How many negative targets have predictions above the threshold. */
export const falsePositives: Factory<typeof FalsePositives> = /* @__PURE__ */ factory(FalsePositives);
/** How many negative targets have predictions up to the threshold. */
export const trueNegatives: Factory<typeof TrueNegatives> = /* @__PURE__ */ factory(TrueNegatives);
/** How many positive targets have predictions up to the threshold. */
export const falseNegatives: Factory<typeof FalseNegatives> = /* @__PURE__ */ factory(FalseNegatives);
/** The share of right ones among the predictions above the threshold. */
export const precision: Factory<typeof Precision> = /* @__PURE__ */ factory(Precision);
/** The share of positive targets whose predictions are above the threshold. */
export const recall: Factory<typeof Recall> = /* @__PURE__ */ factory(Recall);
/** The best recall at thresholds where specificity reaches a value. */
export const sensitivityAtSpecificity: Factory<typeof SensitivityAtSpecificity> =
  /* @__PURE__ */ factory(SensitivityAtSpecificity);
/** The best specificity at thresholds where recall reaches a value. */
export const specificityAtSensitivity: Factory<typeof SpecificityAtSensitivity> =
  /* @__PURE__ */ factory(SpecificityAtSensitivity);
/** The best precision at thresholds where recall reaches a value. */
export const precisionAtRecall: Factory<typeof PrecisionAtRecall> = /* @__PURE__ */ factory(PrecisionAtRecall);
/** The best recall at thresholds where precision reaches a value. */
export const recallAtPrecision: Factory<typeof RecallAtPrecision> = /* @__PURE__ */ factory(RecallAtPrecision);
/** The area under the ROC curve or the curve of precision over recall. */
export const auc: Factory<typeof AUC> = /* @__PURE__ */ factory(AUC);
/** The harmonic mean of precision and recall. */
export const f1Score: Factory<typeof F1Score> = /* @__PURE__ */ factory(F1Score);
/** The weighted harmonic mean of precision and recall. */
export const fBetaScore: Factory<typeof FBetaScore> = /* @__PURE__ */ factory(FBetaScore, 1);
/** Intersection over union of some classes. */
export const ioU: Factory<typeof IoU> = /* @__PURE__ */ factory(IoU, 1);
/** Intersection over union of two classes, from one number each. */
export const binaryIoU: Factory<typeof BinaryIoU> = /* @__PURE__ */ factory(BinaryIoU);
/** Mean intersection over union of all classes. */
export const meanIoU: Factory<typeof MeanIoU> = /* @__PURE__ */ factory(MeanIoU, 1);
/** Intersection over union of some classes, with one target per class. */
export const oneHotIoU: Factory<typeof OneHotIoU> = /* @__PURE__ */ factory(OneHotIoU);
/** Mean intersection over union of all classes, with one target per class. */
export const oneHotMeanIoU: Factory<typeof OneHotMeanIoU> = /* @__PURE__ */ factory(OneHotMeanIoU);
/** The coefficient of determination. */
export const r2Score: Factory<typeof R2Score> = /* @__PURE__ */ factory(R2Score);
/** Weighted mean of the values given. */
export const mean: Factory<typeof Mean> = /* @__PURE__ */ factory(Mean);
/** Weighted sum of the values given. */
export const sum: Factory<typeof Sum> = /* @__PURE__ */ factory(Sum);

/** The mean over samples of a function of targets and predictions. */
export function meanMetricWrapper(fn: MetricFunction, options?: MetricOptions): MeanMetricWrapper {
  return new MeanMetricWrapper(fn, options);
}
