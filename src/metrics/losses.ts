import * as losses from "../losses/crossentropy.ts";
import type { Loss } from "../losses/loss.ts";
import * as errors from "../losses/mean-errors.ts";
import { MeanMetricWrapper } from "./mean.ts";
import type { MetricOptions } from "./metric.ts";

/** The mean of a loss over all samples: over many batches, where the loss itself gives the mean of one. */
abstract class LossMetric extends MeanMetricWrapper {
  protected constructor(loss: Loss) {
    super((t, p) => loss.perSample(t, p), loss);
  }
}

/** Mean squared error over all samples. */
export class MeanSquaredError extends LossMetric {
  static override readonly className: string = "MeanSquaredError";

  constructor(options?: MetricOptions) {
    super(new errors.MeanSquaredError(options));
  }
}

/** Mean absolute error over all samples. */
export class MeanAbsoluteError extends LossMetric {
  static override readonly className: string = "MeanAbsoluteError";

  constructor(options?: MetricOptions) {
    super(new errors.MeanAbsoluteError(options));
  }
}

/** Options of the metrics that are cross-entropies with targets per class. */
export type SmoothedOptions = Omit<losses.SmoothedCrossentropyOptions, "reduction">;

/** Mean binary cross-entropy over all samples. */
export class BinaryCrossentropy extends LossMetric {
  static override readonly className: string = "BinaryCrossentropy";

  constructor(options?: SmoothedOptions) {
    super(new losses.BinaryCrossentropy(options));
  }
}

/** Mean cross-entropy over all samples, with one target per class. */
export class CategoricalCrossentropy extends LossMetric {
  static override readonly className: string = "CategoricalCrossentropy";

  constructor(options?: SmoothedOptions) {
    super(new losses.CategoricalCrossentropy(options));
  }
}

/** Mean cross-entropy over all samples, with class numbers as targets. */
export class SparseCategoricalCrossentropy extends LossMetric {
  static override readonly className: string = "SparseCategoricalCrossentropy";

  constructor(options?: Omit<losses.CrossentropyOptions, "reduction">) {
    super(new losses.SparseCategoricalCrossentropy(options));
  }
}
