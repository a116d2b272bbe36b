import { alignEqual, alignLabels, type Weights } from "../losses/align.ts";
import * as crossentropy from "../losses/crossentropy.ts";
import * as errors from "../losses/errors.ts";
import { checkFinite } from "../losses/loss.ts";
import { aligned } from "../losses/loss-class.ts";
import { takeAlongAxis } from "../ops/index.ts";
import { runScoped } from "../ops/scopes.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import { lossMetric, MeanBase, type MetricClass, meanMetric } from "./mean.ts";
import type { Direction, MetricOptions } from "./metric.ts";

// Losses as metrics. The more is worse.

/** Mean squared error over all samples. */
export const MeanSquaredError: MetricClass = /* @__PURE__ */ lossMetric(errors.MeanSquaredError);
/** Mean absolute error over all samples. */
export const MeanAbsoluteError: MetricClass = /* @__PURE__ */ lossMetric(errors.MeanAbsoluteError);
/** Mean absolute error in percent of the target. */
export const MeanAbsolutePercentageError: MetricClass = /* @__PURE__ */ lossMetric(errors.MeanAbsolutePercentageError);
/** Mean squared difference of ln(x + 1). */
export const MeanSquaredLogarithmicError: MetricClass = /* @__PURE__ */ lossMetric(errors.MeanSquaredLogarithmicError);
/** Mean ln cosh of the error. Its name in logs is `logcosh`. */
export const LogCoshError: MetricClass = /* @__PURE__ */ meanMetric(
  "LogCoshError",
  errors.LogCosh.parts,
  "down",
  "logcosh",
);
/** Mean of p − t·ln p. */
export const Poisson: MetricClass = /* @__PURE__ */ lossMetric(errors.Poisson);
/** Mean of Σ t·ln(t/p). */
export const KLDivergence: MetricClass = /* @__PURE__ */ lossMetric(errors.KLDivergence);
/** Mean margin that is missing. */
export const Hinge: MetricClass = /* @__PURE__ */ lossMetric(errors.Hinge);
/** Mean squared margin that is missing. */
export const SquaredHinge: MetricClass = /* @__PURE__ */ lossMetric(errors.SquaredHinge);
/** Mean margin that is missing to the best of the other classes. */
export const CategoricalHinge: MetricClass = /* @__PURE__ */ lossMetric(errors.CategoricalHinge);
/** Mean binary cross-entropy over all samples. */
export const BinaryCrossentropy: MetricClass<crossentropy.SmoothingOptions> = /* @__PURE__ */ lossMetric(
  crossentropy.BinaryCrossentropy,
);
/** Mean cross-entropy over all samples, with one target per class. */
export const CategoricalCrossentropy: MetricClass<crossentropy.SmoothingOptions> = /* @__PURE__ */ lossMetric(
  crossentropy.CategoricalCrossentropy,
);
/** Mean cross-entropy over all samples, with class numbers as targets. */
export const SparseCategoricalCrossentropy: MetricClass<crossentropy.SparseOptions> = /* @__PURE__ */ lossMetric(
  crossentropy.SparseCategoricalCrossentropy,
);

// Shares of what is right

/** Options of BinaryAccuracy. */
export interface BinaryAccuracyOptions {
  /** Predictions above it count as class 1. Default 0.5. */
  threshold?: number;
}

/** Options of TopKCategoricalAccuracy. */
export interface TopKOptions {
  /** How many of the most probable classes may hold the true one. Default 5. */
  k?: number;
}

/** Options of SparseTopKCategoricalAccuracy. */
export interface SparseTopKOptions extends TopKOptions {
  /** Predictions are class numbers, the most probable first, not probabilities. Default false. */
  fromSortedIds?: boolean;
}

const matching = (className: string, chosen: (x: Tensor) => Tensor): MetricClass =>
  meanMetric(className, [{}, aligned((t, p) => chosen(t).equal(chosen(p)))]);

/** Share of predictions that are equal to their targets. */
export const Accuracy: MetricClass = /* @__PURE__ */ matching("Accuracy", (x) => x);

/** Share of yes-no predictions on the right side of the threshold; the threshold itself counts as class 0. */
export const BinaryAccuracy: MetricClass<BinaryAccuracyOptions> = /* @__PURE__ */ meanMetric<BinaryAccuracyOptions>(
  "BinaryAccuracy",
  [{ threshold: 0.5 }, /* @__PURE__ */ aligned((t, p, { threshold }) => t.equal(p.greater(threshold)))],
);

