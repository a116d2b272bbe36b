import { ones } from "../ops/creation.ts";
import * as ops from "../ops/index.ts";
import { runScoped, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { checkNumber } from "../util/names.ts";

/** What an activation takes: a tensor, or what can be made one. */
export type ActivationInput = TensorLike | Variable;

/** x as it is. */
export function linear(x: ActivationInput): Tensor {
  return toTensor(x);
}

/** x between lo and hi, else the nearer of them; the gradient is 1 also at both ends. */
function clamp(x: Tensor, lo: number, hi: number): Tensor {
  const inside = x.greaterEqual(lo).logicalAnd(x.lessEqual(hi));
  return x.where(inside, x.clip(lo, hi).stopGradient());
}

const float = (x: ActivationInput): Tensor => toTensor(x).cast("float32");

/** max(x, 0); or up to a largest value, 0 below a threshold, with a slope below 0 (or the threshold). */
export function relu(x: ActivationInput, negativeSlope = 0, maxValue: number | null = null, threshold = 0): Tensor {
  if (negativeSlope === 0 && maxValue === null && threshold === 0) return ops.relu(x);
  if (maxValue === null && threshold === 0) return ops.leakyRelu(x, negativeSlope);
  const input = float(x);
  const above = threshold === 0 ? input.relu() : input.mul(input.greater(threshold).cast("float32"));
  const y = maxValue === null ? above : maxValue === 6 && threshold === 0 ? relu6(input) : above.clip(0, maxValue);
  return negativeSlope === 0 ? y : y.sub(input.neg().add(threshold).relu().mul(negativeSlope));
}

/** min(max(x, 0), 6). */
export function relu6(x: ActivationInput): Tensor {
  // Not a clip: the gradient is 0 at both ends.
  return ops.where(ops.greaterEqual(x, 6), 6, ops.relu(x));
}

/** x where x ≥ 0, else slope · x. */
export function leakyRelu(x: ActivationInput, slope: number = 0.2): Tensor {
  return ops.leakyRelu(x, slope);
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(x: ActivationInput): Tensor {
  return ops.sigmoid(x);
}

/** min(max(x / 6 + ½, 0), 1). */
export function hardSigmoid(x: ActivationInput): Tensor {
  return ops.hardSigmoid(x);
}

/** log(sigmoid(x)). */
export function logSigmoid(x: ActivationInput): Tensor {
  return ops.neg(ops.softplus(ops.neg(x)));
}

/** The hyperbolic tangent. */
export function tanh(x: ActivationInput): Tensor {
  return ops.tanh(x);
}

/** min(max(x, −1), 1). */
export function hardTanh(x: ActivationInput): Tensor {
  return clamp(float(x), -1, 1);
}

/** exp(x) / Σ exp(x) along an axis. */
export function softmax(x: ActivationInput, axis: number = -1): Tensor {
  return ops.softmax(x, axis);
}

/** log(softmax(x)), computed without a detour through small numbers. */
export function logSoftmax(x: ActivationInput, axis: number = -1): Tensor {
  return ops.logSoftmax(x, axis);
}

/** x where x > 0, else alpha · (exp(x) − 1). Clevert, Unterthiner, Hochreiter 2015. */
export function elu(x: ActivationInput, alpha: number = 1): Tensor {
  return ops.elu(x, alpha);
}

/** A scaled elu that keeps mean and variance. Klambauer et al. 2017. */
export function selu(x: ActivationInput): Tensor {
  return ops.selu(x);
}

/** log(1 + exp(x)). */
export function softplus(x: ActivationInput): Tensor {
  return ops.softplus(x);
}

/** x / (1 + |x|). */
export function softsign(x: ActivationInput): Tensor {
  return ops.softsign(x);
}

/** x · sigmoid(x). Also called swish. */
export function silu(x: ActivationInput): Tensor {
  return ops.silu(x);
}

/** x · hardSigmoid(x). */
export function hardSilu(x: ActivationInput): Tensor {
  return ops.mul(x, ops.hardSigmoid(x));
}

/** x · Φ(x), with the normal distribution function; `approximate` uses a tanh instead. Hendrycks and Gimpel 2016. */
export function gelu(x: ActivationInput, approximate: boolean = false): Tensor {
  return ops.gelu(x, approximate);
}

/** exp(x). */
export function exponential(x: ActivationInput): Tensor {
  return ops.exp(x);
}

/** x · tanh(softplus(x)). Misra 2019. */
export function mish(x: ActivationInput): Tensor {
  return ops.mul(x, ops.tanh(ops.softplus(x)));
}

/** x where |x| > threshold, else 0. */
export function hardShrink(x: ActivationInput, threshold: number = 0.5): Tensor {
  return ops.where(ops.greater(ops.abs(x), threshold), float(x), 0);
}

/** x moved towards 0 by the threshold, 0 within it. */
export function softShrink(x: ActivationInput, threshold: number = 0.5): Tensor {
  checkNumber(threshold, "softShrink", "threshold", { min: 0 });
  return ops.sub(x, clamp(float(x), -threshold, threshold));
}

/** x − tanh(x). */
export function tanhShrink(x: ActivationInput): Tensor {
  return ops.sub(x, ops.tanh(x));
}

/** x where x > threshold, else a fixed value. */
export function threshold(x: ActivationInput, threshold: number = 0, value: number = 0): Tensor {
  return ops.where(ops.greater(x, threshold), float(x), value);
}

/** x where x > 0, else alpha · (exp(x / alpha) − 1). Barron 2017. */
export function celu(x: ActivationInput, alpha: number = 1): Tensor {
  return ops.mul(ops.elu(ops.div(x, alpha)), alpha);
}

/** The first half along an axis times the sigmoid of the second. Dauphin et al. 2017. */
export function glu(x: ActivationInput, axis: number = -1): Tensor {
  const [a, b] = ops.split(x, 2, axis);
  return a!.mul(b!.sigmoid());
}

/** 0 up to −1, x from 1 on, between them (x + 1)² / 4. */
export function sparsePlus(x: ActivationInput): Tensor {
  const input = float(x);
  return clamp(input, -1, 1).add(1).square().mul(0.25).add(input.sub(1).relu());
}

/** min(max((x + 1) / 2, 0), 1). */
export function sparseSigmoid(x: ActivationInput): Tensor {
  return ops.clip(ops.mul(ops.add(x, 1), 0.5), 0, 1);
}

/** (x + √(x² + b)) / 2. Barron 2021. */
export function squareplus(x: ActivationInput, b: number = 4): Tensor {
  return ops.mul(ops.add(x, ops.sqrt(ops.add(ops.square(x), b))), 0.5);
}

/** The nearest point to x, along an axis, of those whose parts are not negative and sum to 1. Martins and Astudillo 2016. */
export function sparsemax(x: ActivationInput, axis: number = -1): Tensor {
  return runScoped(() => {
    const input = float(x);
    const sorted = ops.sort(input, axis, true);
    const places = ops.cumsum(ones(input.shape), axis);
    const support = places.mul(sorted).add(1).greater(ops.cumsum(sorted, axis)).cast("float32");
    const tau = sorted.mul(support).sum(axis, true).sub(1).div(support.sum(axis, true));
    return input.sub(tau).relu();
  });
}
