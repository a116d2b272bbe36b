// Integers and shuffles as JAX draws them: the key is split in two first, and element i of a draw is out0 XOR out1 of
// threefry2x32 for the counter (0, i). Scalar: these draws are rare.

import { makeHeap, putEntry, takeIndex } from "../lib/heap";

/** Both words of threefry2x32 with 20 rounds for the counter (0, i), as out1·2^32 + out0. */
function threefry(k0: u32, k1: u32, i: u32): u64 {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let a = k0;
  let b = i + k1;
  for (let round: u32 = 0, turns: u32 = 0x061a0f0d, others: u32 = 0x18101d11; round < 5; round++) {
    for (let t = turns, four = 0; four < 4; four++, t >>= 8) {
      a += b;
      b = rotl<u32>(b, t & 31) ^ a;
    }
    const swap = turns;
    turns = others;
    others = swap;
    const next = round % 3;
    a += next == 0 ? k1 : next == 1 ? k2 : k0;
    b += (next == 0 ? k2 : next == 1 ? k0 : k1) + round + 1;
  }
  return <u64>b << 32 | <u64>a;
}

// @ts-ignore: decorator
@inline
function bits(key: u64, i: u32): u32 {
  const both = threefry(<u32>key, <u32>(key >> 32), i);
  return <u32>both ^ <u32>(both >> 32);
}

/** lo + r for r in [0, span): 64 random bits modulo span, from two draws of 32. */
export function i32_random_int(y: usize, key: usize, n: i32, lo: i32, span: u32): void {
  assert(n >= 0 && span > 0);
  const high = threefry(load<u32>(key), load<u32>(key, 4), 0);
  const low = threefry(load<u32>(key), load<u32>(key, 4), 1);
  const half: u32 = 65536 % span;
  const factor: u32 = (half * half) % span;
  for (let i = 0; i < n; i++, y += 4) {
    store<i32>(y, lo + <i32>(((bits(high, i) % span) * factor + (bits(low, i) % span)) % span));
  }
}

/**
 * For each element of [outer, n, inner] the flat place its value comes from when every run along the middle axis is
 * shuffled on its own: sorted `rounds` times by random words. Words of workspace: 3·n.
 */
export function i32_random_order(
  order: usize, key: usize, outer: i32, n: i32, inner: i32, rounds: i32, ws: usize,
): void {
  assert(outer >= 0 && n >= 0 && inner >= 0 && (ws & 7) == 0);
  const former = ws + (n << 3);
  for (let i = 0; i < outer * n * inner; i++) store<i32>(order + (i << 2), i);
  let words = load<u64>(key);
  for (; rounds > 0; rounds--) {
    const sub = threefry(<u32>words, <u32>(words >> 32), 1);
    words = threefry(<u32>words, <u32>(words >> 32), 0);
    for (let run = 0; run < outer * inner; run++) {
      const first = run / inner * n * inner + run % inner;
      for (let j = 0; j < n; j++) {
        const at = first + j * inner;
        // Words are unsigned, the heap's keys are not.
        putEntry(ws, j, <i32>(bits(sub, at) ^ 0x80000000));
        store<i32>(former + (j << 2), load<i32>(order + (at << 2)));
      }
      makeHeap(ws, n);
      for (let j = 0; j < n; j++) {
        store<i32>(order + ((first + j * inner) << 2), load<i32>(former + (takeIndex(ws, n - j) << 2)));
      }
    }
  }
}

/** y[i] = x[order[i]]. */
export function u32_permute(y: usize, x: usize, order: usize, n: i32): void {
  assert(n >= 0);
  for (; n > 0; n--, y += 4, order += 4) store<u32>(y, load<u32>(x + (load<i32>(order) << 2)));
}

/** dx[order[i]] = dy[i]. */
export function u32_unpermute(dx: usize, dy: usize, order: usize, n: i32): void {
  assert(n >= 0);
  for (; n > 0; n--, dy += 4, order += 4) store<u32>(dx + (load<i32>(order) << 2), load<u32>(dy));
}
