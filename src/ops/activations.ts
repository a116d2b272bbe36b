import type { GradientRule } from "../graph/op.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { likeFirst, type NoAttrs, type Op, op, unaryOp } from "./define.ts";
import type { Tensor } from "./tensor.ts";

type GradKernel = (k: KernelTable) => (dx: number, dy: number, other: number, n: number) => void;

/** dx = dy · f′, where f′ is found from the activation's result (`y`) or its input (`x`). */
function gradOp(name: string, kernel: GradKernel, gradient: GradientRule<NoAttrs, Tensor> | null): Op<NoAttrs> {
  return op<NoAttrs>({
    name,
    shape: likeFirst,
    gradient,
    kernel: (k, { inputs: [dy, other], outputs: [dx] }) => kernel(k)(dx!.ptr, dy!.ptr, other!.ptr, dx!.size),
    inPlace: [
      [0, 0],
      [0, 1],
    ],
  });
}

/** dy where y > 0, else 0: its gradient is the same mask again. */
export const reluGradOp: Op<NoAttrs> = gradOp(
  "reluGrad",
  (k) => k.f32_relu_grad,
  ({ inputs: [, y], grads: [g], apply }) => [apply(reluGradOp, [g!, y!], {})[0]!, null],
);

/** dy · y(1 − y). */
export const sigmoidGradOp: Op<NoAttrs> = gradOp(
  "sigmoidGrad",
  (k) => k.f32_sigmoid_grad,
  ({ inputs: [dy, y], grads: [g], needs, apply }) => [
    needs[0] ? apply(sigmoidGradOp, [g!, y!], {})[0]! : null,
    needs[1] ? g!.mul(dy!).mul(y!.mul(-2).add(1)) : null,
  ],
);

/** dy · (1 − y²). */
export const tanhGradOp: Op<NoAttrs> = gradOp(
  "tanhGrad",
  (k) => k.f32_tanh_grad,
  ({ inputs: [dy, y], grads: [g], needs, apply }) => [
    needs[0] ? apply(tanhGradOp, [g!, y!], {})[0]! : null,
    needs[1] ? g!.mul(dy!).mul(y!).mul(-2) : null,
  ],
);

/** dy · σ(x). */
export const softplusGradOp: Op<NoAttrs> = gradOp(
  "softplusGrad",
  (k) => k.f32_softplus_grad,
  ({ inputs: [dy, x], grads: [g], needs }) => {
    const s = x!.sigmoid();
    return [needs[0] ? g!.mul(s) : null, needs[1] ? g!.mul(dy!).mul(s).mul(s.neg().add(1)) : null];
  },
);

/** dy · d silu(x)/dx = dy · σ(x)(1 + x(1 − σ(x))). */
export const siluGradOp: Op<NoAttrs> = gradOp(
  "siluGrad",
  (k) => k.f32_silu_grad,
  ({ inputs: [dy, x], grads: [g], needs, apply }) => {
    const s = x!.sigmoid();
    const second = s.mul(s.neg().add(1)).mul(x!.mul(s.mul(-2).add(1)).add(2));
    return [needs[0] ? apply(siluGradOp, [g!, x!], {})[0]! : null, needs[1] ? g!.mul(dy!).mul(second) : null];
  },
);

/** 1/√(2π): the normal density at 0. */
const NORMAL_DENSITY = 0.3989422804014327;

/** dy · (Φ(x) + x φ(x)), the derivative of x Φ(x). */
export const geluGradOp: Op<NoAttrs> = gradOp(
  "geluGrad",
  (k) => k.f32_gelu_grad,
  ({ inputs: [dy, x], grads: [g], needs, apply }) => {
    const density = x!.square().mul(-0.5).exp().mul(NORMAL_DENSITY);
    const second = density.mul(x!.square().neg().add(2));
    return [needs[0] ? apply(geluGradOp, [g!, x!], {})[0]! : null, needs[1] ? g!.mul(dy!).mul(second) : null];
  },
);

/** √(2/π), and the cubic term's factor, of the tanh form of gelu (Hendrycks and Gimpel 2016). */
const GELU_SCALE = 0.7978845608028654;
const GELU_CUBIC = 0.044715;

/** dy · f′ of the tanh form of gelu: f = ½x(1 + t), t = tanh u, u = c(x + 0.044715x³). */
export const geluTanhGradOp: Op<NoAttrs> = gradOp(
  "geluTanhGrad",
  (k) => k.f32_gelu_tanh_grad,
  ({ inputs: [dy, x], grads: [g], needs, apply }) => {
    const t = x!.add(x!.square().mul(x!).mul(GELU_CUBIC)).mul(GELU_SCALE).tanh();
    const sech2 = t.square().neg().add(1);
    const du = x!
      .square()
      .mul(3 * GELU_CUBIC)
      .add(1)
      .mul(GELU_SCALE);
    const ddu = x!.mul(6 * GELU_CUBIC * GELU_SCALE);
    // f″ = (1 − t²)·(u′ − x t u′² + ½x u″)
    const second = sech2.mul(du.sub(x!.mul(t).mul(du.square())).add(x!.mul(ddu).mul(0.5)));
    return [needs[0] ? apply(geluTanhGradOp, [g!, x!], {})[0]! : null, needs[1] ? g!.mul(dy!).mul(second) : null];
  },
);

