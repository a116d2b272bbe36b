// Vector forms of the transcendental functions, four float32 at a time. Each states its largest error in units in the last
// place (ULP) over all finite arguments; test/kernels/math-accuracy.test.ts measures it. Limits are exact: exp(−Inf) = 0,
// exp(89) = Inf, log(0) = −Inf, and a NaN stays a NaN (hence the order of operands of pmin and pmax: they keep the first).
// Results are the same bits in every kernel which uses them. Polynomials are our own minimax fits (weighted for relative
// error); coefficients stand lowest power first.
import { constant, madd, nmadd } from "./simd";

// exp: the range of arguments, log2(e), 1.5·2^23 (adding it rounds to an integer), log(2) in two parts (the first has 10
// bits, so that n·LN2_HIGH is exact), then (e^r − 1 − r)/r² on |r| <= log(2)/2, relative error 1.4e-8.
const EXP = memory.data<f32>([
  -104.0, 89.0, 1.44269504, 12582912.0, 0.693359375, -2.12194440e-4,
  0.5000000062, 0.1666654278, 0.04166628163, 0.008366612163, 0.001394647933,
  -18.0, 1.0, 2.0, 0.5,
]);
// log: the smallest normal number, 2^25, then log(2) in two parts, then R(z)/z, where
// log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) and s = f/(2 + f).
const LOG = memory.data<f32>([
  1.17549435e-38, 33554432.0, 0.693359375, -2.12194440e-4, 0.6666677177, 0.3997803503, 0.2985987093,
]);
// erf: (erf(x) − x)/x in powers of x² for |x| < 0.93; then log(erfc(t)) in powers of t up to 4, where erf is 1.
const ERF = memory.data<f32>([
  0.1283791479, -0.3761248154, 0.1128168538, -0.0267617943, 0.0049860261, -0.0005954099159,
  -0.0002069652269, -1.127627591, -0.637265412, -0.1038566924, 0.0221899402, -0.003033736152, 0.0001949515178,
  0.93, 4.0, 0.70710678, 0.5, 1.0,
]);
// selu: scale, scale·alpha.  gelu_tanh: 2·sqrt(2/π), 0.044715, 3·0.044715.  gelu': 1/sqrt(2π), −1/2.  erf': 2/sqrt(π).
const CONSTANTS = memory.data<f32>([
  1.05070098735548, 1.7580993408473766, 1.5957691216, 0.044715, 0.134145, 0.3989422804, -0.5, 1.1283791671,
]);

// Masks and bits: the bits of √½, the fraction of a number, 25, Inf, −Inf, the sign.
const BITS = memory.data<i32>([0x3f3504f3, 0x7fffff, 25, 0x7f800000, <i32>0xff800000, <i32>0x80000000]);

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return i32x4.splat(0);
}

/** max(x, 0) which keeps NaN; −0 stays −0. */
// @ts-ignore: decorator
@inline
export function relu4(x: v128): v128 {
  return f32x4.pmax(x, zero());
}

/** x with n·log(2) taken away, n given; |result| <= log(2)/2. */
// @ts-ignore: decorator
@inline
function reduceExp(x: v128, n: v128): v128 {
  return nmadd(n, constant(EXP, 5), nmadd(n, constant(EXP, 4), x));
}

/** e^r − 1 on the reduced range. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = constant(EXP, 10);
  p = madd(p, r, constant(EXP, 9));
  p = madd(p, r, constant(EXP, 8));
  p = madd(p, r, constant(EXP, 7));
  p = madd(p, r, constant(EXP, 6));
  return madd(f32x4.mul(r, r), p, r);
}

/** e^x. ULP <= 1 (subnormal results: within one step of theirs). */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(EXP, 0)), constant(EXP, 1));
  const t = madd(x, constant(EXP, 2), constant(EXP, 3));
  const r = reduceExp(x, f32x4.sub(t, constant(EXP, 3)));
  const p = f32x4.add(constant(EXP, 12), expm1Reduced(r));
  // The low bits of t are those of n, and 2^n has the bits (n << 23) + bits of 1. In two factors, since n goes from −150
  // to 128: the second multiplication rounds to a subnormal or to Inf.
  const half = i32x4.shl(i32x4.shr_s(t, 1), 23);
  const rest = i32x4.sub(i32x4.shl(t, 23), half);
  const one = constant(EXP, 12);
  return f32x4.mul(f32x4.mul(p, i32x4.add(half, one)), i32x4.add(rest, one));
}

