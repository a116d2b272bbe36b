import type { Tensor } from "../ops/tensor.ts";
import { ShapeError } from "../util/errors.ts";
import { formatShape, sameShape } from "../util/shape.ts";

/**
 * Aligns ranks that differ by one trailing 1, as Keras does: targets (n,) with predictions (n, 1) become (n, 1), and
 * targets (n, k, 1) with predictions (n, k) become (n, k).
 */
export function alignRanks(target: Tensor, prediction: Tensor): [target: Tensor, prediction: Tensor] {
  if (target.rank === prediction.rank + 1 && target.shape.at(-1) === 1) {
    return prediction.rank === 1 ? [target, prediction.expandDims(-1)] : [target.squeeze(-1), prediction];
  }
  if (prediction.rank === target.rank + 1 && prediction.shape.at(-1) === 1) {
    return target.rank === 1 ? [target.expandDims(-1), prediction] : [target, prediction.squeeze(-1)];
  }
  return [target, prediction];
}

/** Both with equal shapes and the prediction's dtype; anything else is a ShapeError that names both shapes. */
export function alignEqual(target: Tensor, prediction: Tensor, where: string): [target: Tensor, prediction: Tensor] {
  const [t, p] = alignRanks(target, prediction);
  if (!sameShape(t.shape, p.shape)) throw mismatch(target, prediction, formatShape(prediction.shape), where);
  return [t.cast("float32"), p];
}

/** The error for targets that do not fit the predictions. */
export function mismatch(target: Tensor, prediction: Tensor, expected: string, where: string): ShapeError {
  return new ShapeError(
    `[${where}] yTrue: expected shape ${expected} for predictions of shape ${formatShape(prediction.shape)}, ` +
      `got ${formatShape(target.shape)}.`,
  );
}

/** The mean over the last axis; a scalar is its own mean. */
export function lastMean(x: Tensor): Tensor {
  return x.rank === 0 ? x : x.mean(-1);
}
