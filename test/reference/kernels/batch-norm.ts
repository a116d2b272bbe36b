/** Batch normalisation of [outer, C, inner] in float64, plain loops. */
type Numbers = ArrayLike<number>;

export interface Layout {
  outer: number;
  C: number;
  inner: number;
}

/** Calls `visit(index of the element, channel)` for every element. */
export function eachElement({ outer, C, inner }: Layout, visit: (at: number, channel: number) => void): void {
  for (let o = 0; o < outer; o++)
    for (let c = 0; c < C; c++) for (let i = 0; i < inner; i++) visit((o * C + c) * inner + i, c);
}

export function statistics(x: Numbers, layout: Layout): { mean: number[]; variance: number[] } {
  const n = layout.outer * layout.inner;
  const mean = Array<number>(layout.C).fill(0);
  const variance = Array<number>(layout.C).fill(0);
  eachElement(layout, (at, c) => {
    mean[c]! += (x[at] as number) / n;
  });
  eachElement(layout, (at, c) => {
    variance[c]! += ((x[at] as number) - mean[c]!) ** 2 / n;
  });
  return { mean, variance };
}

/** γ·(x − mean)/√(variance + ε) + β. */
export function normalize(
  x: Numbers,
  layout: Layout,
  { mean, variance }: { mean: Numbers; variance: Numbers },
  gamma: Numbers | null,
  beta: Numbers | null,
  epsilon: number,
): number[] {
  const y: number[] = [];
  eachElement(layout, (at, c) => {
    const scale = (gamma ? (gamma[c] as number) : 1) / Math.sqrt((variance[c] as number) + epsilon);
    y[at] = ((x[at] as number) - (mean[c] as number)) * scale + (beta ? (beta[c] as number) : 0);
  });
  return y;
}

/** With the statistics of x itself, as in training. */
export function normalizeBatch(
  x: Numbers,
  layout: Layout,
  gamma: Numbers | null,
  beta: Numbers | null,
  epsilon: number,
): number[] {
  return normalize(x, layout, statistics(x, layout), gamma, beta, epsilon);
}
