import { checkOptions } from "../util/names.ts";
import { sparseMatches } from "./matches.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Share of samples whose most probable class is the target's, with class numbers as targets. */
export class SparseCategoricalAccuracy extends MeanMetricWrapper {
  static override readonly className: string = "SparseCategoricalAccuracy";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric SparseCategoricalAccuracy");
    super(sparseMatches, { name: options?.name ?? "sparse_categorical_accuracy" });
  }
}
