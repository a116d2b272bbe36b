import {
  Accuracy,
  BinaryAccuracy,
  type BinaryAccuracyOptions,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
} from "./accuracies.ts";
import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  MeanAbsoluteError,
  MeanSquaredError,
  type SmoothedOptions,
  SparseCategoricalCrossentropy,
} from "./losses.ts";
import { Mean, MeanMetricWrapper, type MetricFunction } from "./mean.ts";
import type { MetricOptions } from "./metric.ts";

export type { BinaryAccuracyOptions } from "./accuracies.ts";
export type { MetricFunction } from "./mean.ts";
export { Metric, type MetricOptions } from "./metric.ts";
export type { MetricLike, MetricName } from "./registry.ts";
export {
  Accuracy,
  BinaryAccuracy,
  BinaryCrossentropy,
  CategoricalAccuracy,
  CategoricalCrossentropy,
  Mean,
  MeanAbsoluteError,
  MeanMetricWrapper,
  MeanSquaredError,
  SparseCategoricalAccuracy,
  SparseCategoricalCrossentropy,
};

/** Weighted mean of the values given. */
export function mean(options?: MetricOptions): Mean {
  return new Mean(options);
}

/** Share of predictions equal to their targets. */
export function accuracy(options?: MetricOptions): Accuracy {
  return new Accuracy(options);
}

/** Share of yes-no predictions on the right side of a threshold. */
export function binaryAccuracy(options?: BinaryAccuracyOptions): BinaryAccuracy {
  return new BinaryAccuracy(options);
}

/** Share of samples whose most probable class is right, with one target per class. */
export function categoricalAccuracy(options?: MetricOptions): CategoricalAccuracy {
  return new CategoricalAccuracy(options);
}

/** Share of samples whose most probable class is right, with class numbers as targets. */
export function sparseCategoricalAccuracy(options?: MetricOptions): SparseCategoricalAccuracy {
  return new SparseCategoricalAccuracy(options);
}

/** Mean squared error. */
export function meanSquaredError(options?: MetricOptions): MeanSquaredError {
  return new MeanSquaredError(options);
}

/** Mean absolute error. */
export function meanAbsoluteError(options?: MetricOptions): MeanAbsoluteError {
  return new MeanAbsoluteError(options);
}

/** Mean binary cross-entropy. */
export function binaryCrossentropy(options?: SmoothedOptions): BinaryCrossentropy {
  return new BinaryCrossentropy(options);
}

/** Mean cross-entropy, with one target per class. */
export function categoricalCrossentropy(options?: SmoothedOptions): CategoricalCrossentropy {
  return new CategoricalCrossentropy(options);
}

/** Mean cross-entropy, with class numbers as targets. */
export function sparseCategoricalCrossentropy(
  options?: ConstructorParameters<typeof SparseCategoricalCrossentropy>[0],
): SparseCategoricalCrossentropy {
  return new SparseCategoricalCrossentropy(options);
}

/** The mean over samples of a function of targets and predictions. */
export function meanMetricWrapper(fn: MetricFunction, options?: MetricOptions): MeanMetricWrapper {
  return new MeanMetricWrapper(fn, options);
}
