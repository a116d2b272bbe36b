// Conversions between element types; y may be x. Truth values are i32 0 or 1.
import { loadUpTo4, storeUpTo4 } from "../lib/simd";

// @ts-ignore: decorator
@inline
function check(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
}

export function f32_from_i32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, f32x4.convert_i32x4_s(loadUpTo4(x, n)), n);
}

export function f32_from_u32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, f32x4.convert_i32x4_u(loadUpTo4(x, n)), n);
}

export function f32_from_bool(y: usize, x: usize, n: i32): void {
  f32_from_i32(y, x, n);
}

/** Toward zero; values outside the range take its ends, NaN gives 0. */
export function i32_from_f32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, i32x4.trunc_sat_f32x4_s(loadUpTo4(x, n)), n);
}

/** 1 where x is not 0 (so also for NaN). */
export function bool_from_f32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n > 0; n -= 4, x += 16, y += 16) {
    storeUpTo4(y, i32x4.neg(f32x4.ne(loadUpTo4(x, n), f32x4.splat(0))), n);
  }
}

export function bool_from_i32(y: usize, x: usize, n: i32): void {
  check(y, x, n);
  for (; n > 0; n -= 4, x += 16, y += 16) {
    storeUpTo4(y, i32x4.neg(i32x4.ne(loadUpTo4(x, n), i32x4.splat(0))), n);
  }
}
