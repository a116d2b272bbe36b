import { alignEqual, alignLabels } from "../losses/align.ts";
import type { Tensor } from "../ops/tensor.ts";
import { checkNumber } from "../util/names.ts";
import { MeanMetricWrapper } from "./mean.ts";
import type { MetricOptions } from "./metric.ts";

/** The share of predictions that are right. */
abstract class Matching extends MeanMetricWrapper {
  constructor(options?: MetricOptions, own: readonly string[] = []) {
    super((t, p) => this.matches(t, p), options, own);
  }

  /** Whether a prediction counts as right. */
  protected matches(target: Tensor, prediction: Tensor): Tensor {
    const [t, p] = alignEqual(target, prediction, this.where);
    return this.chosen(t).equal(this.chosen(p));
  }

  /** What has to be equal. */
  protected chosen(x: Tensor): Tensor {
    return x;
  }
}

/** Share of predictions that are equal to their targets. */
export class Accuracy extends Matching {
  static override readonly className: string = "Accuracy";
}

/** Options of BinaryAccuracy. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it count as class 1. Default 0.5. */
  threshold?: number;
}

/** Share of yes-no predictions on the right side of the threshold; the threshold itself counts as class 0. */
export class BinaryAccuracy extends Matching {
  static override readonly className: string = "BinaryAccuracy";
  readonly threshold: number;

  constructor(options?: BinaryAccuracyOptions) {
    super(options, ["threshold"]);
    this.threshold = checkNumber(options?.threshold ?? 0.5, this.where, "threshold");
  }

  protected override matches(target: Tensor, prediction: Tensor): Tensor {
    const [t, p] = alignEqual(target, prediction, this.where);
    return t.equal(p.greater(this.threshold));
  }
}

/** Share of samples whose most probable class is the target's, with one target per class. */
export class CategoricalAccuracy extends Matching {
  static override readonly className: string = "CategoricalAccuracy";

  protected override chosen(x: Tensor): Tensor {
    return x.argMax();
  }
}

/** Share of samples whose most probable class is the target's, with class numbers as targets. */
export class SparseCategoricalAccuracy extends Matching {
  static override readonly className: string = "SparseCategoricalAccuracy";

  protected override matches(target: Tensor, prediction: Tensor): Tensor {
    return alignLabels(target, prediction, -1, this.where).equal(prediction.argMax());
  }
}
