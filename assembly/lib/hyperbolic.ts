// Hyperbolic functions from exp, expm1 and log1p, four float32 at a time; ULP <= 4.
import { expCall, expm1Call, log1p4, withSign } from "./math";

// @ts-ignore: decorator
@inline
function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** e^|x|/2 by the square of e^(|x|/2), which is finite wherever the result is. */
// @ts-ignore: decorator
@inline
function halfExp(x: v128): v128 {
  const root = expCall(f32x4.mul(f32x4.abs(x), splat(0.5)));
  return f32x4.mul(f32x4.mul(root, splat(0.5)), root);
}

export function cosh4(x: v128): v128 {
  const h = halfExp(x);
  return f32x4.add(h, f32x4.div(splat(0.25), h));
}

export function sinh4(x: v128): v128 {
  const h = halfExp(x);
  const large = f32x4.sub(h, f32x4.div(splat(0.25), h));
  const e = expm1Call(f32x4.abs(x));
  const small = f32x4.mul(splat(0.5), f32x4.add(e, f32x4.div(e, f32x4.add(e, splat(1)))));
  return withSign(v128.bitselect(small, large, f32x4.lt(f32x4.abs(x), splat(1))), x);
}

/** ln(1 + u), or where x² + 1 = x² and so ln(1 + u) = ln(2x) that, since u may be too large to be a number. */
function logOf(u: v128, x: v128): v128 {
  const huge = f32x4.gt(x, splat(1073741824));
  return f32x4.add(log1p4(v128.bitselect(x, u, huge)), v128.and(huge, splat(0.6931472)));
}

export function asinh4(x: v128): v128 {
  const a = f32x4.abs(x);
  const square = f32x4.mul(a, a);
  const root = f32x4.sqrt(f32x4.add(square, splat(1)));
  const u = f32x4.add(a, f32x4.div(square, f32x4.add(root, splat(1))));
  return withSign(logOf(u, a), x);
}

/** NaN below 1. */
export function acosh4(x: v128): v128 {
  const t = f32x4.sub(x, splat(1));
  const u = f32x4.add(t, f32x4.mul(f32x4.sqrt(t), f32x4.sqrt(f32x4.add(t, splat(2)))));
  return logOf(u, x);
}

/** Infinite at ±1, NaN beyond. */
export function atanh4(x: v128): v128 {
  const a = f32x4.abs(x);
  const u = f32x4.div(f32x4.add(a, a), f32x4.sub(splat(1), a));
  return withSign(f32x4.mul(splat(0.5), log1p4(u)), x);
}
