// Element-wise functions of one tensor: y = f(x) over n elements; y may be x.
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import {
  elu4, erf4, exp4, expm14, gelu4, geluTanh4, log1p4, log4, relu4, selu4, sigmoid4, silu4, softplus4, tanh4, zero,
} from "../lib/math";

// @ts-ignore: decorator
@inline
const NEG = 0;
// @ts-ignore: decorator
@inline
const ABS = 1;
// @ts-ignore: decorator
@inline
const SIGN = 2;
// @ts-ignore: decorator
@inline
const EXP = 3;
// @ts-ignore: decorator
@inline
const LOG = 4;
// @ts-ignore: decorator
@inline
const LOG1P = 5;
// @ts-ignore: decorator
@inline
const EXPM1 = 6;
// @ts-ignore: decorator
@inline
const SQRT = 7;
// @ts-ignore: decorator
@inline
const RSQRT = 8;
// @ts-ignore: decorator
@inline
const SQUARE = 9;
// @ts-ignore: decorator
@inline
const RECIPROCAL = 10;
// @ts-ignore: decorator
@inline
const FLOOR = 11;
// @ts-ignore: decorator
@inline
const CEIL = 12;
// @ts-ignore: decorator
@inline
const ROUND = 13;
// @ts-ignore: decorator
@inline
const SIGMOID = 14;
// @ts-ignore: decorator
@inline
const TANH = 15;
// @ts-ignore: decorator
@inline
const RELU = 16;
// @ts-ignore: decorator
@inline
const ELU = 17;
// @ts-ignore: decorator
@inline
const SELU = 18;
// @ts-ignore: decorator
@inline
const SOFTPLUS = 19;
// @ts-ignore: decorator
@inline
const SOFTSIGN = 20;
// @ts-ignore: decorator
@inline
const SILU = 21;
// @ts-ignore: decorator
@inline
const GELU = 22;
// @ts-ignore: decorator
@inline
const GELU_TANH = 23;
// @ts-ignore: decorator
@inline
const ERF = 24;
// @ts-ignore: decorator
@inline
const HARD_SIGMOID = 25;
// @ts-ignore: decorator
@inline
const LEAKY_RELU = 26;
// @ts-ignore: decorator
@inline
const CLIP = 27;

// @ts-ignore: decorator
@inline
function sign4(x: v128): v128 {
  const positive = v128.and(f32x4.gt(x, zero()), f32x4.splat(1));
  const negative = v128.and(f32x4.lt(x, zero()), f32x4.splat(-1));
  return v128.bitselect(v128.or(positive, negative), x, f32x4.eq(x, x));
}

// @ts-ignore: decorator
@inline
function hardSigmoid4(x: v128): v128 {
  const line = f32x4.add(f32x4.div(x, f32x4.splat(6)), f32x4.splat(0.5));
  return f32x4.pmin(f32x4.pmax(line, zero()), f32x4.splat(1));
}

/** The function `op`, a constant at every use, so that one line of this remains. */
// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128, p: v128, q: v128): v128 {
  if (op == NEG) return f32x4.neg(x);
  if (op == ABS) return f32x4.abs(x);
  if (op == SIGN) return sign4(x);
  if (op == EXP) return exp4(x);
  if (op == LOG) return log4(x);
  if (op == LOG1P) return log1p4(x);
  if (op == EXPM1) return expm14(x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (op == FLOOR) return f32x4.floor(x);
  if (op == CEIL) return f32x4.ceil(x);
  if (op == ROUND) return f32x4.nearest(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == TANH) return tanh4(x);
  if (op == RELU) return relu4(x);
  if (op == ELU) return elu4(x, p);
  if (op == SELU) return selu4(x);
  if (op == SOFTPLUS) return softplus4(x);
  if (op == SOFTSIGN) return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
  if (op == SILU) return silu4(x);
  if (op == GELU) return gelu4(x);
  if (op == GELU_TANH) return geluTanh4(x);
  if (op == ERF) return erf4(x);
  if (op == HARD_SIGMOID) return hardSigmoid4(x);
  if (op == LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, p), f32x4.gt(x, zero()));
  if (op == CLIP) return f32x4.pmin(f32x4.pmax(x, p), q);
  return x;
}

