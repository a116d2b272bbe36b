import { alignEqual, type Weights, weightsFor } from "../losses/align.ts";
import { stack } from "../ops/index.ts";
import { runScoped } from "../ops/scopes.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkChoice, checkNumber } from "../util/names.ts";
import { formatShape } from "../util/shape.ts";
import { addTo, type Direction, Metric, type MetricOptions, untaken } from "./metric.ts";

const AVERAGES = ["micro", "macro", "weighted"] as const;

/** Options of F1Score. */
export interface F1Options extends MetricOptions {
  /**
   * How the scores of the classes become one: of all counts together ("micro"), their mean ("macro"), or their mean
   * weighted by how often each occurs ("weighted"). Default null: a vector.
   */
  average?: (typeof AVERAGES)[number] | null;
  /** Predictions above it count as positive, in (0, 1]. Default null: the largest of a row does. */
  threshold?: number | null;
}

/** Options of FBetaScore. */
export interface FBetaOptions extends F1Options {
  /** How many times more recall counts than precision, above 0. Default 1. */
  beta?: number;
}

/** Keras's fuzz factor: what stands beside divisors. */
const EPSILON = 1e-7;

/** The weighted harmonic mean of precision and recall, for targets and predictions of shape (samples, classes). */
export class FBetaScore extends Metric {
  static override readonly className: string = "FBetaScore";
  override readonly direction: Direction = "up";
  readonly average: (typeof AVERAGES)[number] | null;
  readonly beta: number;
  readonly threshold: number | null;
  /** Rows: predicted and true, predicted, true. */
  #counts: Variable | undefined;

  constructor(options: FBetaOptions = {}, own: readonly string[] = ["beta"], name: string = "fbeta_score") {
    super(options, ["average", "threshold", ...own], name);
    const { average = null, beta = 1, threshold = null } = options;
    const { where } = this;
    this.average = average === null ? null : checkChoice(average, where, "average", AVERAGES);
    this.beta = checkNumber(beta, where, "beta", { min: 0 });
    this.threshold = threshold === null ? null : checkNumber(threshold, where, "threshold", { min: 0, max: 1 });
    if (beta === 0) refuse(where, "beta", "a number > 0", beta);
    if (threshold === 0) refuse(where, "threshold", "a number > 0", threshold);
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const { where, threshold } = this;
      const [t, p] = alignEqual(...this.read(yTrue, yPred), where);
      if (p.rank !== 2)
        fail(where, `yPred: expected shape (samples, classes), got ${formatShape(p.shape)}`, ShapeError);
      // A row of zeros predicts nothing.
      const chosen =
        threshold === null ? p.greaterEqual(p.max(-1, true)).logicalAnd(p.abs().greater(1e-9)) : p.greater(threshold);
      const positive = chosen.cast("float32");
      const weights = weightsFor(p, sampleWeight, where) ?? 1;
      const sums = [positive.mul(t), positive, t].map((x) => x.mul(weights).sum(0));
      this.#counts ??= this.addVariable({ name: "counts", shape: [3, p.shape[1]!] });
      addTo(this.#counts, stack(sums));
    });
  }

  override result(): Tensor {
    const counts = this.#counts ?? untaken(this.where);
    return runScoped(() => {
      const { average, beta } = this;
      const all = counts.value();
      const rows = average === "micro" ? all.sum(-1, true) : all;
      const [both, predicted, actual] = [0, 1, 2].map((i) => rows.slice([i], [1]).reshape([-1]));
      const [precision, recall] = [predicted!, actual!].map((x) => both!.div(x.add(EPSILON)));
      const divisor = precision!
        .mul(beta ** 2)
        .add(recall!)
        .add(EPSILON);
      const scores = precision!
        .mul(recall!)
        .div(divisor)
        .mul(1 + beta ** 2);
      if (average === null) return scores;
      return average === "weighted" ? scores.mul(actual!.div(actual!.sum().add(EPSILON))).sum() : scores.mean();
    });
  }
}

/** The harmonic mean of precision and recall, for targets and predictions of shape (samples, classes). */
export class F1Score extends FBetaScore {
  static override readonly className: string = "F1Score";

  constructor(options?: F1Options) {
    super(options, [], "f1_score");
  }
}
