import { alignEqual, type Weights, weightsFor } from "../losses/align.ts";
import { ratio } from "../losses/loss.ts";
import { settle } from "../losses/loss-class.ts";
import { range } from "../ops/creation.ts";
import { cumsum, gather, oneHot, topK } from "../ops/index.ts";
import { scatterAddRowsOp } from "../ops/indexing.ts";
import { runScoped } from "../ops/scopes.ts";
import { apply, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
import { formatShape } from "../util/shape.ts";
import { addTo, type Direction, Metric, type MetricOptions, untaken } from "./metric.ts";

/** Options of the counts. */
export interface CountOptions extends MetricOptions {
  /** Predictions above it count as positive, in [0, 1]; several give a vector. Default 0.5. */
  thresholds?: number | readonly number[] | null;
}

/** Options of Precision and Recall. */
export interface PrecisionOptions extends CountOptions {
  /** Only the k largest predictions of a row count as positive. Default null: all above the threshold. */
  topK?: number | null;
  /** Only this column of targets and predictions counts. Default null: all. */
  classId?: number | null;
}

/** How many positive and negative targets were predicted as positive and negative, for each threshold (and label). */
export interface Counts {
  readonly tp: Tensor;
  readonly fp: Tensor;
  readonly tn: Tensor;
  readonly fn: Tensor;
}

/** A score from counts. */
export type Score = (counts: Counts) => Tensor;

/** The share of right ones among those predicted as positive. */
export const precision: Score = ({ tp, fp }) => ratio(tp, tp.add(fp));
/** The share of positive ones that are found. */
export const recall: Score = ({ tp, fn }) => ratio(tp, tp.add(fn));
/** The share of negative ones that are left alone. */
export const specificity: Score = ({ tn, fp }) => ratio(tn, tn.add(fp));

/** Below everything: what is not among the k largest. Keras's number. */
const NOWHERE = -1e10;

/** Whether thresholds divide [0, 1] evenly, so that a product gives the place among them. */
export function evenly(thresholds: readonly number[]): boolean {
  const steps = thresholds.length - 1;
  return steps > 1 && thresholds.every((each, i) => Math.abs(each - i / steps) <= 1e-7 + (1e-5 * i) / steps);
}

/**
 * Base of the metrics made of true and false positives and negatives at thresholds. The state is a histogram: how many
 * positive and negative targets (their weights, rather) have a prediction between two neighbouring thresholds. So the cost
 * of an update does not grow with the number of thresholds where they are even, and what is above each is a running sum.
 */
export class ThresholdMetric extends Metric {
  override readonly direction: Direction | undefined = "up";
  declare readonly topK: number | null;
  declare readonly classId: number | null;
  #levels: readonly number[] = [];
  #even = false;
  #histogram: Variable | undefined;

  constructor(options: PrecisionOptions | undefined, own: readonly string[]) {
    super(options, own);
    settle(this, { topK: null, classId: null }, options);
  }

  /** Sets what predictions are compared with, in rising order; `even` where a product finds the place among them. */
  protected setLevels(levels: readonly number[], even: boolean): void {
    this.#levels = levels;
    this.#even = even;
  }

  /** Makes the state: for all labels together, or for each of them. */
  protected setLabels(labels: number): Variable {
    this.#histogram ??= this.addVariable({ name: "histogram", shape: [this.#levels.length + 1, labels, 2] });
    return this.#histogram;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const [t, p] = this.#chosen(...alignEqual(...this.read(yTrue, yPred), this.where));
      this.count(t, p, weightsFor(p, sampleWeight, this.where)?.broadcastTo(p.shape));
    });
  }

  /** Adds to the histogram; with `labels` each column has its own. */
  protected count(t: Tensor, p: Tensor, weights: Tensor = toTensor(1).broadcastTo(p.shape), labels = 1): void {
    const histogram = this.setLabels(labels);
    let place = this.#placeOf(p).mul(labels);
    if (labels > 1) place = place.add(range(0, labels, 1, "int32"));
    const index = place.mul(2).add(t.equal(0)).flatten();
    const [added] = apply(scatterAddRowsOp, [weights.flatten(), index], { rows: histogram.size, row: [] });
    addTo(histogram, added!.reshape(histogram.shape));
  }

  /** How many levels lie below each prediction. */
  #placeOf(p: Tensor): Tensor {
    const levels = this.#levels;
    if (!this.#even)
      return p
        .expandDims()
        .greater(toTensor([...levels]))
        .sum(-1);
    const place = p
      .clip(0, 1)
      .mul(levels.length - 1)
      .ceil()
      .cast("int32");
    // A first level below 0 lies below every prediction.
    return levels[0]! < 0 ? place.maximum(1) : place;
  }

  #chosen(target: Tensor, prediction: Tensor): [Tensor, Tensor] {
    const { topK: k, classId, where } = this;
    const classes = prediction.shape.at(-1) ?? 0;
    const need = (fits: boolean, wanted: string): void => {
      const got = formatShape(prediction.shape);
      if (!fits) fail(where, `yPred: expected shape (samples, classes) for ${wanted}, got ${got}`, ShapeError);
    };
    need(k === null || k <= classes, `topK ${k}`);
    need(classId === null || (prediction.rank > 1 && classId < classes), `classId ${classId}`);
    const p = k === null ? prediction : prediction.where(oneHot(topK(prediction, k).indices, classes).sum(-2), NOWHERE);
    if (classId === null) return [target, p];
    const column = (x: Tensor): Tensor => x.slice([...x.shape.slice(1).fill(0), classId], [...x.shape.slice(0, -1), 1]);
    return [column(target), column(p)];
  }

  override result(): Tensor {
    return runScoped(() => this.summary(this.#counts()));
  }

  /** What the counts come to. */
  protected summary({ tp }: Counts): Tensor {
    return tp;
  }

  /** What has been counted: shape (thresholds,), or (thresholds, labels). */
  #counts(): Counts {
    const histogram = this.#histogram ?? untaken(this.where);
    const [levels, labels] = [this.#levels.length, histogram.shape[1]!];
    const sums = cumsum(histogram.value(), 0, false, true);
    const part = (from: number, kind: number): Tensor => {
      const rows = sums.slice([from, 0, kind], [from === 0 ? 1 : levels, labels, 1]);
      return rows.reshape(labels === 1 ? [-1] : [-1, labels]);
    };
    const [tp, fp] = [part(1, 0), part(1, 1)];
    return { tp, fp, tn: part(0, 1).sub(fp), fn: part(0, 0).sub(tp) };
  }
}

/** A class of metrics made of counts, as a value. */
export interface CountClass<O extends MetricOptions, Args extends unknown[] = [options?: O]> {
  readonly className: string;
  readonly prototype: ThresholdMetric;
  new (...args: Args): ThresholdMetric;
}

/** Makes a class from a score at thresholds. */
function scored<O extends CountOptions>(
  className: string,
  score: Score,
  direction?: Direction,
  own: readonly string[] = ["thresholds"],
): CountClass<O> {
  class Scored extends ThresholdMetric {
    static override readonly className: string = className;
    override readonly direction: Direction | undefined = direction;
    readonly thresholds: number | readonly number[] | null;

    constructor(options?: O) {
      super(options, own);
      this.thresholds = options?.thresholds ?? null;
      const levels = this.#given();
      if (levels.length === 0) refuse(this.where, "thresholds", "at least one", levels);
      const check = (level: unknown): number => checkNumber(level, this.where, "thresholds", { min: 0, max: 1 });
      if (this.thresholds !== null) levels.map(check);
      this.setLevels(
        [...levels].sort((a, b) => a - b),
        evenly(levels),
      );
      this.setLabels(1);
    }

    #given(): readonly number[] {
      return [this.thresholds ?? (this.topK === null ? 0.5 : NOWHERE)].flat();
    }

    protected override summary(counts: Counts): Tensor {
      const result = score(counts);
      const levels = this.#given();
      if (levels.length === 1) return result.reshape([]);
      // In the order the thresholds were given in; equal ones have the first of their places.
      const falling = [...levels].sort((a, b) => b - a);
      const places = new Map(falling.map((level, i) => [level, levels.length - 1 - i]));
      return gather(
        result,
        levels.map((level) => places.get(level)!),
      );
    }
  }
  return Scored;
}

