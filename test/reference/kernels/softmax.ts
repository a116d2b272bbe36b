/** The softmax family on one row, in float64. */
type Numbers = readonly number[];

export function logSoftmax(z: Numbers): number[] {
  const max = Math.max(...z);
  const log = Math.log(z.reduce((sum, v) => sum + Math.exp(v - max), 0));
  return z.map((v) => v - max - log);
}

export const softmax = (z: Numbers): number[] => logSoftmax(z).map(Math.exp);

/** −Σ t·log softmax(z). */
export function crossEntropy(target: Numbers, z: Numbers): number {
  return -logSoftmax(z).reduce((sum, v, i) => sum + v * (target[i] as number), 0);
}

/** −t·log σ(z) − (1 − t)·log(1 − σ(z)). */
export function sigmoidCrossEntropy(t: number, z: number): number {
  const logSigmoid = (v: number): number => (v < 0 ? v - Math.log1p(Math.exp(v)) : -Math.log1p(Math.exp(-v)));
  return -t * logSigmoid(z) - (1 - t) * logSigmoid(-z);
}

/** The rows of a [rows, cols] array. */
export function rowsOf(x: ArrayLike<number>, rows: number, cols: number): number[][] {
  return Array.from({ length: rows }, (_, r) => Array.from({ length: cols }, (_, c) => x[r * cols + c] as number));
}