/** Share of samples whose most probable class is the target's, with one target per class. */
export const CategoricalAccuracy: MetricClass = /* @__PURE__ */ matching("CategoricalAccuracy", (x) => x.argMax());

/** Share of samples whose most probable class is the target's, with class numbers as targets. */
export const SparseCategoricalAccuracy: MetricClass = /* @__PURE__ */ meanMetric("SparseCategoricalAccuracy", [
  {},
  (t, p, { where }) => alignLabels(t, p, -1, where).equal(p.argMax()),
]);

/** Whether fewer than k predictions are above the true class's. */
function inTopK(labels: Tensor, p: Tensor, k: number): Tensor {
  const own = takeAlongAxis(p, labels.expandDims());
  // NaN is no large probability.
  return p.greater(own.where(own.isNaN().logicalNot(), -Infinity)).sum(-1).less(k);
}

/** Share of samples whose true class is among the k most probable ones, with one target per class. */
export const TopKCategoricalAccuracy: MetricClass<TopKOptions> = /* @__PURE__ */ meanMetric<TopKOptions>(
  "TopKCategoricalAccuracy",
  [{ k: 5 }, /* @__PURE__ */ aligned((t, p, { k }) => inTopK(t.argMax(), p, k))],
);

/** Share of samples whose true class is among the k most probable ones, with class numbers as targets. */
export const SparseTopKCategoricalAccuracy: MetricClass<SparseTopKOptions> =
  /* @__PURE__ */ meanMetric<SparseTopKOptions>("SparseTopKCategoricalAccuracy", [
    { k: 5, fromSortedIds: false },
    (target, p, { k, fromSortedIds, where }) => {
      const labels = alignLabels(target, p, -1, where);
      if (!fromSortedIds) return inTopK(labels, p, k);
      const first = p.slice(
        p.shape.map(() => 0),
        [...p.shape.slice(0, -1), Math.min(k, p.shape.at(-1)!)],
      );
      return first.equal(labels.expandDims()).any(-1);
    },
    (targets, prediction, where, { fromSortedIds }) =>
      fromSortedIds
        ? checkFinite(targets, prediction, where)
        : crossentropy.checkLabels(targets, prediction, where, { axis: -1, ignoreClass: null }),
  ]);

// Likeness

/** The cosine of the angle between targets and predictions: 1 is best, unlike in the loss. */
export const CosineSimilarity: MetricClass<errors.AxisOptions> = /* @__PURE__ */ meanMetric<errors.AxisOptions>(
  "CosineSimilarity",
  [{ axis: -1 }, /* @__PURE__ */ aligned((t, p, { axis }) => errors.cosine(t, p, axis))],
);

/** Moved so that the mean over an axis is 0. */
const centred = (x: Tensor, axis: number): Tensor => x.sub(x.mean(axis, true));

/** Pearson's correlation of targets and predictions along an axis; the mean over samples. */
export const PearsonCorrelation: MetricClass<errors.AxisOptions> = /* @__PURE__ */ meanMetric<errors.AxisOptions>(
  "PearsonCorrelation",
  [
    { axis: -1 },
    /* @__PURE__ */ aligned((t, p, { axis }) => {
      const [a, b] = [t, p].map((x) => centred(x, axis).div(x.std(axis, true)));
      return a!.mul(b!).mean(axis);
    }),
  ],
);

/** Lin's concordance correlation of targets and predictions along an axis; the mean over samples. Lin 1989. */
export const ConcordanceCorrelation: MetricClass<errors.AxisOptions> = /* @__PURE__ */ meanMetric<errors.AxisOptions>(
  "ConcordanceCorrelation",
  [
    { axis: -1 },
    /* @__PURE__ */ aligned((t, p, { axis }) => {
      const apart = t.mean(axis, true).sub(p.mean(axis, true)).square();
      const norm = t.variance(axis, true).add(p.variance(axis, true)).add(apart).add(1e-7);
      return centred(t, axis).mul(centred(p, axis)).mul(2).div(norm).mean(axis);
    }),
  ],
);

/** The square root of the mean squared error over all values. */
export class RootMeanSquaredError extends MeanBase {
  static override readonly className: string = "RootMeanSquaredError";
  override readonly direction: Direction = "down";

  constructor(options?: MetricOptions) {
    super(options, []);
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const [t, p] = alignEqual(...this.read(yTrue, yPred), this.where);
      this.accumulate(t.sub(p).square(), sampleWeight);
    });
  }

  override result(): Tensor {
    return runScoped(() => super.result().sqrt());
  }
}