/** How many (by weight) positive targets have predictions above the threshold. */
export const TruePositives: CountClass<CountOptions> = /* @__PURE__ */ scored("TruePositives", ({ tp }) => tp);
/** How many negative targets have predictions above the threshold. */
export const FalsePositives: CountClass<CountOptions> = /* @__PURE__ */ scored("FalsePositives", ({ fp }) => fp);
/** How many negative targets have predictions up to the threshold. */
export const TrueNegatives: CountClass<CountOptions> = /* @__PURE__ */ scored("TrueNegatives", ({ tn }) => tn);
/** How many positive targets have predictions up to the threshold. */
export const FalseNegatives: CountClass<CountOptions> = /* @__PURE__ */ scored("FalseNegatives", ({ fn }) => fn);

const CHOICES = ["thresholds", "topK", "classId"];

/** The share of right ones among the predictions above the threshold. */
export const Precision: CountClass<PrecisionOptions> = /* @__PURE__ */ scored("Precision", precision, "up", CHOICES);
/** The share of positive targets whose predictions are above the threshold. */
export const Recall: CountClass<PrecisionOptions> = /* @__PURE__ */ scored("Recall", recall, "up", CHOICES);

/** Thresholds that divide [0, 1] evenly. */
export function evenLevels(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i / (count - 1));
}

