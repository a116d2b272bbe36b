// Random numbers: threefry2x32 with the key (two u32) at `key`. Element i depends on the key and on first + i only, so a
// draw may be split anywhere. The rounding is Keras's on JAX, so that one seed gives the same weights and masks.
// @split-each n/64 key=0 bits=1/32 first+1
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { counters, fraction, threefry4, threshold, uniform4 } from "../lib/threefry";
import { erfInv4 } from "../lib/normal";

// @ts-ignore: decorator
@inline
function draw(key: usize, at: i32): v128 {
  return threefry4(load<u32>(key), load<u32>(key, 4), counters(at));
}

/** Raw bits. */
export function u32_threefry2x32(y: usize, key: usize, first: i32, n: i32): void {
  assert(n >= 0);
  for (; n > 0; n -= 4, first += 4, y += 16) storeUpTo4(y, draw(key, first), n);
}

/** In [lo, hi). */
export function f32_random_uniform(y: usize, key: usize, first: i32, n: i32, lo: f32, hi: f32): void {
  assert(n >= 0);
  for (; n > 0; n -= 4, first += 4, y += 16) storeUpTo4(y, uniform4(draw(key, first), lo, hi), n);
}

/** √2·erf⁻¹(u) for u in [lo, 1) or [lo, hi), kept inside ±bound, then times stddev plus mean. */
function normal(
  y: usize, key: usize, first: i32, n: i32, mean: f32, stddev: f32, lo: f32, hi: f32, bound: f32,
): void {
  assert(n >= 0);
  const limit = f32x4.splat(bound);
  for (; n > 0; n -= 4, first += 4, y += 16) {
    let z = f32x4.mul(f32x4.splat(1.41421356), erfInv4(uniform4(draw(key, first), lo, hi)));
    z = f32x4.pmin(f32x4.pmax(z, f32x4.neg(limit)), limit);
    storeUpTo4(y, f32x4.add(f32x4.mul(z, f32x4.splat(stddev)), f32x4.splat(mean)), n);
  }
}

export function f32_random_normal(y: usize, key: usize, first: i32, n: i32, mean: f32, stddev: f32): void {
  normal(y, key, first, n, mean, stddev, -0.99999994, 1, Infinity);
}

/** Normal numbers between −2 and 2 deviations: u in [erf(−√2), erf(√2)). */
export function f32_random_truncated_normal(y: usize, key: usize, first: i32, n: i32, mean: f32, stddev: f32): void {
  normal(y, key, first, n, mean, stddev, -0.9544997, 0.9544997, 1.9999999);
}

/** 1 with probability p, else 0. */
export function i32_random_bernoulli(y: usize, key: usize, first: i32, n: i32, p: f32): void {
  assert(n >= 0);
  const limit = i32x4.splat(threshold(p));
  for (; n > 0; n -= 4, first += 4, y += 16) {
    storeUpTo4(y, i32x4.neg(i32x4.lt_s(fraction(draw(key, first)), limit)), n);
  }
}

/** The mask alone: bit i % 32 of word i / 32 is set where element i stays. */
// @split n/64 bits=1/32 key=0 first+1
export function f32_dropout_bits(bits: usize, key: usize, first: i32, n: i32, keep: f32): void {
  assert(n >= 0);
  const limit = i32x4.splat(threshold(keep));
  for (let i = 0; i < n; bits += 4) {
    let word = 0;
    for (let shift = 0; shift < 32 && i < n; shift += 4, i += 4) {
      word |= i32x4.bitmask(i32x4.lt_s(fraction(draw(key, first + i)), limit)) << shift;
    }
    if (i > n) word &= (1 << (n & 31)) - 1;
    store<i32>(bits, word);
  }
}

/** Draws the mask into `bits` and applies it: y = bit ? x/keep : 0. */
// @split n/64 bits=1/32 key=0 first+1
export function f32_dropout(
  y: usize, bits: usize, x: usize, key: usize, first: i32, n: i32, keep: f32,
): void {
  assert(n >= 0);
  const limit = i32x4.splat(threshold(keep));
  const divisor = f32x4.splat(keep);
  for (let i = 0; i < n; bits += 4) {
    let word = 0;
    for (let shift = 0; shift < 32 && i < n; shift += 4, i += 4, x += 16, y += 16) {
      const mask = i32x4.lt_s(fraction(draw(key, first + i)), limit);
      word |= i32x4.bitmask(mask) << shift;
      storeUpTo4(y, v128.and(f32x4.div(loadUpTo4(x, n - i), divisor), mask), n - i);
    }
    if (i > n) word &= (1 << (n & 31)) - 1;
    store<i32>(bits, word);
  }
}

/** dx = bit ? dy/keep : 0. */
export function f32_dropout_grad(dx: usize, dy: usize, bits: usize, n: i32, keep: f32): void {
  assert(n >= 0);
  const divisor = f32x4.splat(keep);
  const place = i32x4(1, 2, 4, 8);
  for (; n > 0; bits += 4) {
    for (let word = load<u32>(bits), k = 0; k < 8 && n > 0; k++, n -= 4, word >>= 4, dx += 16, dy += 16) {
      const mask = i32x4.eq(v128.and(i32x4.splat(word), place), place);
      storeUpTo4(dx, v128.and(f32x4.div(loadUpTo4(dy, n), divisor), mask), n);
    }
  }
}

/** y[i,j,k,l] = bit of the mask, whose index follows the strides m, ? x/keep : 0. Forward and gradient are the same. */
// @split none
export function f32_dropout_broadcast(
  y: usize, x: usize, bits: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  m0: i32, m1: i32, m2: i32, m3: i32, first: i32, keep: f32,
): void {
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        let at = first + i * m0 + j * m1 + k * m2;
        for (let l = 0; l < n3; l++, at += m3, y += 4, x += 4) {
          const stays = (load<u32>(bits + (at >> 5 << 2)) >>> (at & 31)) & 1;
          store<f32>(y, stays ? load<f32>(x) / keep : 0);
        }
      }
    }
  }
}

/** y = seed + [0, 1]: the state of a seed generator after one draw. */
export function u32_seed_next(y: usize, seed: usize): void {
  const counter = load<u32>(seed, 4) + 1;
  store<u32>(y, load<u32>(seed));
  store<u32>(y, counter, 4);
}

/** y = (seed + 1)·5387 mod 933199 on both words, modulo 2^32 in between: how Keras's process-wide generator advances. */
export function u32_seed_scramble(y: usize, seed: usize): void {
  const first = ((load<u32>(seed) + 1) * 5387) % 933199;
  const second = ((load<u32>(seed, 4) + 1) * 5387) % 933199;
  store<u32>(y, first);
  store<u32>(y, second, 4);
}
