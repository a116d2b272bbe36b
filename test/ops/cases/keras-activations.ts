import * as activations from "../../../src/activations/index.ts";
import * as records from "../../../src/ops/activations.ts";
import { addOp, divOp, mulOp, selectOp, subOp } from "../../../src/ops/arithmetic.ts";
import { logSoftmaxOp, softmaxOp } from "../../../src/ops/softmax.ts";
import type { Tensor } from "../../../src/ops/tensor.ts";
import { clipOp, expOp, negOp, sqrtOp } from "../../../src/ops/unary.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { unary } from "../../reference/kernels/elementwise.ts";
import { map } from "../../reference/ops/arrays.ts";
import * as rows from "../../reference/ops/rows.ts";

type Range = Omit<OpInput, "shape">;
const named = (name: string): ((x: number) => number) => unary[name] as (x: number) => number;
const sigmoid = named("sigmoid");
const softplus = named("softplus");
const hardSigmoid = named("hard_sigmoid");

/** Between the kinks: none of these numbers lies near ±½, ±1, ±3, 0 or 6. */
const KINKS: Range = { values: [-4, -3.3, -2.2, -1.3, -0.7, -0.2, 0.3, 0.6, 0.8, 1.4, 2.3, 3.4, 5.5, 6.7] };

function activation(
  of: string,
  call: (x: Tensor) => Tensor,
  op: OpCase["op"],
  f: (x: number) => number,
  name = "between its kinks",
  range: Range = KINKS,
): OpCase {
  return { of, name, op, inputs: [{ ...range, shape: [range.values?.length ?? 14] }], call, oracle: map(f) };
}

/** Euclidean projection onto the simplex, found by trying every size of the support. */
function sparsemaxRow(row: readonly number[]): number[] {
  const sorted = [...row].sort((a, b) => b - a);
  let tau = 0;
  sorted.forEach((value, i) => {
    const t = (sorted.slice(0, i + 1).reduce((a, b) => a + b, 0) - 1) / (i + 1);
    if (value > t) tau = t;
  });
  return row.map((x) => Math.max(x - tau, 0));
}

const soft = (x: number, t: number): number => Math.sign(x) * Math.max(Math.abs(x) - t, 0);

export const cases: readonly OpCase[] = [
  activation("relu", activations.relu, records.reluOp, named("relu")),
  activation(
    "relu",
    (x) => activations.relu(x, 0.1, 3, 1),
    clipOp,
    (x) => (x > 1 ? Math.min(x, 3) : 0.1 * (x - 1)),
    "slope, largest value, threshold",
  ),
  activation(
    "relu",
    (x) => activations.relu(x, 0.3),
    records.leakyReluOp,
    (x) => (x > 0 ? x : 0.3 * x),
    "slope",
  ),
  activation(
    "relu",
    (x) => activations.relu(x, 0, 6),
    selectOp,
    (x) => Math.min(Math.max(x, 0), 6),
    "largest value 6",
  ),
  activation("relu6", activations.relu6, selectOp, (x) => Math.min(Math.max(x, 0), 6)),
  activation("leakyRelu", activations.leakyRelu, records.leakyReluOp, (x) => (x > 0 ? x : 0.2 * x)),
  activation("elu", activations.elu, records.eluOp, (x) => unary.elu!(x, 1, 0)),
  activation("selu", activations.selu, records.seluOp, named("selu")),
  activation(
    "celu",
    (x) => activations.celu(x, 0.7),
    records.eluOp,
    (x) => (x > 0 ? x : 0.7 * Math.expm1(x / 0.7)),
    "alpha 0.7",
  ),
  activation("sigmoid", activations.sigmoid, records.sigmoidOp, sigmoid),
  activation("hardSigmoid", activations.hardSigmoid, records.hardSigmoidOp, hardSigmoid),
  activation("logSigmoid", activations.logSigmoid, negOp, (x) => -softplus(-x)),
  activation("sparseSigmoid", activations.sparseSigmoid, clipOp, (x) => Math.min(Math.max((x + 1) / 2, 0), 1)),
  activation("tanh", activations.tanh, records.tanhOp, Math.tanh),
  activation("hardTanh", activations.hardTanh, selectOp, (x) => Math.min(Math.max(x, -1), 1)),
  activation("tanhShrink", activations.tanhShrink, subOp, (x) => x - Math.tanh(x)),
  activation("hardShrink", activations.hardShrink, selectOp, (x) => (Math.abs(x) > 0.5 ? x : 0)),
  activation("softShrink", activations.softShrink, subOp, (x) => soft(x, 0.5)),
  activation(
    "threshold",
    (x) => activations.threshold(x, 1, -2),
    selectOp,
    (x) => (x > 1 ? x : -2),
    "1, else -2",
  ),
  activation("softplus", activations.softplus, records.softplusOp, softplus),
  activation("sparsePlus", activations.sparsePlus, addOp, (x) => (x > 1 ? x : x < -1 ? 0 : (x + 1) ** 2 / 4)),
  activation("squareplus", activations.squareplus, sqrtOp, (x) => (x + Math.sqrt(x * x + 4)) / 2),
  activation("softsign", activations.softsign, records.softsignOp, (x) => x / (1 + Math.abs(x))),
  activation("silu", activations.silu, records.siluOp, (x) => x * sigmoid(x)),
  activation("hardSilu", activations.hardSilu, mulOp, (x) => x * hardSigmoid(x)),
  activation("gelu", activations.gelu, records.geluOp, named("gelu")),
  activation("mish", activations.mish, mulOp, (x) => x * Math.tanh(softplus(x))),
  activation("exponential", activations.exponential, expOp, Math.exp, "small numbers", {}),
  {
    of: "glu",
    name: "halves of the last axis",
    op: mulOp,
    inputs: [{ shape: [3, 4] }],
    call: (x) => activations.glu(x),
    oracle: (x) => rows.eachRow(x, 4, ([a, b, c, d]) => [a! * sigmoid(c!), b! * sigmoid(d!)]),
  },
  {
    of: "softmax",
    name: "rows",
    op: softmaxOp,
    inputs: [{ shape: [3, 4] }],
    call: (x) => activations.softmax(x),
    oracle: (x) => rows.softmax(x, 4),
  },
  {
    of: "logSoftmax",
    name: "rows",
    op: logSoftmaxOp,
    inputs: [{ shape: [3, 4] }],
    call: (x) => activations.logSoftmax(x),
    oracle: (x) => rows.logSoftmax(x, 4),
  },
  {
    of: "sparsemax",
    name: "rows with supports of different sizes",
    op: divOp,
    inputs: [{ shape: [3, 4], values: [0.1, 0.3, 0.25, -0.4, 3, 1, 0.2, 2.6, 0.05, 0.1, 0.15, 0.2] }],
    call: (x) => activations.sparsemax(x),
    oracle: (x) => rows.eachRow(x, 4, sparsemaxRow),
  },
];
