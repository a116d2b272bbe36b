/** Random computations over tensors, for properties that must hold for any graph. */
import fc from "fast-check";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as ops from "../../src/ops/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";

/** One step: an operation and the earlier values it is applied to (counted from the latest). */
export interface Step {
  readonly op: string;
  readonly a: number;
  readonly b: number;
}

/** All values have shape (4, 4) or are brought there, so that every operation fits every value. */
export const SIDE = 4;

type Apply = (a: Tensor, b: Tensor) => Tensor;

const row = (x: Tensor): Tensor => x.sum(0, true);
const square = (x: Tensor): Tensor => x.broadcastTo([SIDE, SIDE]);

/** Operations that keep numbers tame; among them every kind of broadcast, alias, reduction, product and in-place op. */
const OPERATIONS: Readonly<Record<string, Apply>> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b).tanh(),
  rowAdd: (a, b) => row(a).add(b),
  columnMul: (a, b) => a.mean(1, true).mul(b),
  scalarSub: (a, b) => b.sub(a.mean()),
  outer: (a, b) => a.mean(1, true).add(b.mean(0, true)),
  relu: (a) => a.relu(),
  tanh: (a) => a.tanh(),
  sigmoid: (a) => a.sigmoid(),
  softmax: (a) => a.softmax(),
  neg: (a) => a.neg(),
  maximum: (a, b) => a.maximum(b),
  where: (a, b) => ops.where(a.greater(b), a, b.mul(0.5)),
  matMul: (a, b) => a.matMul(b),
  matMulNT: (a, b) => a.matMul(b, false, true).tanh(),
  matMulTN: (a, b) => a.matMul(b, true).tanh(),
  dense: (a, b) =>
    a
      .matMul(b)
      .add(row(b).reshape([SIDE]))
      .relu(),
  denseTanh: (a, b) => a.matMul(b).add(b.sum(1)).tanh(),
  transpose: (a) => a.transpose(),
  reshape: (a) => a.reshape([2, 8]).reshape([SIDE, SIDE]),
  flatSum: (a, b) => a.flatten().reshape([SIDE, SIDE]).add(b),
  concat: (a, b) =>
    ops
      .concat([a, b], 1)
      .matMul(ops.concat([a, b], 0))
      .tanh(),
  max: (a, b) => a.max(1, true).add(b),
  norm: (a) => ops.batchNormTrain(a, null, null, { axis: 1, epsilon: 1e-2 }).y,
  stop: (a, b) => a.stopGradient().mul(b).tanh(),
};

/** A list of steps. */
export const stepsArbitrary: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ op: fc.constantFrom(...Object.keys(OPERATIONS)), a: fc.nat(5), b: fc.nat(5) }),
  { minLength: 1, maxLength: 14 },
);

/** Applies the steps to the first values; all values, the latest last. */
export function applySteps(steps: readonly Step[], first: readonly Tensor[]): Tensor[] {
  const values = [...first];
  for (const { op, a, b } of steps) {
    const pick = (back: number): Tensor => values[Math.max(values.length - 1 - back, 0)]!;
    values.push(square(OPERATIONS[op]!(pick(a), pick(b))));
  }
  return values;
}

/** The latest value, one in the middle, and gradients for the first values. */
export function resultsOf(steps: readonly Step[], first: readonly Tensor[]): Tensor[] {
  const values = applySteps(steps, first);
  const last = values.at(-1)!;
  const grads = gradients(last.square(), first).filter((grad) => grad !== null);
  return [last, values[Math.floor(values.length / 2)]!, ...grads];
}
