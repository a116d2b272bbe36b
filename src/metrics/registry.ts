import {
  ANY_SHAPES,
  byName,
  type Kind,
  type Named,
  nameByShapes,
  type ObjectConfig,
  resolve,
  type ShapePair,
  type SharedName,
  type Spellings,
} from "../losses/registry.ts";
import { AUC } from "./auc.ts";
import * as confusion from "./confusion.ts";
import { F1Score, FBetaScore } from "./f-score.ts";
import { BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU } from "./iou.ts";
import { Mean, MeanMetricWrapper, type MetricFunction, Sum } from "./mean.ts";
import * as means from "./mean-metrics.ts";
import { Metric } from "./metric.ts";
import { R2Score } from "./r2-score.ts";

/** Names of metrics; case and underscores do not count. */
export type MetricName =
  | SharedName
  | ("accuracy" | "Accuracy" | "acc" | "auc" | "AUC")
  | ("f1Score" | "f1_score" | "F1Score" | "fbetaScore" | "fbeta_score" | "FBetaScore")
  | ("r2Score" | "r2_score" | "R2Score")
  | ("topKCategoricalAccuracy" | "top_k_categorical_accuracy" | "TopKCategoricalAccuracy")
  | ("sparseTopKCategoricalAccuracy" | "sparse_top_k_categorical_accuracy" | "SparseTopKCategoricalAccuracy")
  | ("binaryIoU" | "binary_io_u" | "BinaryIoU")
  | Spellings<
      | "BinaryAccuracy"
      | "CategoricalAccuracy"
      | "SparseCategoricalAccuracy"
      | "Precision"
      | "Recall"
      | "TruePositives"
      | "TrueNegatives"
      | "FalsePositives"
      | "FalseNegatives"
      | "RootMeanSquaredError"
      | "LogCoshError"
      | "PearsonCorrelation"
      | "ConcordanceCorrelation"
    >;

/** What may be given as a metric: a name, an object, a class, a function (also one that makes metrics), a config. */
export type MetricLike =
  | MetricName
  | Metric
  | (new (
      options?: never,
    ) => Metric)
  | ((options?: never) => Metric)
  | MetricFunction
  | ObjectConfig;

const METRICS: Kind<Metric> = {
  argument: "metrics",
  noun: "metric",
  base: Metric,
  wrap: (fn) => new MeanMetricWrapper(fn as MetricFunction),
  table: () =>
    byName(
      [
        ...[means.MeanSquaredError, means.RootMeanSquaredError, means.MeanAbsoluteError],
        ...[means.MeanAbsolutePercentageError, means.MeanSquaredLogarithmicError, means.LogCoshError, means.Poisson],
        ...[means.KLDivergence, means.Hinge, means.SquaredHinge, means.CategoricalHinge, means.BinaryCrossentropy],
        ...[means.CategoricalCrossentropy, means.SparseCategoricalCrossentropy, means.Accuracy, means.BinaryAccuracy],
        ...[means.CategoricalAccuracy, means.SparseCategoricalAccuracy, means.TopKCategoricalAccuracy],
        ...[means.SparseTopKCategoricalAccuracy, means.CosineSimilarity, means.PearsonCorrelation],
        ...[means.ConcordanceCorrelation, confusion.TruePositives, confusion.FalsePositives, confusion.TrueNegatives],
        ...[confusion.FalseNegatives, confusion.Precision, confusion.Recall, confusion.SensitivityAtSpecificity],
        ...[confusion.SpecificityAtSensitivity, confusion.PrecisionAtRecall, confusion.RecallAtPrecision, AUC],
        ...[F1Score, FBetaScore, BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU, Mean, Sum, R2Score],
      ] as Named[],
      {
        ...{ mse: means.MeanSquaredError, mae: means.MeanAbsoluteError, mape: means.MeanAbsolutePercentageError },
        ...{ msle: means.MeanSquaredLogarithmicError, kld: means.KLDivergence, bce: means.BinaryCrossentropy },
        ...{ cce: means.CategoricalCrossentropy, scce: means.SparseCategoricalCrossentropy },
      },
    ),
};

/**
 * The metric for what a caller gave. Strings keep their spelling as the metric's name; "accuracy" and "crossentropy"
 * are resolved by the shapes of targets and predictions.
 */
export function getMetric(spec: unknown, shapes?: ShapePair): Metric {
  if (typeof spec !== "string") return resolve(spec, METRICS);
  return resolve(shapes === undefined ? spec : nameByShapes(spec, shapes), METRICS, { name: spec });
}

/** Throws what `getMetric` would throw for something that is no metric, before any shape is known. */
export function checkMetric(spec: unknown): void {
  getMetric(spec, ANY_SHAPES);
}
