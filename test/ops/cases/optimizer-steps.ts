import type { Op } from "../../../src/ops/define.ts";
import * as records from "../../../src/ops/optimizer-steps.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { lamb, RULES, stepped } from "../../reference/kernels/optimizer.ts";

const N = 37;
const RATE = 0.25;
const DECAY = 0.125;
/** How the average moves: what stays, what comes. */
const [KEEP, TAKE] = [0.75, 0.25];
const LAMB = [0.3, 0.1, 0.01, 1e-3, 0.2];

/** A case of a record that steps a variable: without and with a moving average, which may take the variable's place. */
function stepCase(
  record: Op<records.StepAttrs>,
  name: string,
  slots: readonly number[],
  own: readonly number[],
  oracle: (states: Float64Array[], g: Float64Array) => number[][],
  overwrite?: number,
): OpCase {
  const averaged = overwrite !== undefined;
  const lows = [-2, ...slots, ...(averaged ? [-2] : [])];
  const cells = [1, RATE, KEEP, TAKE, overwrite ?? 0, ...own];
  return {
    name: averaged ? `${name}, average ${overwrite}` : name,
    op: record,
    inputs: [...lows.map((low) => ({ shape: [N], low })), { shape: [N] }, { shape: [cells.length], values: cells }],
    call: (...inputs) => apply(record, inputs, { decay: DECAY, average: averaged }),
    oracle: (...arrays) => {
      const [g] = arrays.slice(-2);
      const states = arrays.slice(0, -2);
      const next = oracle(averaged ? states.slice(0, -1) : states, g!);
      if (!averaged) return next.flat();
      const average = next[0]!.map((x, i) => KEEP * states.at(-1)![i]! + TAKE * x);
      return [...(overwrite === 1 ? average : next[0]!), ...next.slice(1).flat(), ...average];
    },
    rtol: 2e-6,
  };
}

const elementwise: Readonly<Record<string, Op<records.StepAttrs>>> = {
  sgd: records.sgdOp,
  sgdMomentum: records.momentumOp,
  nesterov: records.momentumOp,
  adam: records.adamOp,
  amsgrad: records.amsgradOp,
  rmsprop: records.rmspropOp,
  rmspropMomentum: records.rmspropMomentumOp,
  rmspropCentered: records.rmspropCenteredOp,
  rmspropBoth: records.rmspropBothOp,
  adagrad: records.adagradOp,
  adadelta: records.adadeltaOp,
  adamax: records.adamaxOp,
  nadam: records.nadamOp,
  ftrl: records.ftrlOp,
  ftrlPower: records.ftrlOp,
  lion: records.lionOp,
};

export const cases: readonly OpCase[] = [
  ...Object.entries(elementwise).flatMap(([name, record]) =>
    [undefined, 0, 1].map((overwrite) => {
      const each = RULES[name]!;
      const oracle = (states: Float64Array[], g: Float64Array): number[][] => stepped(each, states, g, RATE, DECAY);
      return stepCase(record, name, each.slots, each.own, oracle, overwrite);
    }),
  ),
  stepCase(records.lambOp, "whole variable", [-2, 0], LAMB, (states, g) => lamb(states, g, RATE, DECAY, LAMB)),
  ...[0, 1].map(
    (overwrite): OpCase => ({
      name: `overwrite ${overwrite}`,
      op: records.emaOp,
      inputs: [{ shape: [N] }, { shape: [N] }, { shape: [5], values: [0, RATE, KEEP, TAKE, overwrite] }],
      call: (...inputs) => apply(records.emaOp, inputs, {}),
      oracle: (w, old) => {
        const average = Array.from(w!, (x, i) => KEEP * old![i]! + TAKE * x);
        return [...(overwrite === 1 ? average : w!), ...average];
      },
    }),
  ),
];
