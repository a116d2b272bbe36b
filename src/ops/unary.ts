import { likeFirst, type NoAttrs, type Op, op, unaryOp } from "./define.ts";

export const negOp: Op<NoAttrs> = unaryOp(
  "neg",
  (k, y, x, n) => k.f32_neg(y, x, n),
  ({ grads: [dy] }) => [dy!.neg()],
);
export const absOp: Op<NoAttrs> = unaryOp(
  "abs",
  (k, y, x, n) => k.f32_abs(y, x, n),
  ({ inputs: [x], grads: [dy] }) => [dy!.mul(x!.sign())],
);
export const signOp: Op<NoAttrs> = unaryOp("sign", (k, y, x, n) => k.f32_sign(y, x, n), null);
export const expOp: Op<NoAttrs> = unaryOp(
  "exp",
  (k, y, x, n) => k.f32_exp(y, x, n),
  ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!)],
);
export const logOp: Op<NoAttrs> = unaryOp(
  "log",
  (k, y, x, n) => k.f32_log(y, x, n),
  ({ inputs: [x], grads: [dy] }) => [dy!.div(x!)],
);
export const log1pOp: Op<NoAttrs> = unaryOp(
  "log1p",
  (k, y, x, n) => k.f32_log1p(y, x, n),
  ({ inputs: [x], grads: [dy] }) => [dy!.div(x!.add(1))],
);
export const expm1Op: Op<NoAttrs> = unaryOp(
  "expm1",
  (k, y, x, n) => k.f32_expm1(y, x, n),
  ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!.add(1))],
);
export const sqrtOp: Op<NoAttrs> = unaryOp(
  "sqrt",
  (k, y, x, n) => k.f32_sqrt(y, x, n),
  ({ outputs: [y], grads: [dy] }) => [dy!.mul(0.5).div(y!)],
);
export const rsqrtOp: Op<NoAttrs> = unaryOp(
  "rsqrt",
  (k, y, x, n) => k.f32_rsqrt(y, x, n),
  ({ inputs: [x], outputs: [y], grads: [dy] }) => [dy!.mul(-0.5).mul(y!).div(x!)],
);
export const squareOp: Op<NoAttrs> = unaryOp(
  "square",
  (k, y, x, n) => k.f32_square(y, x, n),
  ({ inputs: [x], grads: [dy] }) => [dy!.mul(x!).mul(2)],
);
export const reciprocalOp: Op<NoAttrs> = unaryOp(
  "reciprocal",
  (k, y, x, n) => k.f32_reciprocal(y, x, n),
  ({ outputs: [y], grads: [dy] }) => [dy!.mul(y!.square()).neg()],
);
export const floorOp: Op<NoAttrs> = unaryOp("floor", (k, y, x, n) => k.f32_floor(y, x, n), null);
export const ceilOp: Op<NoAttrs> = unaryOp("ceil", (k, y, x, n) => k.f32_ceil(y, x, n), null);
export const roundOp: Op<NoAttrs> = unaryOp("round", (k, y, x, n) => k.f32_round(y, x, n), null);

/** 2/√π, the derivative of erf at 0. */
const TWO_OVER_SQRT_PI = 1.1283791670955126;

export const erfOp: Op<NoAttrs> = unaryOp(
  "erf",
  (k, y, x, n) => k.f32_erf(y, x, n),
  ({ inputs: [x], grads: [dy] }) => [dy!.mul(x!.square().neg().exp()).mul(TWO_OVER_SQRT_PI)],
);

/** min(max(x, lo), hi); the gradient passes where lo ≤ x ≤ hi. */
export const clipOp: Op<{ lo: number; hi: number }> = op<{ lo: number; hi: number }>({
  name: "clip",
  shape: likeFirst,
  gradient: ({ inputs: [x], grads: [dy], attrs, apply }) => apply(clipGradOp, [dy!, x!], attrs),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => k.f32_clip(y!.ptr, x!.ptr, y!.size, attrs.lo, attrs.hi),
  inPlace: [[0, 0]],
});

/** dy where lo ≤ x ≤ hi, else 0. */
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
