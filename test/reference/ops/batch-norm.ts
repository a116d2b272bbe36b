/** Batch normalization in float64: x of any shape, channels along one axis. */
import { type Dims, indicesOf, type Numbers, reduce, sizeOf } from "./arrays.ts";

/** Channel of each element, in C order. */
export function channelsOf(shape: Dims, axis: number): number[] {
  return indicesOf(shape).map((index) => index[axis]!);
}

const othersOf = (shape: Dims, axis: number): number[] => shape.map((_, i) => i).filter((i) => i !== axis);
const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean and biased variance of each channel. */
export function statistics(x: Numbers, shape: Dims, axis: number): { mean: number[]; variance: number[] } {
  const mean = reduce(x, shape, othersOf(shape, axis), average);
  const variance = reduce(x, shape, othersOf(shape, axis), (values) => {
    const middle = average(values);
    return average(values.map((value) => (value - middle) ** 2));
  });
  return { mean, variance };
}

/** γ(x − μ)/√(σ² + ε) + β by the statistics of x itself. */
export function normalize(
  x: Numbers,
  shape: Dims,
  axis: number,
  epsilon: number,
  gamma?: Numbers,
  beta?: Numbers,
): number[] {
  const { mean, variance } = statistics(x, shape, axis);
  return channelsOf(shape, axis).map((c, i) => {
    const normal = (x[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon);
    return normal * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
  });
}

/** Sums over each channel. */
export function channelSums(values: Numbers, shape: Dims, axis: number): number[] {
  return reduce(values, shape, othersOf(shape, axis), (list) => list.reduce((a, b) => a + b, 0));
}

/** dx, dgamma and dbeta of `normalize` for an incoming dy, by the formulas of the paper. */
export function normalizeGrad(
  dy: Numbers,
  x: Numbers,
  shape: Dims,
  axis: number,
  epsilon: number,
  gamma?: Numbers,
): number[][] {
  const normal = normalize(x, shape, axis, epsilon);
  const { variance } = statistics(x, shape, axis);
  const dbeta = channelSums(dy, shape, axis);
  const dgamma = channelSums(
    normal.map((value, i) => value * dy[i]!),
    shape,
    axis,
  );
  const n = sizeOf(shape) / shape[axis]!;
  const dx = channelsOf(shape, axis).map((c, i) => {
    const centred = dy[i]! - dbeta[c]! / n - (normal[i]! * dgamma[c]!) / n;
    return ((gamma?.[c] ?? 1) * centred) / Math.sqrt(variance[c]! + epsilon);
  });
  return [dx, dgamma, dbeta];
}