/** exp4 for callers where a call costs less than one more copy of the code. */
export function expCall(x: v128): v128 {
  return exp4(x);
}

/** e^x − 1, also near 0. ULP <= 2. */
// @ts-ignore: decorator
@inline
function expm14(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(EXP, 11)), constant(EXP, 1));
  const t = madd(x, constant(EXP, 2), constant(EXP, 3));
  const q = expm1Reduced(reduceExp(x, f32x4.sub(t, constant(EXP, 3))));
  // 2·(s·q + (s − ½)) with s = 2^(n−1), since 2^128 is not a number.
  const s = i32x4.add(i32x4.shl(t, 23), constant(EXP, 14));
  const y = madd(s, q, f32x4.sub(s, constant(EXP, 14)));
  return f32x4.add(y, y);
}

export function expm1Call(x: v128): v128 {
  return expm14(x);
}

/** log(x); log(0) = −Inf, NaN below 0. ULP <= 1. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, constant(LOG, 0));
  const scaled = v128.bitselect(f32x4.mul(x, constant(LOG, 1)), x, tiny);
  const bits = i32x4.sub(scaled, constant(BITS, 0));
  const n = i32x4.sub(i32x4.shr_s(bits, 23), v128.and(tiny, constant(BITS, 2)));
  const e = f32x4.convert_i32x4_s(n);
  const m = i32x4.add(v128.and(bits, constant(BITS, 1)), constant(BITS, 0));
  const f = f32x4.sub(m, constant(EXP, 12));
  const s = f32x4.div(f, f32x4.add(constant(EXP, 13), f));
  const z = f32x4.mul(s, s);
  const r = f32x4.mul(z, madd(madd(constant(LOG, 6), z, constant(LOG, 5)), z, constant(LOG, 4)));
  const h = f32x4.mul(f32x4.mul(f, f), constant(EXP, 14));
  const low = madd(s, f32x4.add(h, r), f32x4.mul(e, constant(LOG, 3)));
  let y = madd(e, constant(LOG, 2), f32x4.sub(f, f32x4.sub(h, low)));
  y = v128.bitselect(y, x, f32x4.lt(x, constant(BITS, 3))); // Inf and NaN stay
  y = v128.or(y, f32x4.lt(x, zero())); // all bits set is a NaN
  return v128.bitselect(constant(BITS, 4), y, f32x4.eq(x, zero()));
}

export function logCall(x: v128): v128 {
  return log4(x);
}

/** log(1 + x), also near 0. ULP <= 2. */
export function log1p4(x: v128): v128 {
  const u = f32x4.add(constant(EXP, 12), x);
  // What rounding 1 + x lost, to first order; nothing where u is 0, Inf or NaN.
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, constant(EXP, 12))), u);
  const regular = v128.and(f32x4.gt(u, zero()), f32x4.lt(u, constant(BITS, 3)));
  return f32x4.add(logCall(u), v128.and(lost, regular));
}

/** −|x|. */
// @ts-ignore: decorator
@inline
export function negativeAbs(x: v128): v128 {
  return v128.or(x, constant(BITS, 5));
}

/** |magnitude| with the sign of `x`; magnitude must not be negative. */
// @ts-ignore: decorator
@inline
export function withSign(magnitude: v128, x: v128): v128 {
  return v128.or(magnitude, v128.and(x, constant(BITS, 5)));
}

