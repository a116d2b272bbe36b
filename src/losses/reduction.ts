import type { Tensor } from "../ops/tensor.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";

const REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"] as const;

/** How per-sample losses become one number; camelCase spellings are accepted too. */
export type Reduction = (typeof REDUCTIONS)[number] | "sumOverBatchSize" | "meanWithSampleWeight";

type CanonicalReduction = (typeof REDUCTIONS)[number];

/** Checks a reduction given by a caller; null means "none", as in Keras. */
export function checkReduction(reduction: unknown, where: string): CanonicalReduction {
  if (reduction === undefined) return "sum_over_batch_size";
  if (reduction === null) return "none";
  if (reduction === "sumOverBatchSize") return "sum_over_batch_size";
  if (reduction === "meanWithSampleWeight") return "mean_with_sample_weight";
  if ((REDUCTIONS as readonly unknown[]).includes(reduction)) return reduction as CanonicalReduction;
  throw new ValueError(
    `[${where}] Invalid value for argument \`reduction\`: expected one of ${REDUCTIONS.join(", ")}, ` +
      `got ${describe(reduction)}.`,
  );
}

/**
 * Brings weights to the rank of the values: a trailing 1 is dropped, missing trailing axes become 1.
 * @throws ShapeError when the weights then do not broadcast to the values.
 */
export function alignWeights(values: Tensor, weights: Tensor, where: string): Tensor {
  let w = weights.cast("float32");
  if (w.rank === values.rank + 1 && w.shape.at(-1) === 1) w = w.squeeze(-1);
  const fits = w.rank <= values.rank && w.shape.every((dim, i) => dim === values.shape[i] || dim === 1);
  if (!fits) {
    throw new ShapeError(
      `[${where}] sampleWeight: expected a shape that fits values of shape ${formatShape(values.shape)}, ` +
        `got ${formatShape(weights.shape)}.`,
    );
  }
  if (w.rank === 0 || w.rank === values.rank) return w;
  return w.reshape([...w.shape, ...new Array<number>(values.rank - w.rank).fill(1)]);
}

/** Weighted values, reduced. The default divides by the number of values, whatever the weights add up to. */
export function reduceValues(
  values: Tensor,
  weights: Tensor | undefined,
  reduction: CanonicalReduction,
  where: string,
): Tensor {
  const w = weights === undefined ? undefined : alignWeights(values, weights, where);
  const weighted = w === undefined ? values : values.mul(w);
  if (reduction === "none") return weighted;
  // Nothing to divide by (or to add): Keras gives 0 here, not NaN.
  if (reduction === "sum" || sizeOf(values.shape) === 0) return weighted.sum();
  if (reduction === "mean_with_sample_weight" && w !== undefined) {
    const total = w.broadcastTo(values.shape).sum();
    // With a total of 0 the numerator is 0 too (unless weights cancel): divide by 1 instead.
    return weighted.sum().div(total.add(total.equal(0).cast("float32")));
  }
  return weighted.mean();
}
