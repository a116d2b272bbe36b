// A few rows of a matrix product: y[N] = x[K]·W[K,N] for each, streaming W once, four rows of it at a time, with y in the
// first-level cache. W comes from memory only for the first row of x; the others find the four rows of W in the cache.
import { loadUpTo4, madd, storeUpTo4 } from "./simd";

/** Fewer columns are summed in registers, sixteen at a time. */
// @ts-ignore: decorator
@inline
const WIDE = 32;

/** `sx` bytes lie between the elements of a row of x, `dx` between its rows; `sy` and `sw` between the rows of y and W. K may be 0. */
export function gemv(
  y: usize, sy: usize, x: usize, sx: usize, dx: usize, w: usize, sw: usize, M: i32, N: i32, K: i32,
): void {
  let n = 0;
  if (N >= WIDE) {
    n = N & ~7;
    for (let m = 0; m < M; m++) memory.fill(y + m * sy, 0, n << 2);
    let p = w;
    for (let k = 0; k < K; ) {
      const four = k + 4 <= K;
      for (let m = 0; m < M; m++) {
        const from = x + m * dx + k * sx;
        if (four) addFourRows(y + m * sy, from, sx, p, sw, n);
        else addRow(y + m * sy, from, p, n);
      }
      const step = four ? 4 : 1;
      k += step;
      p += step * sw;
    }
  }
  for (; n < N; n += 16) {
    for (let m = 0; m < M; m++) {
      sixteenColumns(y + m * sy + (n << 2), x + m * dx, sx, w + (n << 2), sw, min(N - n, 16), K);
    }
  }
}

/** y + Σ x[k]·W[k] over four rows, k rising; N is a multiple of eight. */
function addFourRows(y: usize, x: usize, sx: usize, w: usize, sw: usize, N: i32): void {
  const x0 = v128.load32_splat(x);
  const x1 = v128.load32_splat(x + sx);
  const x2 = v128.load32_splat(x + 2 * sx);
  const x3 = v128.load32_splat(x + 3 * sx);
  let w1 = w + sw;
  let w2 = w1 + sw;
  let w3 = w2 + sw;
  for (const end = y + (N << 2); y != end; y += 32, w += 32, w1 += 32, w2 += 32, w3 += 32) {
    let a = v128.load(y);
    let b = v128.load(y, 16);
    a = madd(x0, v128.load(w), a);
    b = madd(x0, v128.load(w, 16), b);
    a = madd(x1, v128.load(w1), a);
    b = madd(x1, v128.load(w1, 16), b);
    a = madd(x2, v128.load(w2), a);
    b = madd(x2, v128.load(w2, 16), b);
    v128.store(y, madd(x3, v128.load(w3), a));
    v128.store(y, madd(x3, v128.load(w3, 16), b), 16);
  }
}

/** y + x·W for one row; N is a multiple of eight. */
function addRow(y: usize, x: usize, w: usize, N: i32): void {
  const x0 = v128.load32_splat(x);
  for (const end = y + (N << 2); y != end; y += 16, w += 16) {
    v128.store(y, madd(x0, v128.load(w), v128.load(y)));
  }
}

/** y = Σ x[k]·W[k] for up to sixteen columns, all of K in registers. */
function sixteenColumns(y: usize, x: usize, sx: usize, w: usize, sw: usize, cols: i32, K: i32): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  // What follows the columns in memory, here the next rows of W, falls into lanes that are not stored.
  let whole = K;
  for (let beyond = <isize>(16 - cols) << 2; beyond > 0 && whole > 0; beyond -= sw) whole--;
  let k = 0;
  for (; k < whole; k++, x += sx, w += sw) {
    const s = v128.load32_splat(x);
    a = madd(s, v128.load(w), a);
    b = madd(s, v128.load(w, 16), b);
    c = madd(s, v128.load(w, 32), c);
    d = madd(s, v128.load(w, 48), d);
  }
  for (; k < K; k++, x += sx, w += sw) {
    const s = v128.load32_splat(x);
    a = madd(s, some(w, cols), a);
    b = madd(s, some(w + 16, cols - 4), b);
    c = madd(s, some(w + 32, cols - 8), c);
    d = madd(s, some(w + 48, cols - 12), d);
  }
  storeSome(y, a, cols);
  storeSome(y + 16, b, cols - 4);
  storeSome(y + 32, c, cols - 8);
  storeSome(y + 48, d, cols - 12);
}

function some(p: usize, n: i32): v128 {
  return n > 0 ? loadUpTo4(p, n) : f32x4.splat(0);
}

function storeSome(p: usize, v: v128, n: i32): void {
  if (n > 0) storeUpTo4(p, v, n);
}
