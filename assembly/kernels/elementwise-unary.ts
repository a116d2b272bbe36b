// Element-wise functions of one tensor: y = f(x) over n elements; y may be x. Those which networks run most have their own
// loop; the others share one.
import { exp4, log4, relu4, sigmoid4, tanh4 } from "../lib/math";
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import {
  ABS, CEIL, CLIP, ELU, ERF, EXPM1, FLOOR, GELU, GELU_TANH, HARD_SIGMOID, LEAKY_RELU, LOG1P, NEG, RECIPROCAL, ROUND,
  RSQRT, SELU, SIGN, SILU, SOFTPLUS, SOFTSIGN, SQRT, SQUARE, unary4,
} from "../lib/unary";

function unary(op: i32, y: usize, x: usize, n: i32, p: f32, q: f32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  const vp = f32x4.splat(p);
  const vq = f32x4.splat(q);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, unary4(op, loadUpTo4(x, n), vp, vq), n);
}

export function f32_exp(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, exp4(loadUpTo4(x, n)), n);
}

export function f32_log(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, log4(loadUpTo4(x, n)), n);
}

export function f32_sigmoid(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, sigmoid4(loadUpTo4(x, n)), n);
}

export function f32_tanh(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, tanh4(loadUpTo4(x, n)), n);
}

export function f32_relu(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, relu4(loadUpTo4(x, n)), n);
}

/** x where x > 0, else alpha·(e^x − 1). */
export function f32_elu(y: usize, x: usize, n: i32, alpha: f32): void {
  unary(ELU, y, x, n, alpha, 0);
}

/** Self-normalising ELU with Keras's constants. */
export function f32_selu(y: usize, x: usize, n: i32): void {
  unary(SELU, y, x, n, 0, 0);
}

/** log(1 + e^x). */
export function f32_softplus(y: usize, x: usize, n: i32): void {
  unary(SOFTPLUS, y, x, n, 0, 0);
}

/** x·sigmoid(x). */
export function f32_silu(y: usize, x: usize, n: i32): void {
  unary(SILU, y, x, n, 0, 0);
}

/** x·Φ(x) by the error function. */
export function f32_gelu(y: usize, x: usize, n: i32): void {
  unary(GELU, y, x, n, 0, 0);
}

export function f32_neg(y: usize, x: usize, n: i32): void {
  unary(NEG, y, x, n, 0, 0);
}

export function f32_abs(y: usize, x: usize, n: i32): void {
  unary(ABS, y, x, n, 0, 0);
}

/** −1, 0 or 1; NaN stays. */
export function f32_sign(y: usize, x: usize, n: i32): void {
  unary(SIGN, y, x, n, 0, 0);
}

/** log(1 + x), also near 0. */
export function f32_log1p(y: usize, x: usize, n: i32): void {
  unary(LOG1P, y, x, n, 0, 0);
}

/** e^x − 1, also near 0. */
export function f32_expm1(y: usize, x: usize, n: i32): void {
  unary(EXPM1, y, x, n, 0, 0);
}

export function f32_sqrt(y: usize, x: usize, n: i32): void {
  unary(SQRT, y, x, n, 0, 0);
}

/** 1/√x by two rounded operations. */
export function f32_rsqrt(y: usize, x: usize, n: i32): void {
  unary(RSQRT, y, x, n, 0, 0);
}

export function f32_square(y: usize, x: usize, n: i32): void {
  unary(SQUARE, y, x, n, 0, 0);
}

export function f32_reciprocal(y: usize, x: usize, n: i32): void {
  unary(RECIPROCAL, y, x, n, 0, 0);
}

export function f32_floor(y: usize, x: usize, n: i32): void {
  unary(FLOOR, y, x, n, 0, 0);
}

export function f32_ceil(y: usize, x: usize, n: i32): void {
  unary(CEIL, y, x, n, 0, 0);
}

/** To the nearest integer, halves to even. */
export function f32_round(y: usize, x: usize, n: i32): void {
  unary(ROUND, y, x, n, 0, 0);
}

/** x/(1 + |x|). */
export function f32_softsign(y: usize, x: usize, n: i32): void {
  unary(SOFTSIGN, y, x, n, 0, 0);
}

/** The tanh approximation of gelu. */
export function f32_gelu_tanh(y: usize, x: usize, n: i32): void {
  unary(GELU_TANH, y, x, n, 0, 0);
}

/** The error function. */
export function f32_erf(y: usize, x: usize, n: i32): void {
  unary(ERF, y, x, n, 0, 0);
}

/** clip(x/6 + ½, 0, 1), as Keras 3 defines it. */
export function f32_hard_sigmoid(y: usize, x: usize, n: i32): void {
  unary(HARD_SIGMOID, y, x, n, 0, 0);
}

/** x where x > 0, else slope·x. */
export function f32_leaky_relu(y: usize, x: usize, n: i32, slope: f32): void {
  unary(LEAKY_RELU, y, x, n, slope, 0);
}

/** min(max(x, lo), hi); NaN stays. */
export function f32_clip(y: usize, x: usize, n: i32, lo: f32, hi: f32): void {
  unary(CLIP, y, x, n, lo, hi);
}
