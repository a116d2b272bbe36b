import type { Spec } from "../graph/spec.ts";
import { ShapeError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import { type NoAttrs, type Op, op, requireDType, requireSameShape } from "./define.ts";

/**
 * Update rules of optimizers (Keras's, semantics 7.8): one sweep over memory each. Everything that changes from step to
 * step (learning rate, iteration) is an input, so that a plan's arguments never change.
 */

/** Checks a step's inputs: arrays like the variable, then one number. */
function requireStep(name: string, inputs: readonly Spec[]): void {
  requireDType(name, "float32", ...inputs);
  const scalar = inputs.at(-1)!;
  if (sizeOf(scalar.shape) !== 1) {
    throw new ShapeError(`[${name}] learningRate: expected one number, got shape ${formatShape(scalar.shape)}.`);
  }
  for (const input of inputs.slice(0, -1)) requireSameShape(name, inputs[0]!, input);
}

/** Inputs variable, gradient, learning rate: v − η·g. */
export const sgdOp: Op<NoAttrs> = op<NoAttrs>({
  name: "sgd",
  shape: (inputs) => {
    requireStep("sgd", inputs);
    return inputs[0]!;
  },
  gradient: null,
  kernel: (k, { inputs: [w, g, lr], outputs: [y] }) => k.f32_sgd(y!.ptr, w!.ptr, g!.ptr, y!.size, lr!.ptr),
  inPlace: [[0, 0]],
});

/** Inputs variable, momentum slot, gradient, learning rate; outputs variable, slot. Nesterov 1983; Sutskever et al. 2013. */
export const sgdMomentumOp: Op<{ momentum: number; nesterov: boolean }> = op<{ momentum: number; nesterov: boolean }>({
  name: "sgdMomentum",
  shape: (inputs) => {
    requireStep("sgdMomentum", inputs);
    return inputs.slice(0, 2);
  },
  gradient: null,
  kernel: (k, { inputs: [w, m, g, lr], outputs: [y, slot], attrs: { momentum, nesterov } }) =>
    k.f32_sgd_momentum(y!.ptr, slot!.ptr, w!.ptr, m!.ptr, g!.ptr, y!.size, lr!.ptr, momentum, nesterov ? 1 : 0),
  inPlace: [
    [0, 0],
    [1, 1],
  ],
});

/** Inputs learning rate, iteration (before the step): η·√(1 − β2ᵗ)/(1 − β1ᵗ), every operation in float32 as in Keras. */
export const adamCoefficientOp: Op<{ beta1: number; beta2: number }> = op<{ beta1: number; beta2: number }>({
  name: "adamCoefficient",
  shape: () => ({ shape: [], dtype: "float32" }),
  gradient: null,
  kernel: (k, { inputs: [lr, iteration], outputs: [alpha], attrs: { beta1, beta2 } }) =>
    k.f32_adam_coefficient(alpha!.ptr, lr!.ptr, iteration!.ptr, beta1, beta2),
});

/** Inputs variable, momentum, velocity, gradient, coefficient; outputs variable, momentum, velocity. Kingma and Ba 2015. */
export const adamOp: Op<{ beta1: number; beta2: number; epsilon: number }> = op<{
  beta1: number;
  beta2: number;
  epsilon: number;
}>({
  name: "adam",
  shape: (inputs) => {
    requireStep("adam", inputs);
    return inputs.slice(0, 3);
  },
  gradient: null,
  kernel: (k, { inputs: [w, m, v, g, alpha], outputs: [y, m2, v2], attrs: { beta1, beta2, epsilon } }) =>
    k.f32_adam(y!.ptr, m2!.ptr, v2!.ptr, w!.ptr, m!.ptr, v!.ptr, g!.ptr, y!.size, alpha!.ptr, beta1, beta2, epsilon),
  inPlace: [
    [0, 0],
    [1, 1],
    [2, 2],
  ],
});
