import { adamCoefficient, adamStep, sgdStep } from "../../../src/ops/index.ts";
import * as records from "../../../src/ops/optimizer-steps.ts";
import type { OpCase } from "../../harness/op-test.ts";

const N = 37;
const VALUES = { shape: [N] };
const RATE = { shape: [], values: [0.25] };
const HYPER = { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };

function momentumCase(nesterov: boolean): OpCase {
  return {
    name: nesterov ? "Nesterov" : "momentum",
    op: records.sgdMomentumOp,
    inputs: [VALUES, VALUES, VALUES, RATE],
    call: (variable, slot, gradient, learningRate) => {
      const step = sgdStep({ variable, slot, gradient, learningRate, momentum: 0.75, nesterov });
      return [step.variable, step.slot!];
    },
    oracle: (w, m, g, [rate]) => {
      const velocity = m!.map((value, i) => 0.75 * value - rate! * g![i]!);
      const change = (i: number): number => (nesterov ? 0.75 * velocity[i]! - rate! * g![i]! : velocity[i]!);
      return [...w!.map((value, i) => value + change(i)), ...velocity];
    },
  };
}

/** η·√(1 − β2ᵗ)/(1 − β1ᵗ). */
const coefficient = (rate: number, t: number): number =>
  (rate * Math.sqrt(1 - HYPER.beta2 ** t)) / (1 - HYPER.beta1 ** t);

export const cases: readonly OpCase[] = [
  {
    name: "a step against the gradient",
    op: records.sgdOp,
    inputs: [VALUES, VALUES, RATE],
    call: (variable, gradient, learningRate) => sgdStep({ variable, gradient, learningRate }).variable,
    oracle: (w, g, [rate]) => w!.map((value, i) => value - rate! * g![i]!),
  },
  momentumCase(false),
  momentumCase(true),
  ...[0, 1, 99, 100000].map(
    (iteration): OpCase => ({
      name: `iteration ${iteration}`,
      op: records.adamCoefficientOp,
      inputs: [RATE, { shape: [], dtype: "int32", values: [iteration] }],
      call: (rate, step) => adamCoefficient(rate, step, HYPER.beta1, HYPER.beta2),
      oracle: ([rate]) => [coefficient(rate!, iteration + 1)],
      // 1 − β2ᵗ is taken in float32, as Keras does: the rounding of 0.99 weighs a hundredfold at first
      rtol: 1e-5,
    }),
  ),
  {
    name: "variable, momentum, velocity",
    op: records.adamOp,
    inputs: [VALUES, VALUES, { ...VALUES, low: 0, high: 2 }, VALUES, RATE],
    call: (variable, momentum, velocity, gradient, alpha) =>
      Object.values(adamStep({ variable, momentum, velocity, gradient, alpha }, HYPER)),
    oracle: (w, m, v, g, [alpha]) => {
      const m2 = m!.map((value, i) => value + (g![i]! - value) * (1 - HYPER.beta1));
      const v2 = v!.map((value, i) => value + (g![i]! ** 2 - value) * (1 - HYPER.beta2));
      return [...w!.map((value, i) => value - (m2[i]! * alpha!) / (Math.sqrt(v2[i]!) + HYPER.epsilon)), ...m2, ...v2];
    },
  },
];
