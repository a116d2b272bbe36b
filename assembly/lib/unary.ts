// The element-wise functions of one argument by number, four values at a time. Kernels that are memory-bound or slow anyway
// call this once a vector: the call costs about 1.5 ns, a copy of the loop for each would cost 100 bytes. The numbers 0 to 8
// are also those of the activations in an epilogue (lib/epilogue.ts).
import { acosh4, asinh4, atanh4, cosh4, sinh4 } from "./hyperbolic";
import {
  elu4, erf4, expCall, expm1Call, gelu4, geluTanh4, log1p4, logCall, relu4, selu4, sigmoidCall, silu4, softplus4, tanhCall,
  zero,
} from "./math";
import { lanes } from "./scalar";

// @ts-ignore: decorator
@inline
export const RELU = 1;
// @ts-ignore: decorator
@inline
export const SIGMOID = 2;
// @ts-ignore: decorator
@inline
export const TANH = 3;
// @ts-ignore: decorator
@inline
export const ELU = 4;
// @ts-ignore: decorator
@inline
export const SELU = 5;
// @ts-ignore: decorator
@inline
export const SOFTPLUS = 6;
// @ts-ignore: decorator
@inline
export const SILU = 7;
// @ts-ignore: decorator
@inline
export const GELU = 8;
// @ts-ignore: decorator
@inline
export const NEG = 9;
// @ts-ignore: decorator
@inline
export const ABS = 10;
// @ts-ignore: decorator
@inline
export const SIGN = 11;
// @ts-ignore: decorator
@inline
export const EXP = 12;
// @ts-ignore: decorator
@inline
export const LOG = 13;
// @ts-ignore: decorator
@inline
export const LOG1P = 14;
// @ts-ignore: decorator
@inline
export const EXPM1 = 15;
// @ts-ignore: decorator
@inline
export const SQRT = 16;
// @ts-ignore: decorator
@inline
export const RSQRT = 17;
// @ts-ignore: decorator
@inline
export const SQUARE = 18;
// @ts-ignore: decorator
@inline
export const RECIPROCAL = 19;
// @ts-ignore: decorator
@inline
export const FLOOR = 20;
// @ts-ignore: decorator
@inline
export const CEIL = 21;
// @ts-ignore: decorator
@inline
export const ROUND = 22;
// @ts-ignore: decorator
@inline
export const SOFTSIGN = 23;
// @ts-ignore: decorator
@inline
export const GELU_TANH = 24;
// @ts-ignore: decorator
@inline
export const ERF = 25;
// @ts-ignore: decorator
@inline
export const HARD_SIGMOID = 26;
// @ts-ignore: decorator
@inline
export const LEAKY_RELU = 27;
// @ts-ignore: decorator
@inline
export const CLIP = 28;
// 29 to 34 are the functions of lib/scalar.ts.
// @ts-ignore: decorator
@inline
export const SINH = 41;
// @ts-ignore: decorator
@inline
export const COSH = 42;
// @ts-ignore: decorator
@inline
export const ASINH = 43;
// @ts-ignore: decorator
@inline
export const ACOSH = 44;
// @ts-ignore: decorator
@inline
export const ATANH = 45;

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

/** Function number `op` of x; p and q are its parameters, where it has any. */
export function unary4(op: i32, x: v128, p: v128, q: v128): v128 {
  switch (op) {
    case RELU:
      return relu4(x);
    case SIGMOID:
      return sigmoidCall(x);
    case TANH:
      return tanhCall(x);
    case ELU:
      return elu4(x, p);
    case SELU:
      return selu4(x);
    case SOFTPLUS:
      return softplus4(x);
    case SILU:
      return silu4(x);
    case GELU:
      return gelu4(x);
    case NEG:
      return f32x4.neg(x);
    case ABS:
      return f32x4.abs(x);
    case SIGN:
      return sign4(x);
    case EXP:
      return expCall(x);
    case LOG:
      return logCall(x);
    case LOG1P:
      return log1p4(x);
    case EXPM1:
      return expm1Call(x);
    case SQRT:
      return f32x4.sqrt(x);
    case RSQRT:
      return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
    case SQUARE:
      return f32x4.mul(x, x);
    case RECIPROCAL:
      return f32x4.div(f32x4.splat(1), x);
    case FLOOR:
      return f32x4.floor(x);
    case CEIL:
      return f32x4.ceil(x);
    case ROUND:
      return f32x4.nearest(x);
    case SOFTSIGN:
      return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
    case GELU_TANH:
      return geluTanh4(x);
    case ERF:
      return erf4(x);
    case HARD_SIGMOID:
      return hardSigmoid4(x);
    case LEAKY_RELU:
      return v128.bitselect(x, f32x4.mul(x, p), f32x4.gt(x, zero()));
    case CLIP:
      return f32x4.pmin(f32x4.pmax(x, p), q);
    case SINH:
      return sinh4(x);
    case COSH:
      return cosh4(x);
    case ASINH:
      return asinh4(x);
    case ACOSH:
      return acosh4(x);
    case ATANH:
      return atanh4(x);
    default:
      return lanes(op, x, x);
  }
}
