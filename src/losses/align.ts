import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { fail, ShapeError } from "../util/errors.ts";
import { formatShape, normalizeAxis, type Shape, sameShape } from "../util/shape.ts";

/** Whether `a` has the sizes of `b` and a 1 after them. */
function endsInOne(a: Shape, b: Shape): boolean {
  return sameShape(a, [...b, 1]);
}

function refuseTarget(target: Tensor, prediction: Tensor, expected: Shape, where: string): never {
  const shapes = `${formatShape(expected)} for predictions of shape ${formatShape(prediction.shape)}`;
  return fail(where, `yTrue: expected shape ${shapes}, got ${formatShape(target.shape)}`, ShapeError);
}

/**
 * Both in float32, and without a difference of one trailing 1 in their ranks, as in Keras: targets (n,) with predictions
 * (n, 1) become (n, 1), and targets (n, k, 1) with predictions (n, k) become (n, k).
 */
export function alignRanks(target: Tensor, prediction: Tensor): [target: Tensor, prediction: Tensor] {
  let [t, p] = [target.cast("float32"), prediction.cast("float32")];
  if (endsInOne(t.shape, p.shape)) [t, p] = p.rank === 1 ? [t, p.expandDims()] : [t.squeeze(-1), p];
  else if (endsInOne(p.shape, t.shape)) [t, p] = t.rank === 1 ? [t.expandDims(), p] : [t, p.squeeze(-1)];
  return [t, p];
}

/** The same, where shapes then have to be equal. */
export function alignEqual(target: Tensor, prediction: Tensor, where: string): [target: Tensor, prediction: Tensor] {
  const [t, p] = alignRanks(target, prediction);
  if (!sameShape(t.shape, p.shape)) refuseTarget(target, prediction, prediction.shape, where);
  return [t, p];
}

/** Class numbers in the shape of the predictions without their class axis; they may come with a trailing 1. */
export function alignLabels(target: Tensor, prediction: Tensor, axis: number, where: string): Tensor {
  const classAxis = normalizeAxis(axis, prediction.rank);
  const expected = prediction.shape.filter((_, i) => i !== classAxis);
  const labels = endsInOne(target.shape, expected) ? target.squeeze(-1) : target;
  if (!sameShape(labels.shape, expected)) refuseTarget(target, prediction, expected, where);
  return labels.cast("int32");
}

/** What may be given as weights; null and undefined are none. */
export type Weights = TensorLike | null | undefined;

/** Weights that were given, aligned to values if there are any; undefined where none were given. */
export function weightsFor(values: Tensor | undefined, given: Weights, where: string): Tensor | undefined {
  if (given === undefined || given === null) return undefined;
  const weights = toTensor(given);
  return values === undefined ? weights.cast("float32") : alignWeights(values, weights, where);
}

/**
 * Brings weights to the rank of the values: a trailing 1 is dropped, missing trailing axes become 1.
 * @throws ShapeError when the weights then do not broadcast to the values.
 */
export function alignWeights(values: Tensor, weights: Tensor, where: string): Tensor {
  const { rank, shape } = values;
  let w = weights.cast("float32");
  if (w.rank === rank + 1 && w.shape.at(-1) === 1) w = w.squeeze(-1);
  if (w.rank > rank || w.shape.some((dim, i) => dim !== shape[i] && dim !== 1)) {
    const shapes = `${formatShape(shape)}, got ${formatShape(weights.shape)}`;
    fail(where, `sampleWeight: expected a shape that fits values of shape ${shapes}`, ShapeError);
  }
  return w.rank === 0 ? w : w.reshape(shape.map((_, i) => w.shape[i] ?? 1));
}
