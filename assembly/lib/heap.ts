// A heap of i64 entries, the smallest on top (Williams 1964): a key above, an index below, so that entries with equal keys
// keep their order and no two are equal.

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

/** Writes entry i of a heap to be. */
// @ts-ignore: decorator
@inline
export function putEntry(heap: usize, i: i32, key: i32): void {
  store<i64>(heap + (i << 3), <i64>key << 32 | <i64>i);
}

/** Makes n entries a heap. */
export function makeHeap(heap: usize, n: i32): void {
  for (let i = n >> 1; i > 0; i--) sink(heap, i - 1, n);
}

/** Takes the smallest of n > 0 entries out and gives its index. */
export function takeIndex(heap: usize, n: i32): i32 {
  const index = load<i32>(heap);
  store<i64>(heap, load<i64>(heap + (--n << 3)));
  sink(heap, 0, n);
  return index;
}
