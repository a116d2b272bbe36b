/** Matrix products in float64 and, operation by operation, in float32. */
type Numbers = ArrayLike<number>;

/** X[M,K]·W[K,N], dense and row-major. */
export function product(x: Numbers, w: Numbers, M: number, N: number, K: number): Float64Array {
  const y = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let k = 0; k < K; k++)
      for (let n = 0; n < N; n++) y[m * N + n]! += (x[m * K + k] as number) * (w[k * N + n] as number);
  return y;
}

/** The same with every product and every sum rounded to float32, k rising from +0: the bits the simd build must give. */
export function roundedProduct(x: Numbers, w: Numbers, M: number, N: number, K: number): Float32Array {
  const y = new Float32Array(M * N);
  for (let m = 0; m < M; m++)
    for (let k = 0; k < K; k++) {
      const a = x[m * K + k] as number;
      for (let n = 0; n < N; n++) y[m * N + n]! += Math.fround(a * (w[k * N + n] as number));
    }
  return y;
}

/** [rows, cols] → [cols, rows]. */
export function transposed(x: Numbers, rows: number, cols: number): Float32Array {
  return Float32Array.from({ length: rows * cols }, (_, i) => x[(i % rows) * cols + Math.floor(i / rows)] as number);
}
