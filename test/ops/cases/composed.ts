import { equalOp, lessOp, maximumOp, mulOp, notEqualOp, subOp } from "../../../src/ops/arithmetic.ts";
import * as ops from "../../../src/ops/index.ts";
import { meanOp, sumOp } from "../../../src/ops/reduce.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { map, mapAll, reduce, zip } from "../../reference/ops/arrays.ts";

const LAYOUTS: readonly { shape: number[]; axis?: number | number[]; axes: number[]; keepDims?: boolean }[] = [
  { shape: [3, 5], axis: 1, axes: [1] },
  { shape: [2, 3, 4], axis: [0, -1], axes: [0, 2], keepDims: true },
  { shape: [3, 4], axes: [0, 1] },
];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => mean(values.map((x) => (x - mean(values)) ** 2));
const logSumExp = (values: readonly number[]): number => Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0));

function reductions(
  of: "variance" | "std" | "logSumExp",
  op: OpCase["op"],
  fold: (values: number[]) => number,
): OpCase[] {
  return LAYOUTS.map(({ shape, axis, axes, keepDims = false }) => ({
    of,
    name: `(${shape}) over ${axis === undefined ? "all" : `[${axis}]`}${keepDims ? ", kept" : ""}`,
    op,
    inputs: [{ shape }],
    call: (x) => x[of](axis, keepDims),
    oracle: (x) => reduce(x, shape, axes, fold),
  }));
}

const SPECIAL = { shape: [5], values: [1, Number.NaN, Infinity, -Infinity, 0], gradient: false };
const INTEGERS = { shape: [4], dtype: "int32", values: [-16777217, 3, 0, 16777219] } as const;

export const cases: readonly OpCase[] = [
  ...reductions("variance", meanOp, variance),
  ...reductions("std", meanOp, (values) => Math.sqrt(variance(values))),
  ...reductions("logSumExp", sumOp, logSumExp),
  {
    of: "squaredDifference",
    name: "(2,3) and (3)",
    op: subOp,
    inputs: [{ shape: [2, 3] }, { shape: [3] }],
    call: (a, b) => a.squaredDifference(b),
    oracle: zip((a, b) => (a - b) ** 2, [2, 3], [3]),
  },
  {
    of: "logicalXor",
    name: "all pairs",
    op: notEqualOp,
    inputs: [
      { shape: [4], dtype: "bool", values: [0, 0, 1, 1] },
      { shape: [4], dtype: "int32", values: [0, 2, 0, 3] },
    ],
    call: (a, b) => a.logicalXor(b),
    oracle: () => [0, 1, 1, 0],
  },
  {
    of: "isNaN",
    name: "special numbers",
    op: notEqualOp,
    inputs: [SPECIAL],
    call: ops.isNaN,
    oracle: () => [0, 1, 0, 0, 0],
  },
  {
    of: "isInf",
    name: "special numbers",
    op: equalOp,
    inputs: [SPECIAL],
    call: ops.isInf,
    oracle: () => [0, 0, 1, 1, 0],
  },
  {
    of: "isFinite",
    name: "special numbers",
    op: lessOp,
    inputs: [SPECIAL],
    call: ops.isFinite,
    oracle: () => [1, 0, 0, 0, 1],
  },
  {
    of: "abs",
    name: "int32 beyond 2^24",
    op: maximumOp,
    inputs: [INTEGERS],
    call: ops.abs,
    oracle: map(Math.abs),
    rtol: 1e-12,
  },
  {
    of: "square",
    name: "int32",
    op: mulOp,
    inputs: [INTEGERS],
    call: ops.square,
    oracle: map((x) => Math.imul(x, x)),
    rtol: 1e-12,
  },
  {
    of: "clip",
    name: "int32 beyond 2^24",
    op: maximumOp,
    inputs: [INTEGERS],
    call: (x) => x.clip(-16777216, 16777218),
    oracle: mapAll((x) => Math.min(Math.max(x, -16777216), 16777218)),
    rtol: 1e-12,
  },
];
