// Sorting rows, and the first k of their order; equal elements keep their order.

import { makeHeap, putEntry, takeIndex } from "../lib/heap";

/** The int32 whose order is that of the floats: −0 equals 0, every NaN comes after Inf. */
// @ts-ignore: decorator
@inline
function keyOf(bits: i32): i32 {
  const x = reinterpret<f32>(bits);
  if (x != x) return i32.MAX_VALUE;
  return x == 0 ? 0 : bits ^ (bits >> 31 & i32.MAX_VALUE);
}

/**
 * The first k of each row of n in sorted order, and where they stood: values [rows, k], indices [rows, k].
 * `floats` tells what x holds. Words of workspace: 2·n.
 */
export function u32_sort(
  values: usize, indices: usize, x: usize, rows: i32, n: i32, k: i32, floats: i32, descending: i32, ws: usize,
): void {
  assert(rows >= 0 && n >= 0 && k >= 0 && k <= n && (ws & 7) == 0);
  for (; rows > 0; rows--, x += n << 2) {
    for (let i = 0; i < n; i++) {
      let key = load<i32>(x + (i << 2));
      if (floats) key = keyOf(key);
      if (descending) key = ~key;
      putEntry(ws, i, key);
    }
    makeHeap(ws, n);
    for (let i = 0; i < k; i++, values += 4, indices += 4) {
      const index = takeIndex(ws, n - i);
      store<i32>(indices, index);
      store<i32>(values, load<i32>(x + (index << 2)));
    }
  }
}
