import { cumprod, cumsum } from "../../../src/ops/index.ts";
import * as records from "../../../src/ops/scan.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { cumulate, linearScan } from "../../reference/kernels/scan.ts";

const LAYOUTS: readonly { shape: number[]; axis: number; split: [number, number, number] }[] = [
  { shape: [9], axis: 0, split: [1, 9, 1] },
  { shape: [3, 5], axis: -1, split: [3, 5, 1] },
  { shape: [2, 4, 3], axis: 1, split: [2, 4, 3] },
  { shape: [0, 3], axis: 0, split: [1, 0, 3] },
];
const FLAGS = [false, true];

function runningCases(
  op: OpCase["op"],
  call: typeof cumsum,
  combine: (all: number, value: number) => number,
  first: number,
  input: Omit<OpInput, "shape"> = {},
): OpCase[] {
  return LAYOUTS.flatMap(({ shape, axis, split }) =>
    FLAGS.flatMap((exclusive) =>
      FLAGS.map((reverse) => ({
        name: `(${shape}) along ${axis}${exclusive ? ", exclusive" : ""}${reverse ? ", reverse" : ""}`,
        op,
        inputs: [{ ...input, shape }],
        call: (x) => call(x, axis, exclusive, reverse),
        oracle: (x) => cumulate(x, split, combine, first, exclusive, reverse),
      })),
    ),
  );
}

export const cases: readonly OpCase[] = [
  ...runningCases(records.cumsumOp, cumsum, (all, value) => all + value, 0),
  ...runningCases(records.cumprodOp, cumprod, (all, value) => all * value, 1),
  {
    name: "factors of 0",
    op: records.cumprodOp,
    inputs: [{ shape: [6], values: [2, 0, 3, -1, 0, 4] }],
    call: (x) => cumprod(x),
    oracle: (x) => cumulate(x, [1, 6, 1], (all, value) => all * value, 1, false, false),
  },
  {
    name: "int32 beyond 2^24",
    op: records.cumsumOp,
    inputs: [{ shape: [3], dtype: "int32", values: [16777217, 1, -16777219] }],
    call: (x) => cumsum(x),
    oracle: () => [16777217, 16777218, -1],
    rtol: 1e-12,
  },
  {
    name: "bool, which it counts",
    op: records.cumsumOp,
    inputs: [{ shape: [5], dtype: "bool", values: [1, 0, 1, 1, 0] }],
    call: (x) => cumsum(x),
    oracle: () => [1, 1, 2, 3, 3],
  },
  ...LAYOUTS.flatMap(({ shape, axis, split }) =>
    FLAGS.map(
      (reverse): OpCase => ({
        name: `(${shape}) along ${axis}${reverse ? ", reverse" : ""}`,
        op: records.linearScanOp,
        inputs: [{ shape }, { shape }],
        call: (a, b) => apply(records.linearScanOp, [a, b], { axis: axis < 0 ? axis + shape.length : axis, reverse }),
        oracle: (a, b) => linearScan(a!, b!, split, reverse),
      }),
    ),
  ),
];
