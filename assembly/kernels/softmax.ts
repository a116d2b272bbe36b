// Softmax and log-softmax over the last axis of [rows, cols], and their gradients from the output y.
// @split-each rows y=cols x=cols dx=cols dy=cols
import { loadUpTo4, nmadd, storeUpTo4 } from "../lib/simd";
import { expCall } from "../lib/math";
import { divideRow, dotRow, logOf, maxOfRow, sumOfExponentials } from "../lib/softmax-rows";
import { sumRow } from "../lib/sums";

// @ts-ignore: decorator
@inline
function check(y: usize, x: usize, rows: i32, cols: i32): void {
  assert(rows >= 0 && cols >= 0 && (x & 3) == 0 && (y & 3) == 0);
}

export function f32_softmax(y: usize, x: usize, rows: i32, cols: i32): void {
  check(y, x, rows, cols);
  if (cols == 0) return;
  const step = <usize>cols << 2;
  for (; rows > 0; rows--, x += step, y += step) divideRow(y, cols, sumOfExponentials(y, x, cols, maxOfRow(x, cols)));
}

/** dx = y·(dy − Σ dy·y). */
export function f32_softmax_grad(dx: usize, dy: usize, y: usize, rows: i32, cols: i32): void {
  check(dx, dy, rows, cols);
  for (; rows > 0; rows--) {
    const mean = f32x4.splat(dotRow(dy, y, cols));
    for (let n = cols; n > 0; n -= 4) {
      storeUpTo4(dx, f32x4.mul(loadUpTo4(y, n), f32x4.sub(loadUpTo4(dy, n), mean)), n);
      const step = min(n, 4) << 2;
      dx += step;
      dy += step;
      y += step;
    }
  }
}

/** y = (x − max) − log Σ exp(x − max). */
export function f32_log_softmax(y: usize, x: usize, rows: i32, cols: i32): void {
  check(y, x, rows, cols);
  if (cols == 0) return;
  for (; rows > 0; rows--) {
    const max = maxOfRow(x, cols);
    const shift = f32x4.splat(max);
    const log = f32x4.splat(logOf(sumOfExponentials(0, x, cols, max)));
    for (let n = cols; n > 0; n -= 4) {
      storeUpTo4(y, f32x4.sub(f32x4.sub(loadUpTo4(x, n), shift), log), n);
      const step = min(n, 4) << 2;
      x += step;
      y += step;
    }
  }
}

/** dx = dy − e^y·Σ dy. */
export function f32_log_softmax_grad(dx: usize, dy: usize, y: usize, rows: i32, cols: i32): void {
  check(dx, dy, rows, cols);
  for (; rows > 0; rows--) {
    const sum = f32x4.splat(sumRow(dy, cols));
    for (let n = cols; n > 0; n -= 4) {
      storeUpTo4(dx, nmadd(expCall(loadUpTo4(y, n)), sum, loadUpTo4(dy, n)), n);
      const step = min(n, 4) << 2;
      dx += step;
      dy += step;
      y += step;
    }
  }
}
