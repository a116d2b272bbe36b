// Element-wise functions of one tensor: y = f(x) over n elements; y may be x. Those which networks run most have their own
// loop; the others share one.
// @split-each n/64
import { exp4, log4, relu4, sigmoid4, tanh4 } from "../lib/math";
import { ACOS, ASIN, ATAN, COS, SIN, TAN } from "../lib/scalar";
import { loadPart, storePart } from "../lib/simd";
import {
  ABS, ACOSH, ASINH, ATANH, CEIL, CLIP, COSH, ELU, ERF, EXP, EXPM1, FLOOR, GELU, GELU_TANH, HARD_SIGMOID, LEAKY_RELU, LOG, LOG1P, NEG,
  RECIPROCAL, RELU, ROUND, RSQRT, SELU, SIGMOID, SIGN, SILU, SINH, SOFTPLUS, SOFTSIGN, SQRT, SQUARE, TANH, unary4,
} from "../lib/unary";

function unary(op: i32, y: usize, x: usize, n: i32, p: f32, q: f32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  const vp = f32x4.splat(p);
  const vq = f32x4.splat(q);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, unary4(op, v128.load(x), vp, vq));
  if (n > 0) storePart(y, unary4(op, loadPart(x, n), vp, vq), n);
}

export function f32_exp(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, exp4(v128.load(x)));
  unary(EXP, y, x, n, 0, 0);
}

export function f32_log(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, log4(v128.load(x)));
  unary(LOG, y, x, n, 0, 0);
}

export function f32_sigmoid(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
  unary(SIGMOID, y, x, n, 0, 0);
}

export function f32_tanh(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
  unary(TANH, y, x, n, 0, 0);
}

export function f32_relu(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, relu4(v128.load(x)));
  unary(RELU, y, x, n, 0, 0);
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
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, f32x4.neg(v128.load(x)));
  unary(NEG, y, x, n, 0, 0);
}

export function f32_abs(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, f32x4.abs(v128.load(x)));
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

export function f32_sin(y: usize, x: usize, n: i32): void {
  unary(SIN, y, x, n, 0, 0);
}

export function f32_cos(y: usize, x: usize, n: i32): void {
  unary(COS, y, x, n, 0, 0);
}

export function f32_tan(y: usize, x: usize, n: i32): void {
  unary(TAN, y, x, n, 0, 0);
}

/** NaN outside [−1, 1]. */
export function f32_asin(y: usize, x: usize, n: i32): void {
  unary(ASIN, y, x, n, 0, 0);
}

/** NaN outside [−1, 1]. */
export function f32_acos(y: usize, x: usize, n: i32): void {
  unary(ACOS, y, x, n, 0, 0);
}

export function f32_atan(y: usize, x: usize, n: i32): void {
  unary(ATAN, y, x, n, 0, 0);
}

export function f32_sinh(y: usize, x: usize, n: i32): void {
  unary(SINH, y, x, n, 0, 0);
}

export function f32_cosh(y: usize, x: usize, n: i32): void {
  unary(COSH, y, x, n, 0, 0);
}

export function f32_asinh(y: usize, x: usize, n: i32): void {
  unary(ASINH, y, x, n, 0, 0);
}

/** NaN below 1. */
export function f32_acosh(y: usize, x: usize, n: i32): void {
  unary(ACOSH, y, x, n, 0, 0);
}

/** NaN outside [−1, 1]. */
export function f32_atanh(y: usize, x: usize, n: i32): void {
  unary(ATANH, y, x, n, 0, 0);
}
