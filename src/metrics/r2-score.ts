import { alignEqual, type Weights, weightsFor } from "../losses/align.ts";
import { ratio } from "../losses/loss.ts";
import { settle } from "../losses/loss-class.ts";
import { stack } from "../ops/index.ts";
import { runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { fail, ShapeError } from "../util/errors.ts";
import { checkChoice } from "../util/names.ts";
import { formatShape } from "../util/shape.ts";
import { addTo, type Direction, Metric, type MetricOptions, untaken } from "./metric.ts";

const AGGREGATIONS = ["uniform_average", "variance_weighted_average"] as const;

/** Options of R2Score. */
export interface R2Options extends MetricOptions {
  /** The mean over columns (default), the mean weighted by how much each varies, or null: a vector. */
  classAggregation?: (typeof AGGREGATIONS)[number] | "uniformAverage" | "varianceWeightedAverage" | null;
  /** Number of regressors to adjust for. Default 0: no adjustment. */
  numRegressors?: number;
}

/**
 * The coefficient of determination, 1 − Σ(t − p)² / Σ(t − t̄)², of targets and predictions of shape (samples, columns);
 * 0 for a column whose targets are all equal. The sum about the mean is merged batch by batch (Chan et al. 1979): unlike a
 * difference of sums of squares it loses no digits when targets are far from 0.
 */
export class R2Score extends Metric {
  static override readonly className: string = "R2Score";
  override readonly direction: Direction = "up";
  readonly classAggregation: (typeof AGGREGATIONS)[number] | null;
  declare readonly numRegressors: number;
  readonly #samples: Variable;
  /** Rows: weight, mean, squares about the mean, squared errors. */
  #sums: Variable | undefined;

  constructor(options: R2Options = {}) {
    super(options, ["classAggregation", "numRegressors"]);
    const { classAggregation = AGGREGATIONS[0] } = options;
    this.classAggregation =
      classAggregation === null ? null : checkChoice(classAggregation, this.where, "classAggregation", AGGREGATIONS);
    settle(this, { numRegressors: 0 }, options);
    this.#samples = this.addVariable({ name: "samples" });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const [t, p] = alignEqual(...this.read(yTrue, yPred), this.where);
      if (t.rank !== 2)
        fail(this.where, `yPred: expected shape (samples, columns), got ${formatShape(p.shape)}`, ShapeError);
      const w = (weightsFor(t, sampleWeight, this.where) ?? toTensor(1)).broadcastTo(t.shape);
      this.#sums ??= this.addVariable({ name: "sums", shape: [4, t.shape[1]!] });
      const { weight, mean, squares, errors } = this.#state();
      const added = w.sum(0);
      const center = ratio(t.mul(w).sum(0), added);
      const total = weight.add(added);
      const step = center.sub(mean);
      const share = ratio(added, total);
      const about = t.sub(center).square().mul(w).sum(0).add(step.square().mul(weight).mul(share));
      const missed = t.sub(p).square().mul(w).sum(0);
      this.#sums.assign(stack([total, mean.add(step.mul(share)), squares.add(about), errors.add(missed)]));
      addTo(this.#samples, toTensor(t.size));
    });
  }

  #state(): Record<"weight" | "mean" | "squares" | "errors", Tensor> {
    const sums = this.#sums?.value() ?? untaken(this.where);
    const [weight, mean, squares, errors] = [0, 1, 2, 3].map((i) => sums.slice([i], [1]).reshape([-1]));
    return { weight: weight!, mean: mean!, squares: squares!, errors: errors! };
  }

  override result(): Tensor {
    return runScoped(() => {
      const { squares, errors } = this.#state();
      const varies = squares.notEqual(0);
      const scores = ratio(errors, squares).neg().add(1).where(varies, 0);
      const { classAggregation, numRegressors } = this;
      const score =
        classAggregation === null
          ? scores
          : classAggregation === "uniform_average"
            ? scores.mean()
            : ratio(squares.mul(scores).sum(), squares.sum());
      if (numRegressors === 0) return score;
      // With no more samples than regressors there is nothing to adjust by.
      const spare = this.#samples.value().sub(numRegressors + 1);
      const adjusted = score.neg().add(1).mul(spare.add(numRegressors)).div(spare.maximum(1)).neg().add(1);
      return adjusted.where(spare.greater(0), score);
    });
  }
}
