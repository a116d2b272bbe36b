import { MeanSquaredError as MeanSquaredErrorLoss } from "../losses/mean-squared-error.ts";
import { checkOptions } from "../util/names.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Mean squared error over all samples. */
export class MeanSquaredError extends MeanMetricWrapper {
  static override readonly className: string = "MeanSquaredError";

  constructor(options?: MetricOptions) {
    checkOptions(options, ["name"], "Metric MeanSquaredError");
    const loss = new MeanSquaredErrorLoss();
    super((t, p) => loss.perSample(t, p), { name: options?.name ?? "mean_squared_error" });
  }
}
