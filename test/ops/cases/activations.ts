import * as records from "../../../src/ops/activations.ts";
import type { NoAttrs, Op } from "../../../src/ops/define.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { unary } from "../../reference/kernels/elementwise.ts";
import { map, mapAll } from "../../reference/ops/arrays.ts";
import { fromInput, fromResult } from "../../reference/ops/derivatives.ts";
import { unaryCases } from "./unary.ts";

const named = (name: string): ((x: number) => number) => unary[name] as (x: number) => number;
const awayFromKink = { gap: 0.05 };

/** dx = dy · f′(other); both inputs are differentiated unless f′ is a step. */
function gradCase(op: Op<NoAttrs>, derivative: (x: number) => number, other: Omit<OpInput, "shape">): OpCase {
  return {
    name: "dy times the derivative",
    op,
    inputs: [{ shape: [37] }, { shape: [37], ...other }],
    call: (dy, x) => apply(op, [dy, x], {}),
    oracle: mapAll((dy, x) => dy * derivative(x)),
  };
}

const elu = (y: number, alpha: number): number => (y > 0 ? 1 : y + alpha);

export const cases: readonly OpCase[] = [
  ...unaryCases(records.reluOp, (x) => x.relu(), named("relu"), awayFromKink),
  ...unaryCases(records.sigmoidOp, (x) => x.sigmoid(), named("sigmoid")),
  ...unaryCases(records.tanhOp, (x) => x.tanh(), named("tanh")),
  ...unaryCases(records.softplusOp, (x) => x.softplus(), named("softplus")),
  ...unaryCases(records.softsignOp, (x) => x.softsign(), named("softsign"), awayFromKink),
  ...unaryCases(records.siluOp, (x) => x.silu(), named("silu")),
  ...unaryCases(records.geluOp, (x) => x.gelu(), named("gelu")),
  ...unaryCases(records.geluTanhOp, (x) => x.gelu(true), named("gelu_tanh")),
  ...unaryCases(records.seluOp, (x) => x.selu(), named("selu"), awayFromKink),
  {
    name: "inside and outside (-3, 3)",
    op: records.hardSigmoidOp,
    inputs: [{ shape: [7], values: [-4, -2.9, -1, 0, 1.5, 2.9, 5] }],
    call: (x) => x.hardSigmoid(),
    oracle: map(named("hard_sigmoid")),
  },
  {
    name: "alpha 0.7",
    op: records.eluOp,
    inputs: [{ shape: [37], ...awayFromKink }],
    call: (x) => x.elu(0.7),
    oracle: map((x) => unary.elu!(x, 0.7, 0)),
  },
  {
    name: "slope 0.3",
    op: records.leakyReluOp,
    inputs: [{ shape: [37], ...awayFromKink }],
    call: (x) => x.leakyRelu(0.3),
    oracle: map((x) => unary.leaky_relu!(x, 0.3, 0)),
  },
  gradCase(records.reluGradOp, fromResult.relu!, { gradient: false }),
  gradCase(records.sigmoidGradOp, fromResult.sigmoid!, { low: 0.05, high: 0.95 }),
  gradCase(records.tanhGradOp, fromResult.tanh!, { low: -0.95, high: 0.95 }),
  gradCase(records.seluGradOp, fromResult.selu!, { gap: 0.05, low: -1.5 }),
  gradCase(records.softplusGradOp, fromInput.softplus!, {}),
  gradCase(records.siluGradOp, fromInput.silu!, {}),
  gradCase(records.geluGradOp, fromInput.gelu!, {}),
  gradCase(records.geluTanhGradOp, fromInput.geluTanh!, {}),
  {
    name: "dy times the derivative",
    op: records.eluGradOp,
    inputs: [{ shape: [37] }, { shape: [37], low: -0.65, gap: 0.05 }],
    call: (dy, y) => apply(records.eluGradOp, [dy, y], { alpha: 0.7 }),
    oracle: mapAll((dy, y) => dy * elu(y, 0.7)),
  },
  {
    name: "dy times the slope",
    op: records.leakyReluGradOp,
    inputs: [{ shape: [37] }, { shape: [37], gap: 0.05, gradient: false }],
    call: (dy, x) => apply(records.leakyReluGradOp, [dy, x], { slope: 0.3 }),
    oracle: mapAll((dy, x) => dy * (x > 0 ? 1 : 0.3)),
  },
];
