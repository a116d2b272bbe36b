// Sorting rows, and the first k of their order, by a heap (Williams 1964): the workspace holds key and index of each element
// as one i64, so that equal elements keep their order and no two entries are equal.

/** The int32 whose order is that of the floats: −0 equals 0, every NaN comes after Inf. */
// @ts-ignore: decorator
@inline
function keyOf(bits: i32): i32 {
  const x = reinterpret<f32>(bits);
  if (x != x) return i32.MAX_VALUE;
  return x == 0 ? 0 : bits ^ (bits >> 31 & i32.MAX_VALUE);
}

/** Lets the entry at i sink until both entries below it are larger. */
function sink(heap: usize, i: i32, n: i32): void {
  const entry = load<i64>(heap + (i << 3));
  while (true) {
    let child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && load<i64>(heap + (child << 3), 8) < load<i64>(heap + (child << 3))) child++;
    const below = load<i64>(heap + (child << 3));
    if (entry < below) break;
    store<i64>(heap + (i << 3), below);
    i = child;
  }
  store<i64>(heap + (i << 3), entry);
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
      store<i64>(ws + (i << 3), <i64>key << 32 | <i64>i);
    }
    for (let i = n >> 1; i > 0; i--) sink(ws, i - 1, n);
    for (let i = 0, left = n; i < k; i++, values += 4, indices += 4) {
      const index = load<i32>(ws);
      store<i32>(indices, index);
      store<i32>(values, load<i32>(x + (index << 2)));
      store<i64>(ws, load<i64>(ws + (--left << 3)));
      sink(ws, 0, left);
    }
  }
}
