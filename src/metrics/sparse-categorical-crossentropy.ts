import type { CrossentropyOptions } from "../losses/crossentropy.ts";
import { SparseCategoricalCrossentropy as SparseCategoricalCrossentropyLoss } from "../losses/sparse-categorical-crossentropy.ts";
import type { MetricOptions } from "./mean.ts";
import { MeanMetricWrapper } from "./mean-metric-wrapper.ts";

/** Mean cross-entropy over all samples, with class numbers as targets. */
export class SparseCategoricalCrossentropy extends MeanMetricWrapper {
  static override readonly className: string = "SparseCategoricalCrossentropy";

  constructor(options: Omit<CrossentropyOptions, "reduction"> & MetricOptions = {}) {
    const loss = new SparseCategoricalCrossentropyLoss(options);
    super((t, p) => loss.perSample(t, p), { name: options.name ?? "sparse_categorical_crossentropy" });
  }
}