/** 1/(1 + e^−x). ULP <= 3. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = constant(EXP, 12);
  const e = exp4(negativeAbs(x));
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, zero())), f32x4.add(one, e));
}

export function sigmoidCall(x: v128): v128 {
  return sigmoid4(x);
}

/** Hyperbolic tangent. ULP <= 3. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const low = negativeAbs(x);
  const t = expm14(f32x4.add(low, low));
  return withSign(f32x4.abs(f32x4.div(t, f32x4.add(t, constant(EXP, 13)))), x);
}

export function tanhCall(x: v128): v128 {
  return tanh4(x);
}

/** Error function. ULP <= 2. */
export function erf4(x: v128): v128 {
  const t = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let small = constant(ERF, 5);
  for (let i = 4; i >= 0; i--) small = madd(small, z, constant(ERF, i));
  small = madd(small, x, x);
  const u = f32x4.pmin(t, constant(ERF, 14));
  let large = constant(ERF, 12);
  for (let i = 11; i >= 6; i--) large = madd(large, u, constant(ERF, i));
  large = withSign(f32x4.sub(constant(ERF, 17), expCall(large)), x);
  return v128.bitselect(small, large, f32x4.lt(t, constant(ERF, 13)));
}

/** log(1 + e^x). ULP <= 2. */
export function softplus4(x: v128): v128 {
  return f32x4.add(relu4(x), log1p4(expCall(negativeAbs(x))));
}

/** x where x > 0, else alpha·(e^x − 1). */
export function elu4(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(alpha, expm1Call(x)), f32x4.gt(x, zero()));
}

export function selu4(x: v128): v128 {
  const positive = f32x4.mul(constant(CONSTANTS, 0), x);
  return v128.bitselect(positive, f32x4.mul(constant(CONSTANTS, 1), expm1Call(x)), f32x4.gt(x, zero()));
}

/** x·sigmoid(x). */
export function silu4(x: v128): v128 {
  return f32x4.mul(x, sigmoidCall(x));
}

/** Φ(x) = (1 + erf(x/√2))/2. Absolute error 1e-7. */
export function normalCdf4(x: v128): v128 {
  const half = constant(ERF, 16);
  return madd(half, erf4(f32x4.mul(x, constant(ERF, 15))), half);
}

/** x·Φ(x). */
export function gelu4(x: v128): v128 {
  return f32x4.mul(x, normalCdf4(x));
}

/** d gelu(x) / dx = Φ(x) + x·φ(x). */
export function geluSlope4(x: v128): v128 {
  const density = f32x4.mul(constant(CONSTANTS, 5), expCall(f32x4.mul(constant(CONSTANTS, 6), f32x4.mul(x, x))));
  return madd(x, density, normalCdf4(x));
}

/** ½(1 + tanh(u)) = sigmoid(2u) for u = √(2/π)·(x + 0.044715·x³): no cancellation where tanh is near −1. */
// @ts-ignore: decorator
@inline
function geluGate(x: v128): v128 {
  const cubic = madd(f32x4.mul(x, constant(CONSTANTS, 3)), f32x4.mul(x, x), x);
  return sigmoidCall(f32x4.mul(constant(CONSTANTS, 2), cubic));
}

/** The tanh form of gelu. */
export function geluTanh4(x: v128): v128 {
  return f32x4.mul(x, geluGate(x));
}

/** Its derivative: s·(1 + x·(1 − s)·2u′), s = sigmoid(2u). */
export function geluTanhSlope4(x: v128): v128 {
  const one = constant(ERF, 17);
  const s = geluGate(x);
  const inner = f32x4.mul(constant(CONSTANTS, 2), madd(constant(CONSTANTS, 4), f32x4.mul(x, x), one));
  return f32x4.mul(s, madd(f32x4.mul(x, f32x4.sub(one, s)), inner, one));
}

/** d silu(x) / dx = σ·(1 + x·(1 − σ)). */
export function siluSlope4(x: v128): v128 {
  const one = constant(EXP, 12);
  const s = sigmoidCall(x);
  return f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
}

/** d erf(x) / dx = 2/√π·e^(−x²). */
export function erfSlope4(x: v128): v128 {
  return f32x4.mul(constant(CONSTANTS, 7), expCall(f32x4.neg(f32x4.mul(x, x))));
}

/** d selu / dx from the output y: scale where y > 0, else y + scale·alpha. */
export function seluSlopeOfOutput4(y: v128): v128 {
  return v128.bitselect(constant(CONSTANTS, 0), f32x4.add(y, constant(CONSTANTS, 1)), f32x4.gt(y, zero()));
}