/** What the metrics of one score at a value of another take. */
export type AtOptions<Name extends string> = MetricOptions & {
  /** What the other score has to reach, in [0, 1]. */
  readonly [name in Name]: number;
} & {
  /** How many thresholds are tried. Default 200. */
  readonly numThresholds?: number;
  /** Only this column of targets and predictions counts. Default null: all. */
  readonly classId?: number | null;
};

/** Makes the class of the best score at thresholds where another score reaches a value. */
function bestAt<Name extends string>(
  className: string,
  key: Name,
  constrained: Score,
  score: Score,
): CountClass<AtOptions<Name>, [options: AtOptions<Name>]> {
  class BestAt extends ThresholdMetric {
    static override readonly className: string = className;
    declare readonly numThresholds: number;
    readonly #least: number;

    constructor(options: AtOptions<Name>) {
      super(options, [key, "numThresholds", "classId"]);
      this.#least = checkNumber(options?.[key], this.where, key, { min: 0, max: 1 });
      Reflect.set(this, key, this.#least);
      settle(this, { numThresholds: 200 }, options);
      const one = this.numThresholds === 1;
      this.setLevels(one ? [0.5] : evenLevels(this.numThresholds), !one);
      this.setLabels(1);
    }

    protected override summary(counts: Counts): Tensor {
      return score(counts).where(constrained(counts).greaterEqual(this.#least), 0).max();
    }
  }
  return BestAt;
}

type At<Name extends string> = CountClass<AtOptions<Name>, [options: AtOptions<Name>]>;

/** The best recall at thresholds where specificity reaches a value. */
export const SensitivityAtSpecificity: At<"specificity"> = /* @__PURE__ */ bestAt(
  "SensitivityAtSpecificity",
  "specificity",
  specificity,
  recall,
);
/** The best specificity at thresholds where recall reaches a value. */
export const SpecificityAtSensitivity: At<"sensitivity"> = /* @__PURE__ */ bestAt(
  "SpecificityAtSensitivity",
  "sensitivity",
  recall,
  specificity,
);
/** The best precision at thresholds where recall reaches a value. */
export const PrecisionAtRecall: At<"recall"> = /* @__PURE__ */ bestAt("PrecisionAtRecall", "recall", recall, precision);
/** The best recall at thresholds where precision reaches a value. */
export const RecallAtPrecision: At<"precision"> = /* @__PURE__ */ bestAt(
  "RecallAtPrecision",
  "precision",
  precision,
  recall,
);
