import { alignRanks, mismatch } from "../losses/alignment.ts";
import type { Tensor } from "../ops/tensor.ts";
import { formatShape, sameShape } from "../util/shape.ts";

/** 1 where target and prediction are equal. */
export function equalMatches(target: Tensor, prediction: Tensor): Tensor {
  const [t, p] = sameRanks(target, prediction, "Metric Accuracy");
  return t.cast("float32").equal(p);
}

/** 1 where the prediction lies on its target's side of the threshold; the threshold itself counts as class 0. */
export function binaryMatches(target: Tensor, prediction: Tensor, threshold: number): Tensor {
  const [t, p] = sameRanks(target, prediction, "Metric BinaryAccuracy");
  return t.cast("float32").equal(p.greater(threshold).cast("float32"));
}

/** 1 for samples whose largest prediction is at the place of the largest target. */
export function categoricalMatches(target: Tensor, prediction: Tensor): Tensor {
  const [t, p] = sameRanks(target, prediction, "Metric CategoricalAccuracy");
  return t.argMax(-1).equal(p.argMax(-1));
}

/** 1 for samples whose largest prediction is at the class number given as target. */
export function sparseMatches(target: Tensor, prediction: Tensor): Tensor {
  const expected = prediction.shape.slice(0, -1);
  let labels = target;
  if (sameShape(target.shape, [...expected, 1])) labels = target.squeeze(-1);
  else if (!sameShape(target.shape, expected)) {
    throw mismatch(target, prediction, formatShape(expected), "Metric SparseCategoricalAccuracy");
  }
  return labels.cast("int32").equal(prediction.argMax(-1));
}

function sameRanks(target: Tensor, prediction: Tensor, where: string): [Tensor, Tensor] {
  const [t, p] = alignRanks(target, prediction);
  if (!sameShape(t.shape, p.shape)) throw mismatch(target, prediction, formatShape(prediction.shape), where);
  return [t, p];
}
