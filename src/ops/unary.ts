import { elementwise, elementwiseOp, type NoAttrs, type Op, unaryOp } from "./define.ts";

type Bounds = { lo: number; hi: number };

export const negOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("neg", (dy) => dy.neg());
/** The gradient at 0 is 1, as JAX has it. */
export const absOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("abs", (dy, x) => dy.where(x.greaterEqual(0), dy.neg()));
export const signOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("sign");
export const expOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("exp", (dy, _, y) => dy.mul(y));
export const logOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("log", (dy, x) => dy.div(x));
export const log1pOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("log1p", (dy, x) => dy.div(x.add(1)));
export const expm1Op: Op<NoAttrs> = /* @__PURE__ */ unaryOp("expm1", (dy, _, y) => dy.mul(y.add(1)));
export const sqrtOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("sqrt", (dy, _, y) => dy.mul(0.5).div(y));
export const rsqrtOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("rsqrt", (dy, x, y) => dy.mul(-0.5).mul(y).div(x));
export const squareOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("square", (dy, x) => dy.mul(x).mul(2));
export const reciprocalOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("reciprocal", (dy, _, y) => dy.mul(y.square()).neg());
export const floorOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("floor");
export const ceilOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("ceil");
export const roundOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("round");

/** 2/√π, the derivative of erf at 0. */
const TWO_OVER_SQRT_PI = 1.1283791670955126;

export const erfOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("erf", (dy, x) =>
  dy.mul(x.square().neg().exp()).mul(TWO_OVER_SQRT_PI),
);

/** min(max(x, lo), hi); the gradient passes between lo and hi, half of it at either and a quarter at both, as JAX has it. */
export const clipOp: Op<Bounds> = /* @__PURE__ */ elementwiseOp<Bounds>(
  "clip",
  elementwise("f32_clip", "lo", "hi"),
  ({ inputs: [x], grads: [dy], attrs, apply }) =>
    apply(clipGradOp, [attrs.lo === attrs.hi ? dy!.mul(0.5) : dy!, x!], attrs),
);

/** dy where lo < x < hi, dy/2 at lo and hi, else 0. */
export const clipGradOp: Op<Bounds> = /* @__PURE__ */ elementwiseOp<Bounds>(
  "clipGrad",
  elementwise("f32_clip_grad", "lo", "hi"),
  ({ inputs: [, x], grads: [g], attrs, apply }) => [apply(clipGradOp, [g!, x!], attrs)[0]!, null],
  2,
);