// @ts-ignore: decorator
@inline
function unary(op: i32, y: usize, x: usize, n: i32, p: f32 = 0, q: f32 = 0): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  const vp = f32x4.splat(p);
  const vq = f32x4.splat(q);
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo4(y, apply(op, loadUpTo4(x, n), vp, vq), n);
}

export function f32_neg(y: usize, x: usize, n: i32): void {
  unary(NEG, y, x, n);
}

export function f32_abs(y: usize, x: usize, n: i32): void {
  unary(ABS, y, x, n);
}

/** −1, 0 or 1; NaN stays. */
export function f32_sign(y: usize, x: usize, n: i32): void {
  unary(SIGN, y, x, n);
}

export function f32_exp(y: usize, x: usize, n: i32): void {
  unary(EXP, y, x, n);
}

export function f32_log(y: usize, x: usize, n: i32): void {
  unary(LOG, y, x, n);
}

export function f32_log1p(y: usize, x: usize, n: i32): void {
  unary(LOG1P, y, x, n);
}

export function f32_expm1(y: usize, x: usize, n: i32): void {
  unary(EXPM1, y, x, n);
}

export function f32_sqrt(y: usize, x: usize, n: i32): void {
  unary(SQRT, y, x, n);
}

/** 1/√x by two rounded operations. */
export function f32_rsqrt(y: usize, x: usize, n: i32): void {
  unary(RSQRT, y, x, n);
}

export function f32_square(y: usize, x: usize, n: i32): void {
  unary(SQUARE, y, x, n);
}

export function f32_reciprocal(y: usize, x: usize, n: i32): void {
  unary(RECIPROCAL, y, x, n);
}

export function f32_floor(y: usize, x: usize, n: i32): void {
  unary(FLOOR, y, x, n);
}

export function f32_ceil(y: usize, x: usize, n: i32): void {
  unary(CEIL, y, x, n);
}

/** To the nearest integer, halves to even. */
export function f32_round(y: usize, x: usize, n: i32): void {
  unary(ROUND, y, x, n);
}

export function f32_sigmoid(y: usize, x: usize, n: i32): void {
  unary(SIGMOID, y, x, n);
}

export function f32_tanh(y: usize, x: usize, n: i32): void {
  unary(TANH, y, x, n);
}

/** max(x, 0); NaN stays. */
export function f32_relu(y: usize, x: usize, n: i32): void {
  unary(RELU, y, x, n);
}

/** x where x > 0, else alpha·(e^x − 1). */
export function f32_elu(y: usize, x: usize, n: i32, alpha: f32): void {
  unary(ELU, y, x, n, alpha);
}

/** Self-normalising ELU with Keras's constants. */
export function f32_selu(y: usize, x: usize, n: i32): void {
  unary(SELU, y, x, n);
}

/** log(1 + e^x). */
export function f32_softplus(y: usize, x: usize, n: i32): void {
  unary(SOFTPLUS, y, x, n);
}

/** x/(1 + |x|). */
export function f32_softsign(y: usize, x: usize, n: i32): void {
  unary(SOFTSIGN, y, x, n);
}

/** x·sigmoid(x). */
export function f32_silu(y: usize, x: usize, n: i32): void {
  unary(SILU, y, x, n);
}

/** x·Φ(x) by the error function. */
export function f32_gelu(y: usize, x: usize, n: i32): void {
  unary(GELU, y, x, n);
}

/** The tanh approximation of gelu. */
export function f32_gelu_tanh(y: usize, x: usize, n: i32): void {
  unary(GELU_TANH, y, x, n);
}

export function f32_erf(y: usize, x: usize, n: i32): void {
  unary(ERF, y, x, n);
}

/** clip(x/6 + ½, 0, 1), as Keras 3 defines it. */
export function f32_hard_sigmoid(y: usize, x: usize, n: i32): void {
  unary(HARD_SIGMOID, y, x, n);
}

/** x where x > 0, else slope·x. */
export function f32_leaky_relu(y: usize, x: usize, n: i32, slope: f32): void {
  unary(LEAKY_RELU, y, x, n, slope);
}

/** min(max(x, lo), hi); NaN stays. */
export function f32_clip(y: usize, x: usize, n: i32, lo: f32, hi: f32): void {
  unary(CLIP, y, x, n, lo, hi);
}
