import { MeanAbsoluteError as MeanAbsoluteErrorLoss } from "../losses/mean-absolute-error.ts";
import { checkOptions } from "../util/names.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Mean absolute error over all samples. */
export class MeanAbsoluteError extends MeanMetricWrapper {
  static override readonly className: string = "MeanAbsoluteError";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric MeanAbsoluteError");
    const loss = new MeanAbsoluteErrorLoss();
    super((t, p) => loss.perSample(t, p), { name: options?.name ?? "mean_absolute_error" });
  }
}
