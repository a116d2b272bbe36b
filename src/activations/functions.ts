import * as ops from "../ops/index.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";

/** What an activation takes: a tensor, or what can be made one. */
export type ActivationInput = TensorLike | Variable;

/** x as it is. */
export function linear(x: ActivationInput): Tensor {
  return toTensor(x);
}

/** max(x, 0). */
export function relu(x: ActivationInput): Tensor {
  return ops.relu(x);
}

/** min(max(x, 0), 6). */
export function relu6(x: ActivationInput): Tensor {
  // Not a clip: its gradient would pass at 0, where relu's does not.
  return ops.minimum(ops.relu(x), 6);
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
  return ops.clip(x, -1, 1);
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
