import type { NoAttrs, Op } from "../../../src/ops/define.ts";
import { apply, type Tensor } from "../../../src/ops/tensor.ts";
import * as records from "../../../src/ops/unary.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { unary } from "../../reference/kernels/elementwise.ts";
import { map, mapAll } from "../../reference/ops/arrays.ts";

/** Sizes with a tail behind the last vector, a scalar, an empty one. */
const SHAPES = [[37], [3, 5], [], [0, 3]];

/** Cases of a function of one number for every shape. */
export function unaryCases(
  op: Op<NoAttrs>,
  call: (x: Tensor) => Tensor,
  f: (x: number) => number,
  range: Omit<OpInput, "shape"> = {},
): OpCase[] {
  return SHAPES.map((shape) => ({ name: `(${shape})`, op, inputs: [{ ...range, shape }], call, oracle: map(f) }));
}

const positive = { low: 0.3, high: 3 };
const named = (name: string): ((x: number) => number) => unary[name] as (x: number) => number;

export const cases: readonly OpCase[] = [
  ...unaryCases(records.negOp, (x) => x.neg(), named("neg")),
  ...unaryCases(records.absOp, (x) => x.abs(), named("abs"), { gap: 0.05 }),
  ...unaryCases(records.signOp, (x) => x.sign(), named("sign"), { gap: 0.05 }),
  ...unaryCases(records.expOp, (x) => x.exp(), named("exp")),
  ...unaryCases(records.logOp, (x) => x.log(), named("log"), positive),
  ...unaryCases(records.log1pOp, (x) => x.log1p(), named("log1p"), { low: -0.7, high: 3 }),
  ...unaryCases(records.expm1Op, (x) => x.expm1(), named("expm1")),
  ...unaryCases(records.sqrtOp, (x) => x.sqrt(), named("sqrt"), positive),
  ...unaryCases(records.rsqrtOp, (x) => x.rsqrt(), named("rsqrt"), positive),
  ...unaryCases(records.squareOp, (x) => x.square(), named("square")),
  ...unaryCases(records.reciprocalOp, (x) => x.reciprocal(), named("reciprocal"), { gap: 0.5 }),
  ...unaryCases(records.floorOp, (x) => x.floor(), named("floor")),
  ...unaryCases(records.ceilOp, (x) => x.ceil(), named("ceil")),
  ...unaryCases(records.roundOp, (x) => x.round(), named("round")),
  ...unaryCases(records.erfOp, (x) => x.erf(), named("erf")),
  // the ends lie where no random number comes near them
  ...unaryCases(
    records.clipOp,
    (x) => x.clip(-0.5, 0.5),
    (x) => unary.clip!(x, -0.5, 0.5),
    {
      low: -3,
      high: 3,
      gap: 0.6,
    },
  ),
  {
    name: "inside and outside",
    op: records.clipOp,
    inputs: [{ shape: [5], values: [-2, -0.4, 0.1, 0.4, 2] }],
    call: (x) => x.clip(-1, 1),
    oracle: map((x) => unary.clip!(x, -1, 1)),
  },
  {
    name: "no lower end",
    op: records.clipOp,
    inputs: [{ shape: [5], values: [-2, -0.4, 0.1, 0.4, 2] }],
    call: (x) => x.clip(Number.NEGATIVE_INFINITY, 1),
    oracle: map((x) => Math.min(x, 1)),
  },
  {
    name: "dy where x is inside",
    op: records.clipGradOp,
    inputs: [{ shape: [6] }, { shape: [6], values: [-2, -0.4, 0.1, 0.4, 2, 3], gradient: false }],
    call: (dy, x) => apply(records.clipGradOp, [dy, x], { lo: -1, hi: 1 }),
    oracle: mapAll((dy, x) => (x >= -1 && x <= 1 ? dy : 0)),
  },
];
