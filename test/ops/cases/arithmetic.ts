import * as records from "../../../src/ops/arithmetic.ts";
import type { NoAttrs, Op } from "../../../src/ops/define.ts";
import type { Tensor } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { binary } from "../../reference/kernels/elementwise.ts";
import { mapAll, zip } from "../../reference/ops/arrays.ts";

type Range = Omit<OpInput, "shape">;
type Method = (a: Tensor, b: Tensor) => Tensor;

/** Shapes of both operands: equal, broadcast inside and outside, scalars, empty ones. */
const SHAPES: readonly (readonly [number[], number[]])[] = [
  [[37], [37]],
  [[3, 5], [5]],
  [
    [1, 4],
    [4, 4],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [2, 1, 3, 1, 2],
    [3, 1, 4, 1],
  ],
  [[], [7]],
  [[], []],
  [
    [0, 3],
    [1, 3],
  ],
];

const FAR: readonly [Range, Range] = [
  { low: -3, high: 1.4 },
  { low: 1.5, high: 3 },
];

const QUOTIENTS: readonly [Range, Range] = [
  { low: -2.9, high: -2.1 },
  { low: 0.98, high: 1.02 },
];

function binaryCases(
  op: Op<NoAttrs>,
  call: Method,
  oracle: string,
  ranges: readonly [Range, Range] = [{}, {}],
): OpCase[] {
  return SHAPES.map(([a, b]) => ({
    name: `(${a}) and (${b})`,
    op,
    inputs: [
      { ...ranges[0], shape: a },
      { ...ranges[1], shape: b },
    ],
    call,
    oracle: zip(binary[oracle]!, a, b),
  }));
}

/** Arguments among which some are equal. */
const SMALL: Range = { dtype: "int32", low: -3, high: 4 };
const integers: readonly [Range, Range] = [SMALL, SMALL];

function integerCase(op: Op<NoAttrs>, call: Method, oracle: string): OpCase {
  const inputs = [
    { ...SMALL, shape: [5, 7] },
    { ...SMALL, shape: [7] },
  ];
  return { name: "int32", op, inputs, call, oracle: zip(binary[oracle]!, [5, 7], [7]) };
}

/** Operands that are equal at every second element. */
function comparisonCases(op: Op<NoAttrs>, call: Method, name: string): OpCase[] {
  const a = [1, 2, 3, -4, 5, 0, 7, 8.5, -9];
  const b = [1, 3, 3, -5, 5, -0, 7.5, 8.5, 9];
  const floats = {
    name: "floats",
    op,
    inputs: [
      { shape: [9], values: a },
      { shape: [9], values: b },
    ],
    call,
    oracle: zip(binary[`f32_${name}`]!, [9], [9]),
  };
  return [floats, integerCase(op, call, `i32_${name}`), ...binaryCases(op, call, `i32_${name}`, integers).slice(2, 5)];
}

/** Ties: half of the gradient to each operand, which no difference of the oracle can tell; see arithmetic.test.ts. */
export const cases: readonly OpCase[] = [
  ...binaryCases(records.addOp, (a, b) => a.add(b), "f32_add"),
  integerCase(records.addOp, (a, b) => a.add(b), "i32_add"),
  ...binaryCases(records.subOp, (a, b) => a.sub(b), "f32_sub"),
  integerCase(records.subOp, (a, b) => a.sub(b), "i32_sub"),
  ...binaryCases(records.mulOp, (a, b) => a.mul(b), "f32_mul"),
  integerCase(records.mulOp, (a, b) => a.mul(b), "i32_mul"),
  ...binaryCases(records.divOp, (a, b) => a.div(b), "f32_div", [{}, { gap: 0.7 }]),
  ...binaryCases(records.powOp, (a, b) => a.pow(b), "f32_pow", [{ low: 0.5, high: 2 }, {}]),
  ...binaryCases(records.maximumOp, (a, b) => a.maximum(b), "f32_maximum", FAR),
  ...binaryCases(records.minimumOp, (a, b) => a.minimum(b), "f32_minimum", FAR),
  ...binaryCases(records.maximumOp, (a, b) => b.maximum(a), "f32_maximum", FAR)
    .slice(0, 1)
    .map((one) => ({ ...one, name: "swapped" })),
  integerCase(records.maximumOp, (a, b) => a.maximum(b), "i32_maximum"),
  integerCase(records.minimumOp, (a, b) => a.minimum(b), "i32_minimum"),
  integerCase(records.powOp, (a, b) => a.pow(b), "i32_pow"),
  // quotients stay away from integers, where remainders jump
  ...binaryCases(records.modOp, (a, b) => a.mod(b), "f32_mod", QUOTIENTS),
  integerCase(records.modOp, (a, b) => a.mod(b), "i32_mod"),
  ...binaryCases(records.floorDivOp, (a, b) => a.floorDiv(b), "f32_floor_div", QUOTIENTS),
  integerCase(records.floorDivOp, (a, b) => a.floorDiv(b), "i32_floor_div"),
  ...binaryCases(records.atan2Op, (a, b) => a.atan2(b), "f32_atan2", [{ gap: 0.3 }, { gap: 0.3 }]),
  ...comparisonCases(records.equalOp, (a, b) => a.equal(b), "equal"),
  ...comparisonCases(records.notEqualOp, (a, b) => a.notEqual(b), "not_equal"),
  ...comparisonCases(records.greaterOp, (a, b) => a.greater(b), "greater"),
  ...comparisonCases(records.greaterEqualOp, (a, b) => a.greaterEqual(b), "greater_equal"),
  ...comparisonCases(records.lessOp, (a, b) => a.less(b), "less"),
  ...comparisonCases(records.lessEqualOp, (a, b) => a.lessEqual(b), "less_equal"),
  ...binaryCases(records.logicalAndOp, (a, b) => a.logicalAnd(b), "i32_logical_and", [
    { ...SMALL, dtype: "bool" },
    SMALL,
  ]),
  ...binaryCases(records.logicalOrOp, (a, b) => a.logicalOr(b), "i32_logical_or", [{ ...SMALL, dtype: "bool" }, SMALL]),
  {
    name: "bools",
    op: records.logicalNotOp,
    inputs: [{ shape: [9], dtype: "bool", values: [0, 1, 1, 0, 0, 1, 0, 1, 1] }],
    call: (x) => x.logicalNot(),
    oracle: mapAll((x) => Number(x === 0)),
  },
  {
    name: "equal shapes",
    op: records.selectOp,
    inputs: [{ shape: [3, 5], dtype: "int32", low: -1, high: 2 }, { shape: [3, 5] }, { shape: [3, 5] }],
    call: (condition, a, b) => a.where(condition, b),
    oracle: mapAll((condition, a, b) => (condition !== 0 ? a : b)),
  },
  {
    name: "broadcast",
    op: records.selectOp,
    inputs: [{ shape: [3, 1], dtype: "bool", values: [1, 0, 1] }, { shape: [5] }, { shape: [] }],
    call: (condition, a, b) => a.where(condition, b),
    oracle: (condition, a, b) =>
      Array.from({ length: 15 }, (_, i) => (condition[Math.floor(i / 5)] !== 0 ? a[i % 5]! : b[0]!)),
  },
];
