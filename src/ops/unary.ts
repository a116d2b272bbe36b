import { likeFirst, type NoAttrs, type Op, op, unaryOp } from "./define.ts";

export const negOp: Op<NoAttrs> = unaryOp("neg", ({ grads: [dy] }) => [dy!.neg()]);
export const absOp: Op<NoAttrs> = unaryOp(
  "abs",
  // 1 at 0, as JAX has it
  ({ inputs: [x], grads: [dy] }) => [dy!.where(x!.greaterEqual(0), dy!.neg())],
);
export const signOp: Op<NoAttrs> = unaryOp("sign", null);
export const expOp: Op<NoAttrs> = unaryOp("exp", ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!)]);
export const logOp: Op<NoAttrs> = unaryOp("log", ({ inputs: [x], grads: [dy] }) => [dy!.div(x!)]);
export const log1pOp: Op<NoAttrs> = unaryOp("log1p", ({ inputs: [x], grads: [dy] }) => [dy!.div(x!.add(1))]);
export const expm1Op: Op<NoAttrs> = unaryOp("expm1", ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!.add(1))]);
export const sqrtOp: Op<NoAttrs> = unaryOp("sqrt", ({ outputs: [y], grads: [dy] }) => [dy!.mul(0.5).div(y!)]);
export const rsqrtOp: Op<NoAttrs> = unaryOp("rsqrt", ({ inputs: [x], outputs: [y], grads: [dy] }) => [
  dy!.mul(-0.5).mul(y!).div(x!),
]);
export const squareOp: Op<NoAttrs> = unaryOp("square", ({ inputs: [x], grads: [dy] }) => [dy!.mul(x!).mul(2)]);
export const reciprocalOp: Op<NoAttrs> = unaryOp("reciprocal", ({ outputs: [y], grads: [dy] }) => [
  dy!.mul(y!.square()).neg(),
]);
export const floorOp: Op<NoAttrs> = unaryOp("floor", null);
export const ceilOp: Op<NoAttrs> = unaryOp("ceil", null);
export const roundOp: Op<NoAttrs> = unaryOp("round", null);

/** 2/√π, the derivative of erf at 0. */
const TWO_OVER_SQRT_PI = 1.1283791670955126;

export const erfOp: Op<NoAttrs> = unaryOp("erf", ({ inputs: [x], grads: [dy] }) => [
  dy!.mul(x!.square().neg().exp()).mul(TWO_OVER_SQRT_PI),
]);

/** min(max(x, lo), hi); the gradient passes between lo and hi, half of it at either, as JAX has it. */
export const clipOp: Op<{ lo: number; hi: number }> = op<{ lo: number; hi: number }>({
  name: "clip",
  shape: likeFirst,
  gradient: ({ inputs: [x], grads: [dy], attrs, apply }) => apply(clipGradOp, [dy!, x!], attrs),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => k.f32_clip(y!.ptr, x!.ptr, y!.size, attrs.lo, attrs.hi),
  inPlace: [[0, 0]],
});

/** dy where lo < x < hi, dy/2 at lo and hi, else 0. */
export const clipGradOp: Op<{ lo: number; hi: number }> = op<{ lo: number; hi: number }>({
  name: "clipGrad",
  shape: likeFirst,
  gradient: ({ inputs: [, x], grads: [g], attrs, apply }) => [apply(clipGradOp, [g!, x!], attrs)[0]!, null],
  kernel: (k, { inputs: [dy, x], outputs: [dx], attrs }) =>
    k.f32_clip_grad(dx!.ptr, dy!.ptr, x!.ptr, dx!.size, attrs.lo, attrs.hi),
  inPlace: [
    [0, 0],
    [0, 1],
  ],
});
