import { checkOptions } from "../util/names.ts";
import { categoricalMatches } from "./matches.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Share of samples whose most probable class is the target's, with one target per class. */
export class CategoricalAccuracy extends MeanMetricWrapper {
  static override readonly className: string = "CategoricalAccuracy";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric CategoricalAccuracy");
    super(categoricalMatches, { name: options?.name ?? "categorical_accuracy" });
  }
}
