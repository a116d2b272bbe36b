import type { Attrs } from "../graph/op.ts";
import { elementwise, elementwiseOp, kernelOf, type NoAttrs, type Op, unaryOp } from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** An activation and the op of its gradient. */
interface Activation<A extends Attrs> {
  readonly op: Op<A>;
  readonly grad: Op<A>;
}

/**
 * y = f(x) by the kernel of its name, and dx = dy·f′ by `f32_…_grad`, where f′ is found from the input or, better, from the
 * result: then the input need not be kept. `second` is the derivative of f′ by what it is found from.
 */
function activation<A extends Attrs = NoAttrs>(
  name: string,
  from: "input" | "result",
  second?: (v: Tensor) => Tensor,
  ...attrs: readonly (keyof A)[]
): Activation<A> {
  const grad: Op<A> = elementwiseOp<A>(
    `${name}Grad`,
    elementwise(kernelOf(`${name}Grad`), ...attrs),
    ({ inputs: [dy, v], grads: [g], attrs: values, needs, apply }) => [
      needs[0] ? apply(grad, [g!, v!], values)[0]! : null,
      needs[1] && second !== undefined ? g!.mul(dy!).mul(second(v!)) : null,
    ],
    2,
  );
  const forward = elementwiseOp<A>(
    name,
    elementwise(kernelOf(name), ...attrs),
    ({ inputs, outputs, grads: [dy], attrs: values, apply }) =>
      apply(grad, [dy!, (from === "result" ? outputs : inputs)[0]!], values),
  );
  return { op: forward, grad };
}

/** 1 where v is negative: the second derivative by the result of what is linear above and exponential below. */
const negative = (v: Tensor): Tensor => v.less(0).cast("float32");

const relu = /* @__PURE__ */ activation("relu", "result");
const sigmoid = /* @__PURE__ */ activation("sigmoid", "result", (y) => y.mul(-2).add(1));
const tanh = /* @__PURE__ */ activation("tanh", "result", (y) => y.mul(-2));
const softplus = /* @__PURE__ */ activation("softplus", "input", (x) => {
  const s = x.sigmoid();
  return s.mul(s.neg().add(1));
});
/** x·σ(x): f″ = σ(1 − σ)(2 + x(1 − 2σ)). */
const silu = /* @__PURE__ */ activation("silu", "input", (x) => {
  const s = x.sigmoid();
  return s.mul(s.neg().add(1)).mul(x.mul(s.mul(-2).add(1)).add(2));
});
/** x·Φ(x): f″ = φ(x)(2 − x²); 1/√(2π) is the normal density at 0. */
const gelu = /* @__PURE__ */ activation("gelu", "input", (x) => {
  const square = x.square();
  return square.mul(-0.5).exp().mul(0.3989422804014327).mul(square.neg().add(2));
});

/** √(2/π), and the cubic term's factor, of the tanh form of gelu (Hendrycks and Gimpel 2016). */
const GELU_SCALE = 0.7978845608028654;
const GELU_CUBIC = 0.044715;

/** ½x(1 + t), t = tanh u, u = c(x + 0.044715x³): f″ = (1 − t²)·(u′ − x t u′² + ½x u″). */
const geluTanh = /* @__PURE__ */ activation("geluTanh", "input", (x) => {
  const square = x.square();
  const t = x.add(square.mul(x).mul(GELU_CUBIC)).mul(GELU_SCALE).tanh();
  const sech2 = t.square().neg().add(1);
  const du = square
    .mul(3 * GELU_CUBIC)
    .add(1)
    .mul(GELU_SCALE);
  const ddu = x.mul(6 * GELU_CUBIC * GELU_SCALE);
  return sech2.mul(du.sub(x.mul(t).mul(du.square())).add(x.mul(ddu).mul(0.5)));
});
const selu = /* @__PURE__ */ activation("selu", "result", negative);
const elu = /* @__PURE__ */ activation<{ alpha: number }>("elu", "result", negative, "alpha");
const leakyRelu = /* @__PURE__ */ activation<{ slope: number }>("leakyRelu", "input", undefined, "slope");

export const reluOp: Op<NoAttrs> = relu.op;
export const sigmoidOp: Op<NoAttrs> = sigmoid.op;
export const tanhOp: Op<NoAttrs> = tanh.op;
export const softplusOp: Op<NoAttrs> = softplus.op;
export const siluOp: Op<NoAttrs> = silu.op;
export const geluOp: Op<NoAttrs> = gelu.op;
export const geluTanhOp: Op<NoAttrs> = geluTanh.op;
export const seluOp: Op<NoAttrs> = selu.op;
/** x for x ≥ 0, alpha·(eˣ − 1) below. Clevert et al. 2016. */
export const eluOp: Op<{ alpha: number }> = elu.op;
/** x for x ≥ 0, slope·x below; at 0 the gradient passes, as in Keras. */
export const leakyReluOp: Op<{ slope: number }> = leakyRelu.op;

export const reluGradOp: Op<NoAttrs> = relu.grad;
export const sigmoidGradOp: Op<NoAttrs> = sigmoid.grad;
export const tanhGradOp: Op<NoAttrs> = tanh.grad;
export const softplusGradOp: Op<NoAttrs> = softplus.grad;
export const siluGradOp: Op<NoAttrs> = silu.grad;
export const geluGradOp: Op<NoAttrs> = gelu.grad;
export const geluTanhGradOp: Op<NoAttrs> = geluTanh.grad;
export const seluGradOp: Op<NoAttrs> = selu.grad;
export const eluGradOp: Op<{ alpha: number }> = elu.grad;
export const leakyReluGradOp: Op<{ slope: number }> = leakyRelu.grad;

export const softsignOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("softsign", (dy, x) => dy.div(x.abs().add(1).square()));

/** clip(x/6 + 1/2, 0, 1); flat outside (−3, 3). */
export const hardSigmoidOp: Op<NoAttrs> = /* @__PURE__ */ unaryOp("hardSigmoid", (dy, x) =>
  dy.div(6).mul(x.greater(-3).logicalAnd(x.less(3)).cast("float32")),
);
