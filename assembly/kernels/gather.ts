// Labels and rows by index, and the checks that stand before them.
import { loadUpTo4, storeUpTo4 } from "../lib/simd";

/** Index of the first label outside [lo, hi), or −1. */
export function i32_check_range(labels: usize, n: i32, lo: i32, hi: i32): i32 {
  assert(n >= 0 && (labels & 3) == 0);
  for (let i = 0; i < n; i++, labels += 4) {
    const label = load<i32>(labels);
    if (label < lo || label >= hi) return i;
  }
  return -1;
}

/** y[r, c] = c == labels[r] ? on : off; a label outside the columns gives a row of off. */
// @split rows y=cols
export function f32_one_hot(y: usize, labels: usize, rows: i32, cols: i32, on: f32, off: f32): void {
  assert(rows >= 0 && cols >= 0);
  for (; rows > 0; rows--, labels += 4) {
    const label = load<i32>(labels);
    for (let c = 0; c < cols; c++, y += 4) store<f32>(y, c == label ? on : off);
  }
}

/** y[r] = x[indices[r]], rows of `cols` elements; the indices have been checked. */
// @split n y=cols x=0
export function u32_gather_rows(y: usize, x: usize, indices: usize, n: i32, cols: i32): void {
  assert(n >= 0 && cols >= 0);
  if (cols == 1) {
    for (; n > 0; n--, indices += 4, y += 4) store<u32>(y, load<u32>(x + (load<i32>(indices) << 2)));
    return;
  }
  const step = <usize>cols << 2;
  for (; n > 0; n--, indices += 4, y += step) memory.copy(y, x + load<i32>(indices) * step, step);
}

/** y[indices[r]] += x[r], in the order of the indices; y is not cleared. */
export function f32_scatter_add_rows(y: usize, x: usize, indices: usize, n: i32, cols: i32): void {
  assert(n >= 0 && cols >= 0);
  for (; n > 0; n--, indices += 4) {
    let row = y + (load<i32>(indices) * cols << 2);
    for (let c = cols; c > 0; c -= 4) {
      storeUpTo4(row, f32x4.add(loadUpTo4(row, c), loadUpTo4(x, c)), c);
      const step = min(c, 4) << 2;
      row += step;
      x += step;
    }
  }
}
