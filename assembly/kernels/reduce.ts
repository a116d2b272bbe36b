// Reductions of the middle axis: x is [outer, n, inner], y is [outer, inner]. Sums run in blocks of 64 (lib/sums.ts).
// @split-each outer y=inner x=n*inner
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { sumColumns, sumRow } from "../lib/sums";

// @ts-ignore: decorator
@inline
function check(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  assert(outer >= 0 && n >= 0 && inner >= 0 && (x & 3) == 0 && (y & 3) == 0);
}

export function f32_sum(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  check(y, x, outer, n, inner);
  for (let o = 0; o < outer; o++) {
    if (inner == 1) store<f32>(y, sumRow(x, n));
    else sumColumns(y, x, n, inner, inner);
    y += inner << 2;
    x += n * inner << 2;
  }
}

/** Σ x, then divided by n. */
export function f32_mean(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  f32_sum(y, x, outer, n, inner);
  const count = f32x4.splat(<f32>n);
  for (let i = outer * inner; i > 0; i -= 4, y += 16) storeUpTo4(y, f32x4.div(loadUpTo4(y, i), count), i);
}

// @ts-ignore: decorator
@inline
const MAX = 0;
// @ts-ignore: decorator
@inline
const MIN = 1;
// @ts-ignore: decorator
@inline
const PROD = 2;
// @ts-ignore: decorator
@inline
const SUM = 3;
// @ts-ignore: decorator
@inline
const ANY = 4;
// @ts-ignore: decorator
@inline
const ALL = 5;
// @ts-ignore: decorator
@inline
const I32_MAX = 6;
// @ts-ignore: decorator
@inline
const I32_MIN = 7;
// @ts-ignore: decorator
@inline
const I32_PROD = 8;

function combine(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case MAX:
      return f32x4.max(a, b);
    case MIN:
      return f32x4.min(a, b);
    case PROD:
      return f32x4.mul(a, b);
    case SUM:
      return i32x4.add(a, b);
    case I32_MAX:
      return i32x4.max_s(a, b);
    case I32_MIN:
      return i32x4.min_s(a, b);
    case I32_PROD:
      return i32x4.mul(a, b);
    case ANY:
      return v128.or(a, i32x4.neg(i32x4.ne(b, i32x4.splat(0))));
    default:
      return v128.and(a, i32x4.neg(i32x4.ne(b, i32x4.splat(0))));
  }
}

/** Down each column, in order; `first` is the neutral element in every lane. */
function fold(op: i32, y: usize, x: usize, outer: i32, n: i32, inner: i32, first: v128): void {
  check(y, x, outer, n, inner);
  const step = <usize>inner << 2;
  for (; outer > 0; outer--, y += step, x += n * step) {
    for (let c = 0; c < inner; c += 4) {
      let acc = first;
      for (let i = 0, p = x + (c << 2); i < n; i++, p += step) acc = combine(op, acc, loadUpTo4(p, inner - c));
      storeUpTo4(y + (c << 2), acc, inner - c);
    }
  }
}

/** NaN if any is NaN; −Inf of nothing. */
export function f32_max(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(MAX, y, x, outer, n, inner, f32x4.splat(-Infinity));
}

/** NaN if any is NaN; Inf of nothing. */
export function f32_min(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(MIN, y, x, outer, n, inner, f32x4.splat(Infinity));
}

export function f32_prod(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(PROD, y, x, outer, n, inner, f32x4.splat(1));
}

export function i32_sum(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(SUM, y, x, outer, n, inner, i32x4.splat(0));
}

/** The smallest int32 of nothing. */
export function i32_max(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(I32_MAX, y, x, outer, n, inner, i32x4.splat(i32.MIN_VALUE));
}

/** The largest int32 of nothing. */
export function i32_min(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(I32_MIN, y, x, outer, n, inner, i32x4.splat(i32.MAX_VALUE));
}

/** Wraps around. */
export function i32_prod(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(I32_PROD, y, x, outer, n, inner, i32x4.splat(1));
}

export function i32_any(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(ANY, y, x, outer, n, inner, i32x4.splat(0));
}

export function i32_all(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  fold(ALL, y, x, outer, n, inner, i32x4.splat(1));
}

/** The first place of the best, or of the first NaN; `sign` −1 looks for the smallest. */
function argBest(y: usize, x: usize, outer: i32, n: i32, inner: i32, sign: f32): void {
  check(y, x, outer, n, inner);
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++, y += 4) {
      let p = x + (c << 2);
      let at = 0;
      let best: f32 = -Infinity;
      for (let i = 0; i < n; i++, p += step) {
        const v = load<f32>(p) * sign;
        if (v <= best) continue;
        best = v;
        at = i;
        if (v != v) break;
      }
      store<i32>(y, at);
    }
    x += n * inner << 2;
  }
}

export function i32_argmax_f32(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  argBest(y, x, outer, n, inner, 1);
}

export function i32_argmin_f32(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  argBest(y, x, outer, n, inner, -1);
}
