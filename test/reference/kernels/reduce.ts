/** Reductions of [outer, n, inner] over n in float64, plain loops. */
type Numbers = ArrayLike<number>;

/** Calls `fold` with the values of each output element, in order. */
export function reduce(
  x: Numbers,
  outer: number,
  n: number,
  inner: number,
  fold: (values: number[]) => number,
): number[] {
  const y: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++) {
      const values: number[] = [];
      for (let i = 0; i < n; i++) values.push(x[(o * n + i) * inner + c] as number);
      y.push(fold(values));
    }
  }
  return y;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Place of the first largest value; the first NaN counts as larger than all. */
export function argMax(values: readonly number[]): number {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : Math.max(0, values.indexOf(Math.max(...values)));
}
