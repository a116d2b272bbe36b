import { checkNumber, checkOptions } from "../util/names.ts";
import { binaryMatches } from "./matches.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Options of BinaryAccuracy. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it count as class 1. Default 0.5. */
  threshold?: number;
}

/** Share of yes-no predictions on the right side of the threshold. */
export class BinaryAccuracy extends MeanMetricWrapper {
  static override readonly className: string = "BinaryAccuracy";
  readonly threshold: number;

  constructor(options?: BinaryAccuracyOptions) {
    checkOptions(options, ["threshold", "name"], "Metric BinaryAccuracy");
    const threshold = checkNumber(options?.threshold ?? 0.5, "Metric BinaryAccuracy", "threshold");
    super((t, p) => binaryMatches(t, p, threshold), { name: options?.name ?? "binary_accuracy" });
    this.threshold = threshold;
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), threshold: this.threshold };
  }
}
