// Conversions between element types; y may be x. Truth values are i32 0 or 1.
// @split-each n/64
import { loadPart, storePart } from "../lib/simd";

// @ts-ignore: decorator
@inline
function check(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
}

export function f32_from_i32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, f32x4.convert_i32x4_s(v128.load(x)));
  if (n > 0) storePart(y, f32x4.convert_i32x4_s(loadPart(x, n)), n);
}

export function f32_from_u32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, f32x4.convert_i32x4_u(v128.load(x)));
  if (n > 0) storePart(y, f32x4.convert_i32x4_u(loadPart(x, n)), n);
}

/** Toward zero; values outside the range take its ends, NaN gives 0. */
export function i32_from_f32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, i32x4.trunc_sat_f32x4_s(v128.load(x)));
  if (n > 0) storePart(y, i32x4.trunc_sat_f32x4_s(loadPart(x, n)), n);
}

/** Likewise: what is negative gives 0. */
export function u32_from_f32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, i32x4.trunc_sat_f32x4_u(v128.load(x)));
  if (n > 0) storePart(y, i32x4.trunc_sat_f32x4_u(loadPart(x, n)), n);
}

/** 1 where x is not 0 (so also for NaN). */
export function bool_from_f32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, i32x4.neg(f32x4.ne(v128.load(x), f32x4.splat(0))));
  if (n > 0) storePart(y, i32x4.neg(f32x4.ne(loadPart(x, n), f32x4.splat(0))), n);
}

export function bool_from_i32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, i32x4.neg(i32x4.ne(v128.load(x), i32x4.splat(0))));
  if (n > 0) storePart(y, i32x4.neg(i32x4.ne(loadPart(x, n), i32x4.splat(0))), n);
}
