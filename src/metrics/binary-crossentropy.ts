import { BinaryCrossentropy as BinaryCrossentropyLoss } from "../losses/binary-crossentropy.ts";
import type { SmoothedCrossentropyOptions } from "../losses/crossentropy.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Mean binary cross-entropy over all samples. */
export class BinaryCrossentropy extends MeanMetricWrapper {
  static override readonly className: string = "BinaryCrossentropy";

  constructor(options: Omit<SmoothedCrossentropyOptions, "reduction"> & MetricOptions = {}) {
    const loss = new BinaryCrossentropyLoss(options);
    super((t, p) => loss.perSample(t, p), { name: options.name ?? "binary_crossentropy" });
  }
}
