// Gradients of element-wise functions: dx = dy·f'(…), from the input x or from the output y, whichever is cheaper; dx may
// be dy. The last lines of each formula in math.ts say how the slope is found.
// @split-each n/64
import { loadPart, nmadd, storePart } from "../lib/simd";
import {
  erfSlope4, geluSlope4, geluTanhSlope4, seluSlopeOfOutput4, sigmoidCall, siluSlope4, zero,
} from "../lib/math";

// @ts-ignore: decorator
@inline
const RELU = 0;
// @ts-ignore: decorator
@inline
const SIGMOID = 1;
// @ts-ignore: decorator
@inline
const TANH = 2;
// @ts-ignore: decorator
@inline
const ELU = 3;
// @ts-ignore: decorator
@inline
const CLIP = 4;
// @ts-ignore: decorator
@inline
const SOFTPLUS = 5;
// @ts-ignore: decorator
@inline
const LEAKY_RELU = 6;
// @ts-ignore: decorator
@inline
const ERF = 7;
// @ts-ignore: decorator
@inline
const GELU = 8;
// @ts-ignore: decorator
@inline
const GELU_TANH = 9;
// @ts-ignore: decorator
@inline
const SILU = 10;
// @ts-ignore: decorator
@inline
const SELU = 11;

/** dy times the slope of function number `op`. `x` is the input or the output of the function. */
function gradient4(op: i32, dy: v128, x: v128, p: v128, q: v128): v128 {
  switch (op) {
    case RELU:
      return v128.and(dy, f32x4.gt(x, zero()));
    case SIGMOID:
      return f32x4.mul(f32x4.mul(dy, x), f32x4.sub(f32x4.splat(1), x));
    case TANH:
      return f32x4.mul(dy, nmadd(x, x, f32x4.splat(1)));
    case ELU:
      return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(x, p)), f32x4.gt(x, zero()));
    case CLIP:
      dy = v128.bitselect(f32x4.mul(dy, f32x4.splat(0.5)), dy, v128.or(f32x4.eq(x, p), f32x4.eq(x, q)));
      return v128.and(dy, v128.and(f32x4.ge(x, p), f32x4.le(x, q)));
    case SOFTPLUS:
      return f32x4.mul(dy, sigmoidCall(x));
    case LEAKY_RELU:
      return v128.bitselect(dy, f32x4.mul(dy, p), f32x4.ge(x, zero()));
    case ERF:
      return f32x4.mul(dy, erfSlope4(x));
    case GELU:
      return f32x4.mul(dy, geluSlope4(x));
    case GELU_TANH:
      return f32x4.mul(dy, geluTanhSlope4(x));
    case SILU:
      return f32x4.mul(dy, siluSlope4(x));
    case SELU:
      return f32x4.mul(dy, seluSlopeOfOutput4(x));
    default:
      return dy;
  }
}

function gradient(op: i32, dx: usize, dy: usize, x: usize, n: i32, p: f32, q: f32): void {
  assert(n >= 0 && (dx & 3) == 0 && (dy & 3) == 0 && (x & 3) == 0);
  const vp = f32x4.splat(p);
  const vq = f32x4.splat(q);
  for (; n >= 4; n -= 4, dx += 16, dy += 16, x += 16) {
    v128.store(dx, gradient4(op, v128.load(dy), v128.load(x), vp, vq));
  }
  if (n > 0) storePart(dx, gradient4(op, loadPart(dy, n), loadPart(x, n), vp, vq), n);
}

/** dy where y > 0, else 0. */
export function f32_relu_grad(dx: usize, dy: usize, y: usize, n: i32): void {
  assert(n >= 0 && (dx & 3) == 0 && (dy & 3) == 0 && (y & 3) == 0);
  for (; n >= 4; n -= 4, dx += 16, dy += 16, y += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero())));
  }
  gradient(RELU, dx, dy, y, n, 0, 0);
}

/** dy·y·(1 − y). */
export function f32_sigmoid_grad(dx: usize, dy: usize, y: usize, n: i32): void {
  gradient(SIGMOID, dx, dy, y, n, 0, 0);
}

/** dy·(1 − y²). */
export function f32_tanh_grad(dx: usize, dy: usize, y: usize, n: i32): void {
  gradient(TANH, dx, dy, y, n, 0, 0);
}

/** dy where y > 0, else dy·(y + alpha). */
export function f32_elu_grad(dx: usize, dy: usize, y: usize, n: i32, alpha: f32): void {
  gradient(ELU, dx, dy, y, n, alpha, 0);
}

/** dy where lo < x < hi, dy/2 at lo and hi, else 0. */
export function f32_clip_grad(dx: usize, dy: usize, x: usize, n: i32, lo: f32, hi: f32): void {
  gradient(CLIP, dx, dy, x, n, lo, hi);
}

/** dy·sigmoid(x). */
export function f32_softplus_grad(dx: usize, dy: usize, x: usize, n: i32): void {
  gradient(SOFTPLUS, dx, dy, x, n, 0, 0);
}

/** dy where x > 0, else slope·dy. */
export function f32_leaky_relu_grad(dx: usize, dy: usize, x: usize, n: i32, slope: f32): void {
  gradient(LEAKY_RELU, dx, dy, x, n, slope, 0);
}

/** dy·2/√π·e^(−x²). */
export function f32_erf_grad(dx: usize, dy: usize, x: usize, n: i32): void {
  gradient(ERF, dx, dy, x, n, 0, 0);
}

/** dy·(Φ(x) + x·φ(x)). */
export function f32_gelu_grad(dx: usize, dy: usize, x: usize, n: i32): void {
  gradient(GELU, dx, dy, x, n, 0, 0);
}

/** Of the tanh form. */
export function f32_gelu_tanh_grad(dx: usize, dy: usize, x: usize, n: i32): void {
  gradient(GELU_TANH, dx, dy, x, n, 0, 0);
}

/** dy·σ·(1 + x·(1 − σ)). */
export function f32_silu_grad(dx: usize, dy: usize, x: usize, n: i32): void {
  gradient(SILU, dx, dy, x, n, 0, 0);
}

/** From the output y. */
export function f32_selu_grad(dx: usize, dy: usize, y: usize, n: i32): void {
  gradient(SELU, dx, dy, y, n, 0, 0);
}
