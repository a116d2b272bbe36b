import * as ops from "../ops/index.ts";
import { SymbolicTensor, type Traced } from "../ops/symbolic.ts";
import { runScoped, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { checkNumber } from "../util/names.ts";

/** What an activation takes: a tensor, or what can be made one. */
export type ActivationInput = TensorLike | Variable;

/** A function of a tensor; of a symbolic tensor it makes one of the same graph. */
export type Activation<A extends readonly unknown[] = []> = Traced<(x: ActivationInput, ...options: A) => Tensor>;

/** Symbolic tensors have the methods of others, and ops take them: only `toTensor` does not. */
function activation<A extends readonly unknown[]>(
  name: string,
  body: (x: Tensor, ...options: A) => Tensor,
): Activation<A> {
  const take = (x: ActivationInput | SymbolicTensor, ...options: A): Tensor =>
    body(x instanceof SymbolicTensor ? (x as never) : toTensor(x), ...options);
  // Configs and errors show functions by name.
  return Object.defineProperty(take, "name", { value: name }) as Activation<A>;
}

/** x as it is. */
export const linear: Activation = /* @__PURE__ */ activation("linear", (x) => x);

/** x between lo and hi, else the nearer of them; the gradient is 1 also at both ends. */
function clamp(x: Tensor, lo: number, hi: number): Tensor {
  const inside = x.greaterEqual(lo).logicalAnd(x.lessEqual(hi));
  return x.where(inside, x.clip(lo, hi).stopGradient());
}

/** In a graph no node is made for nothing. */
const float = (x: Tensor): Tensor => (x.dtype === "float32" ? x : x.cast("float32"));

/** max(x, 0); or up to a largest value, 0 below a threshold, with a slope below 0 (or the threshold). */
export const relu: Activation<[negativeSlope?: number, maxValue?: number | null, threshold?: number]> =
  /* @__PURE__ */ activation("relu", (x, negativeSlope = 0, maxValue = null, threshold = 0) => {
    if (negativeSlope === 0 && maxValue === null && threshold === 0) return ops.relu(x);
    if (maxValue === null && threshold === 0) return ops.leakyRelu(x, negativeSlope);
    const input = float(x);
    const above = threshold === 0 ? input.relu() : input.mul(input.greater(threshold).cast("float32"));
    const y = maxValue === null ? above : maxValue === 6 && threshold === 0 ? relu6(input) : above.clip(0, maxValue);
    return negativeSlope === 0 ? y : y.sub(input.neg().add(threshold).relu().mul(negativeSlope));
  });

/** min(max(x, 0), 6). */
export const relu6: Activation = /* @__PURE__ */ activation("relu6", (x) => {
  // Not a clip: the gradient is 0 at both ends.
  return ops.where(ops.greaterEqual(x, 6), 6, ops.relu(x));
});

/** x where x ≥ 0, else slope · x. */
export const leakyRelu: Activation<[slope?: number]> = /* @__PURE__ */ activation("leakyRelu", (x, slope = 0.2) =>
  ops.leakyRelu(x, slope),
);

/** 1 / (1 + exp(−x)). */
export const sigmoid: Activation = /* @__PURE__ */ activation("sigmoid", (x) => ops.sigmoid(x));

/** min(max(x / 6 + ½, 0), 1). */
export const hardSigmoid: Activation = /* @__PURE__ */ activation("hardSigmoid", (x) => ops.hardSigmoid(x));

/** log(sigmoid(x)). */
export const logSigmoid: Activation = /* @__PURE__ */ activation("logSigmoid", (x) =>
  ops.neg(ops.softplus(ops.neg(x))),
);

/** The hyperbolic tangent. */
export const tanh: Activation = /* @__PURE__ */ activation("tanh", (x) => ops.tanh(x));

/** min(max(x, −1), 1). */
export const hardTanh: Activation = /* @__PURE__ */ activation("hardTanh", (x) => clamp(float(x), -1, 1));

/** exp(x) / Σ exp(x) along an axis. */
export const softmax: Activation<[axis?: number]> = /* @__PURE__ */ activation("softmax", (x, axis = -1) =>
  ops.softmax(x, axis),
);

/** log(softmax(x)), computed without a detour through small numbers. */
export const logSoftmax: Activation<[axis?: number]> = /* @__PURE__ */ activation("logSoftmax", (x, axis = -1) =>
  ops.logSoftmax(x, axis),
);

/** x where x > 0, else alpha · (exp(x) − 1). Clevert, Unterthiner, Hochreiter 2015. */
export const elu: Activation<[alpha?: number]> = /* @__PURE__ */ activation("elu", (x, alpha = 1) => ops.elu(x, alpha));

/** A scaled elu that keeps mean and variance. Klambauer et al. 2017. */
export const selu: Activation = /* @__PURE__ */ activation("selu", (x) => ops.selu(x));

/** log(1 + exp(x)). */
export const softplus: Activation = /* @__PURE__ */ activation("softplus", (x) => ops.softplus(x));

/** x / (1 + |x|). */
export const softsign: Activation = /* @__PURE__ */ activation("softsign", (x) => ops.softsign(x));

/** x · sigmoid(x). Also called swish. */
export const silu: Activation = /* @__PURE__ */ activation("silu", (x) => ops.silu(x));

/** x · hardSigmoid(x). */
export const hardSilu: Activation = /* @__PURE__ */ activation("hardSilu", (x) => ops.mul(x, ops.hardSigmoid(x)));

/** x · Φ(x), with the normal distribution function; `approximate` uses a tanh instead. Hendrycks and Gimpel 2016. */
export const gelu: Activation<[approximate?: boolean]> = /* @__PURE__ */ activation("gelu", (x, approximate = false) =>
  ops.gelu(x, approximate),
);

/** exp(x). */
export const exponential: Activation = /* @__PURE__ */ activation("exponential", (x) => ops.exp(x));

/** x · tanh(softplus(x)). Misra 2019. */
export const mish: Activation = /* @__PURE__ */ activation("mish", (x) => ops.mul(x, ops.tanh(ops.softplus(x))));

/** x where |x| > threshold, else 0. */
export const hardShrink: Activation<[threshold?: number]> = /* @__PURE__ */ activation(
  "hardShrink",
  (x, threshold = 0.5) => ops.where(ops.greater(ops.abs(x), threshold), float(x), 0),
);

/** x moved towards 0 by the threshold, 0 within it. */
export const softShrink: Activation<[threshold?: number]> = /* @__PURE__ */ activation(
  "softShrink",
  (x, threshold = 0.5) => {
    checkNumber(threshold, "softShrink", "threshold", { min: 0 });
    return ops.sub(x, clamp(float(x), -threshold, threshold));
  },
);

/** x − tanh(x). */
export const tanhShrink: Activation = /* @__PURE__ */ activation("tanhShrink", (x) => ops.sub(x, ops.tanh(x)));

/** x where x > threshold, else a fixed value. */
export const threshold: Activation<[threshold?: number, value?: number]> = /* @__PURE__ */ activation(
  "threshold",
  (x, threshold = 0, value = 0) => ops.where(ops.greater(x, threshold), float(x), value),
);

/** x where x > 0, else alpha · (exp(x / alpha) − 1). Barron 2017. */
export const celu: Activation<[alpha?: number]> = /* @__PURE__ */ activation("celu", (x, alpha = 1) =>
  // With a negative alpha elu would tell the sides of 0 from x / alpha the wrong way round.
  alpha < 0
    ? ops.add(ops.maximum(x, 0), ops.mul(ops.expm1(ops.div(ops.minimum(x, 0), alpha)), alpha))
    : ops.mul(ops.elu(ops.div(x, alpha)), alpha),
);

/** The first half along an axis times the sigmoid of the second. Dauphin et al. 2017. */
export const glu: Activation<[axis?: number]> = /* @__PURE__ */ activation("glu", (x, axis = -1) => {
  const [a, b] = ops.split(x, 2, axis);
  return a!.mul(b!.sigmoid());
});

/** 0 up to −1, x from 1 on, between them (x + 1)² / 4. */
export const sparsePlus: Activation = /* @__PURE__ */ activation("sparsePlus", (x) => {
  const input = float(x);
  return clamp(input, -1, 1).add(1).square().mul(0.25).add(input.sub(1).relu());
});

/** min(max((x + 1) / 2, 0), 1). */
export const sparseSigmoid: Activation = /* @__PURE__ */ activation("sparseSigmoid", (x) =>
  ops.clip(ops.mul(ops.add(x, 1), 0.5), 0, 1),
);

/** (x + √(x² + b)) / 2. Barron 2021. */
export const squareplus: Activation<[b?: number]> = /* @__PURE__ */ activation("squareplus", (x, b = 4) =>
  ops.mul(ops.add(x, ops.sqrt(ops.add(ops.square(x), b))), 0.5),
);

/** The nearest point to x, along an axis, of those whose parts are not negative and sum to 1. Martins and Astudillo 2016. */
export const sparsemax: Activation<[axis?: number]> = /* @__PURE__ */ activation("sparsemax", (x, axis = -1) => {
  return runScoped(() => {
    const input = float(x);
    const sorted = ops.sort(input, axis, true);
    const places = ops.cumsum(sorted.equal(sorted).cast("float32"), axis);
    const support = places.mul(sorted).add(1).greater(ops.cumsum(sorted, axis)).cast("float32");
    const tau = sorted.mul(support).sum(axis, true).sub(1).div(support.sum(axis, true));
    return input.sub(tau).relu();
  });
});
