import { elementwise, elementwiseOp, type NoAttrs, type Op, unaryOp } from "./define.ts";

type Bounds = { lo: number; hi: number };

export const negOp: Op<NoAttrs> = unaryOp("neg", "f32_neg", ({ grads: [dy] }) => [dy!.neg()]);
/** The gradient at 0 is 1, as JAX has it. */
export const absOp: Op<NoAttrs> = unaryOp("abs", "f32_abs", ({ inputs: [x], grads: [dy] }) => [
  dy!.where(x!.greaterEqual(0), dy!.neg()),
]);
export const signOp: Op<NoAttrs> = unaryOp("sign", "f32_sign", null);
export const expOp: Op<NoAttrs> = unaryOp("exp", "f32_exp", ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!)]);
export const logOp: Op<NoAttrs> = unaryOp("log", "f32_log", ({ inputs: [x], grads: [dy] }) => [dy!.div(x!)]);
export const log1pOp: Op<NoAttrs> = unaryOp("log1p", "f32_log1p", ({ inputs: [x], grads: [dy] }) => [
  dy!.div(x!.add(1)),
]);
export const expm1Op: Op<NoAttrs> = unaryOp("expm1", "f32_expm1", ({ outputs: [y], grads: [dy] }) => [
  dy!.mul(y!.add(1)),
]);
export const sqrtOp: Op<NoAttrs> = unaryOp("sqrt", "f32_sqrt", ({ outputs: [y], grads: [dy] }) => [
  dy!.mul(0.5).div(y!),
]);
export const rsqrtOp: Op<NoAttrs> = unaryOp("rsqrt", "f32_rsqrt", ({ inputs: [x], outputs: [y], grads: [dy] }) => [
  dy!.mul(-0.5).mul(y!).div(x!),
]);
export const squareOp: Op<NoAttrs> = unaryOp("square", "f32_square", ({ inputs: [x], grads: [dy] }) => [
  dy!.mul(x!).mul(2),
]);
export const reciprocalOp: Op<NoAttrs> = unaryOp("reciprocal", "f32_reciprocal", ({ outputs: [y], grads: [dy] }) => [
  dy!.mul(y!.square()).neg(),
]);
export const floorOp: Op<NoAttrs> = unaryOp("floor", "f32_floor", null);
export const ceilOp: Op<NoAttrs> = unaryOp("ceil", "f32_ceil", null);
export const roundOp: Op<NoAttrs> = unaryOp("round", "f32_round", null);

/** 2/√π, the derivative of erf at 0. */
const TWO_OVER_SQRT_PI = 1.1283791670955126;

export const erfOp: Op<NoAttrs> = unaryOp("erf", "f32_erf", ({ inputs: [x], grads: [dy] }) => [
  dy!.mul(x!.square().neg().exp()).mul(TWO_OVER_SQRT_PI),
]);

/** min(max(x, lo), hi); the gradient passes between lo and hi, half of it at either, as JAX has it. */
export const clipOp: Op<Bounds> = elementwiseOp<Bounds>(
  "clip",
  elementwise("f32_clip", "lo", "hi"),
  ({ inputs: [x], grads: [dy], attrs, apply }) => apply(clipGradOp, [dy!, x!], attrs),
);

/** dy where lo < x < hi, dy/2 at lo and hi, else 0. */
export const clipGradOp: Op<Bounds> = elementwiseOp<Bounds>(
  "clipGrad",
  elementwise("f32_clip_grad", "lo", "hi"),
  ({ inputs: [, x], grads: [g], attrs, apply }) => [apply(clipGradOp, [g!, x!], attrs)[0]!, null],
  2,
);
