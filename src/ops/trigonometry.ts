import { type NoAttrs, type Op, unaryOp } from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** A function by its derivative, which may read the result. */
function derivableOp(name: string, derivative: (x: Tensor, y: Tensor) => Tensor): Op<NoAttrs> {
  return unaryOp(name, (dy, x, y) => dy.mul(derivative(x, y)));
}

/** 1 − x², by the product where x is near 1. */
const rest = (x: Tensor): Tensor => x.neg().add(1).mul(x.add(1));

export const sinOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("sin", (x) => x.cos());
export const cosOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("cos", (x) => x.sin().neg());
export const tanOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("tan", (_, y) => y.square().add(1));
export const asinOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("asin", (x) => rest(x).rsqrt());
export const acosOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("acos", (x) => rest(x).rsqrt().neg());
export const atanOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("atan", (x) => x.square().add(1).reciprocal());
export const sinhOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("sinh", (x) => x.cosh());
export const coshOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("cosh", (x) => x.sinh());
export const asinhOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("asinh", (x) => x.square().add(1).rsqrt());
export const acoshOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("acosh", (x) => x.sub(1).mul(x.add(1)).rsqrt());
export const atanhOp: Op<NoAttrs> = /* @__PURE__ */ derivableOp("atanh", (x) => rest(x).reciprocal());
