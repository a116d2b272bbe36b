import { checkOptions } from "../util/names.ts";
import { equalMatches } from "./matches.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Share of predictions that are equal to their targets. */
export class Accuracy extends MeanMetricWrapper {
  static override readonly className: string = "Accuracy";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric Accuracy");
    super(equalMatches, { name: options?.name ?? "accuracy" });
  }
}
