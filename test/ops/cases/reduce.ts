import type { Op } from "../../../src/ops/define.ts";
import type { Axes } from "../../../src/ops/operand.ts";
import * as records from "../../../src/ops/reduce.ts";
import type { Tensor } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { reduce } from "../../reference/ops/arrays.ts";

type Call = (x: Tensor, axis: Axes, keepDims: boolean) => Tensor;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const first = (values: readonly number[], of: (...values: number[]) => number): number => values.indexOf(of(...values));

const LAYOUTS: readonly { shape: number[]; axis: Axes; axes: number[]; keepDims: boolean }[] = [
  { shape: [3, 37], axis: 1, axes: [1], keepDims: false },
  { shape: [70, 5], axis: 0, axes: [0], keepDims: true },
  { shape: [3, 4, 5], axis: [0, -1], axes: [0, 2], keepDims: false },
  { shape: [2, 3, 4, 5], axis: [1, 2], axes: [1, 2], keepDims: true },
  { shape: [3, 5], axis: undefined, axes: [0, 1], keepDims: false },
  { shape: [3, 0, 2], axis: 0, axes: [0], keepDims: false },
];

/** Numbers no two of which are near each other: extremes stay where they are under small changes. */
export function apart(n: number): number[] {
  return Array.from({ length: n }, (_, i) => (((i * 37) % 101) - 50) / 20);
}

function reduceCases(
  op: Op<records.ReduceAttrs>,
  call: Call,
  fold: (values: number[]) => number,
  input: Omit<OpInput, "shape"> = {},
): OpCase[] {
  return LAYOUTS.map(({ shape, axis, axes, keepDims }) => ({
    name: `(${shape}) over ${axis === undefined ? "all" : `[${axis}]`}${keepDims ? ", kept" : ""}`,
    op,
    inputs: [{ ...input, shape }],
    call: (x) => call(x, axis, keepDims),
    oracle: (x) => reduce(x, shape, axes, fold),
  }));
}

function extremeCases(op: Op<records.ReduceAttrs>, call: Call, fold: (values: number[]) => number): OpCase[] {
  return reduceCases(op, call, fold)
    .filter(({ inputs }) => inputs[0]!.shape[0] !== 70)
    .map((one) => ({
      ...one,
      inputs: one.inputs.map(({ shape }) => ({ shape, values: apart(shape.reduce((n, dim) => n * dim, 1)) })),
    }));
}

function placeCases(
  op: Op<records.ReduceAttrs>,
  call: (x: Tensor, axis: number) => Tensor,
  of: (...values: number[]) => number,
): OpCase[] {
  return [
    [[3, 37], 1],
    [[5, 7], 0],
    [[2, 3, 4], -2],
  ].map(([shape, axis]) => ({
    name: `(${shape}) along ${axis}`,
    op,
    inputs: [{ shape: shape as number[], dtype: "int32", low: -9, high: 9 }],
    call: (x) => call(x, axis as number),
    oracle: (x) =>
      reduce(
        x,
        shape as number[],
        [((axis as number) + (shape as number[]).length) % (shape as number[]).length],
        (values) => first(values, of),
      ),
  }));
}

export const cases: readonly OpCase[] = [
  ...reduceCases(records.sumOp, (x, axis, keepDims) => x.sum(axis, keepDims), sum),
  {
    name: "int32",
    op: records.sumOp,
    inputs: [{ shape: [5, 7], dtype: "int32", low: -9, high: 9 }],
    call: (x) => x.sum(0),
    oracle: (x) => reduce(x, [5, 7], [0], sum),
  },
  ...[
    { op: records.maxOp, call: (x: Tensor): Tensor => x.max(1), fold: (values: number[]) => Math.max(...values) },
    { op: records.minOp, call: (x: Tensor): Tensor => x.min(1), fold: (values: number[]) => Math.min(...values) },
    { op: records.sumOp, call: (x: Tensor): Tensor => x.sum(1), fold: sum },
    {
      op: records.prodOp,
      call: (x: Tensor): Tensor => x.prod(1),
      fold: (values: number[]) => values.reduce((a, b) => a * b, 1),
    },
    {
      op: records.argMaxOp,
      call: (x: Tensor): Tensor => x.argMax(1),
      fold: (values: number[]) => first(values, Math.max),
    },
  ].map(
    ({ op, call, fold }): OpCase => ({
      name: "int32 beyond 2^24",
      op,
      inputs: [{ shape: [2, 3], dtype: "int32", values: [16777216, 16777217, 3, -16777217, -16777218, 1] }],
      call,
      oracle: (x) => Int32Array.from(reduce(x, [2, 3], [1], fold), (value) => Number(BigInt.asIntN(32, BigInt(value)))),
      rtol: 1e-12,
    }),
  ),
  {
    name: "factors of 0, one and two in a row",
    op: records.prodOp,
    inputs: [{ shape: [3, 3], values: [2, 0, 3, 0, 0, 5, 1, -2, 3] }],
    call: (x) => x.prod(1),
    oracle: (x) => reduce(x, [3, 3], [1], (values) => values.reduce((a, b) => a * b, 1)),
  },
  {
    name: "bool, which it counts",
    op: records.sumOp,
    inputs: [{ shape: [7], dtype: "bool", values: [1, 0, 1, 1, 0, 0, 1] }],
    call: (x) => x.sum(),
    oracle: (x) => [sum([...x])],
  },
  ...reduceCases(
    records.meanOp,
    (x, axis, keepDims) => x.mean(axis, keepDims),
    (values) => sum(values) / values.length,
  ),
  ...extremeCases(
    records.maxOp,
    (x, axis, keepDims) => x.max(axis, keepDims),
    (values) => Math.max(...values),
  ),
  ...extremeCases(
    records.minOp,
    (x, axis, keepDims) => x.min(axis, keepDims),
    (values) => Math.min(...values),
  ),
  ...reduceCases(
    records.prodOp,
    (x, axis, keepDims) => x.prod(axis, keepDims),
    (values) => values.reduce((a, b) => a * b, 1),
    {
      low: 0.7,
      high: 1.3,
    },
  ),
  ...reduceCases(
    records.anyOp,
    (x, axis, keepDims) => x.any(axis, keepDims),
    (values) => Number(values.some(Boolean)),
    {
      dtype: "int32",
      low: -1.05,
      high: 1.05,
    },
  ),
  ...reduceCases(
    records.allOp,
    (x, axis, keepDims) => x.all(axis, keepDims),
    (values) => Number(values.every(Boolean)),
    {
      dtype: "int32",
      low: -9,
      high: 9,
    },
  ),
  ...placeCases(records.argMaxOp, (x, axis) => x.argMax(axis), Math.max),
  ...placeCases(records.argMinOp, (x, axis) => x.argMin(axis), Math.min),
];
