import { CategoricalCrossentropy as CategoricalCrossentropyLoss } from "../losses/categorical-crossentropy.ts";
import type { SmoothedCrossentropyOptions } from "../losses/crossentropy.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Mean cross-entropy over all samples, with one target per class. */
export class CategoricalCrossentropy extends MeanMetricWrapper {
  static override readonly className: string = "CategoricalCrossentropy";

  constructor(options: Omit<SmoothedCrossentropyOptions, "reduction"> & MetricOptions = {}) {
    const loss = new CategoricalCrossentropyLoss(options);
    super((t, p) => loss.perSample(t, p), { name: options.name ?? "categorical_crossentropy" });
  }
}
