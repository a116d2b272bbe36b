import { describe, ValueError } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { BinaryAccuracy } from "./binary-accuracy.ts";
import { BinaryCrossentropy } from "./binary-crossentropy.ts";
import { CategoricalAccuracy } from "./categorical-accuracy.ts";
import { CategoricalCrossentropy } from "./categorical-crossentropy.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanAbsoluteError } from "./mean-absolute-error.ts";
import { MeanMetricWrapper, type MetricFunction } from "./mean-metric-wrapper.ts";
import { MeanSquaredError } from "./mean-squared-error.ts";
import { Metric } from "./metric.ts";
import { SparseCategoricalAccuracy } from "./sparse-categorical-accuracy.ts";
import { SparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

/** Metrics that have a name. */
export type MetricName =
  | "accuracy"
  | "acc"
  | "crossentropy"
  | "ce"
  | "binaryAccuracy"
  | "binary_accuracy"
  | "categoricalAccuracy"
  | "categorical_accuracy"
  | "sparseCategoricalAccuracy"
  | "sparse_categorical_accuracy"
  | "meanSquaredError"
  | "mean_squared_error"
  | "mse"
  | "meanAbsoluteError"
  | "mean_absolute_error"
  | "mae"
  | "binaryCrossentropy"
  | "binary_crossentropy"
  | "bce"
  | "categoricalCrossentropy"
  | "categorical_crossentropy"
  | "cce"
  | "sparseCategoricalCrossentropy"
  | "sparse_categorical_crossentropy"
  | "scce";

/** What may be given as a metric. */
export type MetricLike = MetricName | Metric | MetricFunction;

type Maker = (options: MetricOptions) => Metric;

/** A table made on call, so that importing it runs nothing. */
function table(): Record<string, Maker> {
  const mse: Maker = (options) => new MeanSquaredError(options);
  const mae: Maker = (options) => new MeanAbsoluteError(options);
  const bce: Maker = (options) => new BinaryCrossentropy(options);
  const cce: Maker = (options) => new CategoricalCrossentropy(options);
  const scce: Maker = (options) => new SparseCategoricalCrossentropy(options);
  return {
    // By shape when compiled; these entries serve the suggestions of errors.
    accuracy: (options) => new BinaryAccuracy(options),
    acc: (options) => new BinaryAccuracy(options),
    binaryAccuracy: (options) => new BinaryAccuracy(options),
    categoricalAccuracy: (options) => new CategoricalAccuracy(options),
    sparseCategoricalAccuracy: (options) => new SparseCategoricalAccuracy(options),
    meanSquaredError: mse,
    mse,
    meanAbsoluteError: mae,
    mae,
    binaryCrossentropy: bce,
    bce,
    categoricalCrossentropy: cce,
    cce,
    sparseCategoricalCrossentropy: scce,
    scce,
  };
}

/** How targets stand for classes, judged by shapes as Keras does. */
export type TargetKind = "binary" | "sparse" | "categorical";

/** Which kind of accuracy or cross-entropy fits targets and predictions of these shapes. */
export function targetKind(target: Dims, prediction: Shape): TargetKind {
  const classes = prediction.at(-1);
  if (classes === 1) return "binary";
  const last = target.at(-1);
  return target.length < prediction.length || (last === 1 && classes !== 1) ? "sparse" : "categorical";
}

/**
 * The metric for what a caller gave. Strings keep their spelling as the metric's name; "accuracy" and "crossentropy"
 * are resolved by the shapes of targets and predictions.
 */
export function getMetric(spec: unknown, target: Dims, prediction: Shape): Metric {
  if (spec instanceof Metric) return spec;
  if (typeof spec === "function") return new MeanMetricWrapper(spec as MetricFunction);
  if (typeof spec === "string") {
    const shaped = /^(accuracy|acc)$/i.test(spec)
      ? "Accuracy"
      : /^(crossentropy|ce)$/i.test(spec)
        ? "Crossentropy"
        : "";
    const name = shaped === "" ? spec : longName(targetKind(target, prediction), shaped);
    return lookUpName(name, table(), "compile", "metrics")({ name: spec });
  }
  throw new ValueError(
    `[compile] metrics: expected the name of a metric, a Metric or a function, got ${describe(spec)}.`,
  );
}

/** Throws what `getMetric` would throw for something that is no metric, before any shape is known. */
export function checkMetric(spec: unknown): void {
  if (typeof spec !== "string") getMetric(spec, [], []);
  else if (!/^(crossentropy|ce)$/i.test(spec)) lookUpName(spec, table(), "compile", "metrics");
}

function longName(kind: TargetKind, suffix: string): string {
  return kind === "sparse" ? `sparseCategorical${suffix}` : `${kind}${suffix}`;
}
