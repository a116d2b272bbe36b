import { ANY_SHAPES, type LossName, lossNames, nameByShapes, type ShapePair } from "../losses/registry.ts";
import { refuse } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "./accuracies.ts";
import * as losses from "./losses.ts";
import { MeanMetricWrapper, type MetricFunction } from "./mean.ts";
import { Metric, type MetricOptions } from "./metric.ts";

/** Metrics that have a name. */
export type MetricName =
  | LossName
  | "accuracy"
  | "acc"
  | "binaryAccuracy"
  | "binary_accuracy"
  | "categoricalAccuracy"
  | "categorical_accuracy"
  | "sparseCategoricalAccuracy"
  | "sparse_categorical_accuracy";

/** What may be given as a metric. */
export type MetricLike = MetricName | Metric | MetricFunction;

function metricClass(name: string, shapes: ShapePair): new (options: MetricOptions) => Metric {
  const table: Record<string, new (options: MetricOptions) => Metric> = {
    // Resolved by shapes before; the entry serves the suggestions of errors.
    accuracy: BinaryAccuracy,
    binaryAccuracy: BinaryAccuracy,
    categoricalAccuracy: CategoricalAccuracy,
    sparseCategoricalAccuracy: SparseCategoricalAccuracy,
    ...lossNames<new (options: MetricOptions) => Metric>(
      ...([losses.MeanSquaredError, losses.MeanAbsoluteError, losses.BinaryCrossentropy] as const),
      ...([losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy] as const),
    ),
  };
  return lookUpName(nameByShapes(name, shapes), table, "compile", "metrics");
}

/**
 * The metric for what a caller gave. Strings keep their spelling as the metric's name; "accuracy" and "crossentropy"
 * are resolved by the shapes of targets and predictions.
 */
export function getMetric(spec: unknown, shapes: ShapePair): Metric {
  if (spec instanceof Metric) return spec;
  if (typeof spec === "function") return new MeanMetricWrapper(spec as MetricFunction);
  if (typeof spec === "string") return new (metricClass(spec, shapes))({ name: spec });
  return refuse("compile", "metrics", "the name of a metric, a Metric or a function", spec);
}

/** Throws what `getMetric` would throw for something that is no metric, before any shape is known. */
export function checkMetric(spec: unknown): void {
  if (typeof spec === "string") metricClass(spec, ANY_SHAPES);
  else getMetric(spec, ANY_SHAPES);
}
