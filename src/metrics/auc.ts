import { ratio } from "../losses/loss.ts";
import { settle } from "../losses/loss-class.ts";
import { type Tensor, toTensor } from "../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkChoice, checkInteger, checkNumber } from "../util/names.ts";
import { formatShape } from "../util/shape.ts";
import { type Counts, evenLevels, evenly, precision, recall, ThresholdMetric } from "./confusion.ts";
import type { MetricOptions } from "./metric.ts";

const CURVES = ["ROC", "PR", "PRGAIN"] as const;
const SUMMATIONS = ["interpolation", "minoring", "majoring"] as const;

/** Options of AUC. */
export interface AUCOptions extends MetricOptions {
  /** How many thresholds the curve has. Default 200. */
  numThresholds?: number;
  /** Recall over false positives ("ROC", default), precision over recall ("PR"), or their gains ("PRGAIN"). */
  curve?: (typeof CURVES)[number] | "roc" | "pr" | "prgain";
  /** Height of a strip: between its ends (default; for "PR" after Davis and Goadrich 2006), the lower, or the higher. */
  summationMethod?: (typeof SUMMATIONS)[number];
  /** Thresholds in [0, 1] to use instead, to which one below 0 and one above 1 are added. */
  thresholds?: readonly number[] | null;
  /** A curve for each column, and the mean of their areas. Default false: one for all values. */
  multiLabel?: boolean;
  /** Number of columns with `multiLabel`. Default null: found with the first batch. */
  numLabels?: number | null;
  /** Weights of the columns. Default null: equal. */
  labelWeights?: readonly number[] | null;
  /** Predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
}

const OWN = ["numThresholds", "curve", "summationMethod", "thresholds", "multiLabel", "numLabels", "labelWeights"];

const PLAIN = { multiLabel: false, numLabels: null, fromLogits: false };

/** Keras's fuzz factor: how far the outer thresholds lie outside [0, 1]. */
const EPSILON = 1e-7;

/** The area under a curve of two scores over all thresholds; 0.5 of ROC is chance, 1 is best. */
export class AUC extends ThresholdMetric {
  static override readonly className: string = "AUC";
  readonly numThresholds: number;
  readonly curve: (typeof CURVES)[number];
  readonly summationMethod: (typeof SUMMATIONS)[number];
  readonly thresholds: readonly number[] | null;
  declare readonly multiLabel: boolean;
  declare readonly numLabels: number | null;
  readonly labelWeights: readonly number[] | null;
  declare readonly fromLogits: boolean;

  constructor(options: AUCOptions = {}) {
    super(options, [...OWN, "fromLogits"]);
    const { where } = this;
    const { thresholds = null, labelWeights = null } = options;
    const between = (level: unknown): number => checkNumber(level, where, "thresholds", { min: 0, max: 1 });
    const weight = (each: unknown): number => checkNumber(each, where, "labelWeights");
    this.curve = checkChoice(options.curve ?? "ROC", where, "curve", CURVES);
    this.summationMethod = checkChoice(
      options.summationMethod ?? "interpolation",
      where,
      "summationMethod",
      SUMMATIONS,
    );
    settle(this, PLAIN, options);
    this.labelWeights = labelWeights?.map(weight) ?? null;
    this.thresholds = thresholds?.map(between).sort((a, b) => a - b) ?? null;
    const inner = this.thresholds && [0, ...this.thresholds, 1];
    this.numThresholds = inner?.length ?? checkInteger(options.numThresholds ?? 200, where, "numThresholds", 2);
    if (this.numLabels !== null && !this.multiLabel)
      refuse(where, "numLabels", "none without `multiLabel`", this.numLabels);
    const levels = inner ?? evenLevels(this.numThresholds);
    this.setLevels([-EPSILON, ...levels.slice(1, -1), 1 + EPSILON], inner === null || evenly(inner));
    const labels = this.multiLabel ? this.numLabels : 1;
    if (labels !== null) this.setLabels(labels);
  }

  protected override count(t: Tensor, p: Tensor, weights?: Tensor): void {
    const predictions = this.fromLogits ? p.sigmoid() : p;
    const { labelWeights, multiLabel, where } = this;
    const labels = p.shape.at(-1) ?? 1;
    const wanted = multiLabel ? this.setLabels(labels).shape[1]! : labelWeights === null ? labels : labelWeights.length;
    if (labels !== wanted || (multiLabel && p.rank !== 2)) {
      fail(where, `yPred: expected shape (samples, ${wanted}), got ${formatShape(p.shape)}`, ShapeError);
    }
    const each = multiLabel || labelWeights === null ? undefined : toTensor([...labelWeights]);
    const weighed = each === undefined ? weights : each.mul(weights ?? 1).broadcastTo(p.shape);
    super.count(t, predictions, weighed, multiLabel ? labels : 1);
  }

  protected override summary(counts: Counts): Tensor {
    const areas = this.#strips(counts).sum(0);
    if (areas.rank === 0) return areas;
    const weights = areas.mul(0).add(this.labelWeights === null ? 1 : [...this.labelWeights]);
    return ratio(areas.mul(weights).sum(), weights.sum());
  }

  /** The area between each threshold and the next. */
  #strips(counts: Counts): Tensor {
    if (this.curve === "PR" && this.summationMethod === "interpolation") return interpolated(counts);
    const [x, y] = curveOf(this.curve, counts);
    const [a, b] = ends(y);
    const method = this.summationMethod;
    const height = method === "minoring" ? a.minimum(b) : method === "majoring" ? a.maximum(b) : a.add(b).div(2);
    return falls(x).mul(height);
  }
}

/** Values at thresholds without the last, and without the first. */
function ends(values: Tensor): [Tensor, Tensor] {
  const rest = values.shape.slice(1);
  const part = (from: number): Tensor => values.slice([from], [values.shape[0]! - 1, ...rest]);
  return [part(0), part(1)];
}

/** How much values fall from each threshold to the next. */
function falls(values: Tensor): Tensor {
  const [a, b] = ends(values);
  return a.sub(b);
}

/** The points of a curve. */
function curveOf(curve: AUC["curve"], counts: Counts): [x: Tensor, y: Tensor] {
  const { tp, fp, tn, fn } = counts;
  if (curve === "ROC") return [ratio(fp, fp.add(tn)), recall(counts)];
  if (curve === "PR") return [recall(counts), precision(counts)];
  // Precision and recall gains (Flach and Kull 2015); without true positives 1 and 0.
  const scale = ratio(tp.add(fn), tn.add(fp));
  const gain = (lost: Tensor, none: number): Tensor =>
    ratio(lost, tp).mul(scale).neg().add(1).where(tp.notEqual(0), none);
  return [gain(fn, 0).maximum(0), gain(fp, 1)];
}

/** Areas under precision over recall, with true positives interpolated. Davis and Goadrich 2006. */
function interpolated({ tp, fp, fn }: Counts): Tensor {
  const predicted = tp.add(fp);
  const [before, after] = ends(predicted);
  const won = falls(tp);
  const slope = ratio(won, falls(predicted).maximum(0));
  const [, tpAfter] = ends(tp);
  const start = tpAfter.sub(slope.mul(after));
  const grows = before.greater(0).logicalAnd(after.greater(0));
  const growth = ratio(before, after).where(grows, 1);
  const [, positives] = ends(tp.add(fn));
  return ratio(slope.mul(won.add(start.mul(growth.log()))), positives);
}
