// One row of a matrix product: y[N] = x[K]·W[K,N], streaming W once, four rows at a time, with y in the first-level cache.
import { loadUpTo4, madd, storeUpTo4 } from "./simd";

/** `sx` bytes lie between the elements of x, `sw` between the rows of W. K may be 0: then y is zeros. */
export function gemv(y: usize, x: usize, sx: usize, w: usize, sw: usize, N: i32, K: i32): void {
  let first = true;
  let k = K;
  for (; k >= 4 || first; k -= 4, first = false) {
    // Fewer than four rows in all: the missing ones are left out by count.
    const some = min(k, 4);
    fourRows(y, x, sx, w, sw, N, some, first);
    x += sx << 2;
    w += sw << 2;
  }
  if (k > 0) fourRows(y, x, sx, w, sw, N, k, false);
}

/** y (or 0 when `first`) + Σ x[k]·W[k] over `count` <= 4 rows, k rising. */
function fourRows(y: usize, x: usize, sx: usize, w: usize, sw: usize, N: i32, count: i32, first: bool): void {
  if (count < 4) return partOfRows(y, x, sx, w, sw, N, count, first);
  const x0 = v128.load32_splat(x);
  const x1 = v128.load32_splat(x + sx);
  const x2 = v128.load32_splat(x + 2 * sx);
  const x3 = v128.load32_splat(x + 3 * sx);
  let w1 = w + sw;
  let w2 = w1 + sw;
  let w3 = w2 + sw;
  let n = N;
  for (; n >= 4; n -= 4, y += 16, w += 16, w1 += 16, w2 += 16, w3 += 16) {
    let v = first ? f32x4.splat(0) : v128.load(y);
    v = madd(x0, v128.load(w), v);
    v = madd(x1, v128.load(w1), v);
    v = madd(x2, v128.load(w2), v);
    v128.store(y, madd(x3, v128.load(w3), v));
  }
  if (n > 0) partOfRows(y, x, sx, w, sw, n, 4, first);
}

/** Any number of rows, columns in any number. */
function partOfRows(y: usize, x: usize, sx: usize, w: usize, sw: usize, N: i32, count: i32, first: bool): void {
  for (let n = N; n > 0; n -= 4, y += 16, w += 16) {
    let v = first ? f32x4.splat(0) : loadUpTo4(y, n);
    for (let k = 0; k < count; k++) v = madd(v128.load32_splat(x + k * sx), loadUpTo4(w + k * sw, n), v);
    storeUpTo4(y, v, n);
  }
}