/** dy where y > 0 times the scale, else dy · (y + scale·alpha). */
export const seluGradOp: Op<NoAttrs> = gradOp(
  "seluGrad",
  (k) => k.f32_selu_grad,
  ({ inputs: [dy, y], grads: [g], needs, apply }) => [
    needs[0] ? apply(seluGradOp, [g!, y!], {})[0]! : null,
    needs[1] ? g!.mul(dy!).mul(y!.less(0).cast("float32")) : null,
  ],
);

export const reluOp: Op<NoAttrs> = unaryOp("relu", ({ outputs: [y], grads: [dy], apply }) =>
  apply(reluGradOp, [dy!, y!], {}),
);
export const sigmoidOp: Op<NoAttrs> = unaryOp("sigmoid", ({ outputs: [y], grads: [dy], apply }) =>
  apply(sigmoidGradOp, [dy!, y!], {}),
);
export const tanhOp: Op<NoAttrs> = unaryOp("tanh", ({ outputs: [y], grads: [dy], apply }) =>
  apply(tanhGradOp, [dy!, y!], {}),
);
export const softplusOp: Op<NoAttrs> = unaryOp("softplus", ({ inputs: [x], grads: [dy], apply }) =>
  apply(softplusGradOp, [dy!, x!], {}),
);
export const softsignOp: Op<NoAttrs> = unaryOp("softsign", ({ inputs: [x], grads: [dy] }) => [
  dy!.div(x!.abs().add(1).square()),
]);
export const siluOp: Op<NoAttrs> = unaryOp("silu", ({ inputs: [x], grads: [dy], apply }) =>
  apply(siluGradOp, [dy!, x!], {}),
);
export const geluOp: Op<NoAttrs> = unaryOp("gelu", ({ inputs: [x], grads: [dy], apply }) =>
  apply(geluGradOp, [dy!, x!], {}),
);
export const geluTanhOp: Op<NoAttrs> = unaryOp("geluTanh", ({ inputs: [x], grads: [dy], apply }) =>
  apply(geluTanhGradOp, [dy!, x!], {}),
);
export const seluOp: Op<NoAttrs> = unaryOp("selu", ({ outputs: [y], grads: [dy], apply }) =>
  apply(seluGradOp, [dy!, y!], {}),
);

/** clip(x/6 + 1/2, 0, 1); flat outside (−3, 3). */
export const hardSigmoidOp: Op<NoAttrs> = unaryOp("hardSigmoid", ({ inputs: [x], grads: [dy] }) => [
  dy!.div(6).mul(x!.greater(-3).logicalAnd(x!.less(3)).cast("float32")),
]);

/** x for x ≥ 0, alpha·(eˣ − 1) below. Clevert et al. 2016. */
export const eluOp: Op<{ alpha: number }> = op<{ alpha: number }>({
  name: "elu",
  shape: likeFirst,
  gradient: ({ outputs: [y], grads: [dy], attrs, apply }) => apply(eluGradOp, [dy!, y!], attrs),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => k.f32_elu(y!.ptr, x!.ptr, y!.size, attrs.alpha),
  inPlace: [[0, 0]],
});

/** dy where y > 0, else dy · (y + alpha). */
export const eluGradOp: Op<{ alpha: number }> = op<{ alpha: number }>({
  name: "eluGrad",
  shape: likeFirst,
  gradient: ({ inputs: [dy, y], grads: [g], attrs, needs, apply }) => [
    needs[0] ? apply(eluGradOp, [g!, y!], attrs)[0]! : null,
    needs[1] ? g!.mul(dy!).mul(y!.less(0).cast("float32")) : null,
  ],
  kernel: (k, { inputs: [dy, y], outputs: [dx], attrs }) =>
    k.f32_elu_grad(dx!.ptr, dy!.ptr, y!.ptr, dx!.size, attrs.alpha),
  inPlace: [
    [0, 0],
    [0, 1],
  ],
});

/** x for x ≥ 0, slope·x below. */
export const leakyReluOp: Op<{ slope: number }> = op<{ slope: number }>({
  name: "leakyRelu",
  shape: likeFirst,
  gradient: ({ inputs: [x], grads: [dy], attrs, apply }) => apply(leakyReluGradOp, [dy!, x!], attrs),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => k.f32_leaky_relu(y!.ptr, x!.ptr, y!.size, attrs.slope),
  inPlace: [[0, 0]],
});

/** dy where x ≥ 0, else slope · dy. */
export const leakyReluGradOp: Op<{ slope: number }> = op<{ slope: number }>({
  name: "leakyReluGrad",
  shape: likeFirst,
  gradient: ({ inputs: [, x], grads: [g], attrs, apply }) => [apply(leakyReluGradOp, [g!, x!], attrs)[0]!, null],
  kernel: (k, { inputs: [dy, x], outputs: [dx], attrs }) =>
    k.f32_leaky_relu_grad(dx!.ptr, dy!.ptr, x!.ptr, dx!.size, attrs.slope),
  inPlace: [
    [0, 0],
    [0, 1],
  ],
});
