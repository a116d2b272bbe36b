import type { GradientRule } from "../graph/op.ts";
import { type NoAttrs, type Op, unaryOp } from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** The gradient rule of a function by its derivative, which may read the result. */
function derivative(of: (x: Tensor, y: Tensor) => Tensor): GradientRule<NoAttrs, Tensor> {
  return ({ inputs: [x], outputs: [y], grads: [dy] }) => [dy!.mul(of(x!, y!))];
}

/** 1 − x², by the product where x is near 1. */
const rest = (x: Tensor): Tensor => x.neg().add(1).mul(x.add(1));

export const sinOp: Op<NoAttrs> = unaryOp(
  "sin",
  "f32_sin",
  derivative((x) => x.cos()),
);
export const cosOp: Op<NoAttrs> = unaryOp(
  "cos",
  "f32_cos",
  derivative((x) => x.sin().neg()),
);
export const tanOp: Op<NoAttrs> = unaryOp(
  "tan",
  "f32_tan",
  derivative((_, y) => y.square().add(1)),
);
export const asinOp: Op<NoAttrs> = unaryOp(
  "asin",
  "f32_asin",
  derivative((x) => rest(x).rsqrt()),
);
export const acosOp: Op<NoAttrs> = unaryOp(
  "acos",
  "f32_acos",
  derivative((x) => rest(x).rsqrt().neg()),
);
export const atanOp: Op<NoAttrs> = unaryOp(
  "atan",
  "f32_atan",
  derivative((x) => x.square().add(1).reciprocal()),
);
export const sinhOp: Op<NoAttrs> = unaryOp(
  "sinh",
  "f32_sinh",
  derivative((x) => x.cosh()),
);
export const coshOp: Op<NoAttrs> = unaryOp(
  "cosh",
  "f32_cosh",
  derivative((x) => x.sinh()),
);
export const asinhOp: Op<NoAttrs> = unaryOp(
  "asinh",
  "f32_asinh",
  derivative((x) => x.square().add(1).rsqrt()),
);
export const acoshOp: Op<NoAttrs> = unaryOp(
  "acosh",
  "f32_acosh",
  derivative((x) => rest(x).neg().rsqrt()),
);
export const atanhOp: Op<NoAttrs> = unaryOp(
  "atanh",
  "f32_atanh",
  derivative((x) => rest(x).reciprocal()),
);
