import * as records from "../../../src/ops/shaping.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { DType } from "../../../src/util/dtype.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { broadcastTo, concat, map, pad, slice, transpose } from "../../reference/ops/arrays.ts";

const PERMUTATIONS: readonly (readonly [number[], number[]])[] = [
  [
    [5, 7],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4],
    [0, 2, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 0, 2],
  ],
  [
    [2, 1, 3, 2, 2, 3],
    [5, 3, 1, 0, 2, 4],
  ],
  [
    [0, 3],
    [1, 0],
  ],
];

const BROADCASTS: readonly (readonly [number[], number[]])[] = [
  [[5], [3, 5]],
  [
    [3, 1],
    [3, 5],
  ],
  [[], [7]],
  [
    [2, 1, 3, 1, 2],
    [2, 4, 3, 5, 2],
  ],
  [
    [1, 3],
    [0, 3],
  ],
];

/** Values that each conversion treats in its own way. */
const CASTS: readonly (readonly [DType, DType, number[], (x: number) => number])[] = [
  ["float32", "int32", [-2.7, -0.5, 0, 0.5, 2.7, 1e6], Math.trunc],
  ["float32", "uint32", [0, 0.5, 2.7, 1e6], Math.trunc],
  ["float32", "bool", [-2.7, -0, 0, 1e-30, 3], (x) => Number(x !== 0)],
  ["int32", "float32", [-7, 0, 16777216, 5], (x) => x],
  ["int32", "bool", [-7, 0, 1, 256], (x) => Number(x !== 0)],
  ["int32", "uint32", [7, 0, 1], (x) => x],
  ["uint32", "float32", [7, 0, 4294967040], (x) => x],
  ["uint32", "bool", [7, 0, 256], (x) => Number(x !== 0)],
  ["bool", "float32", [1, 0, 1], (x) => x],
  ["bool", "int32", [1, 0, 1], (x) => x],
];

const CONCATS: readonly { shapes: number[][]; axis: number }[] = [
  {
    shapes: [
      [2, 3],
      [2, 5],
      [2, 1],
    ],
    axis: 1,
  },
  {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    axis: 0,
  },
  {
    shapes: [
      [2, 3, 4],
      [2, 2, 4],
    ],
    axis: 1,
  },
  {
    shapes: [
      [2, 0],
      [2, 3],
    ],
    axis: 1,
  },
];

export const cases: readonly OpCase[] = [
  {
    name: "(3,4) as (2,6), between other ops",
    op: records.reshapeOp,
    inputs: [{ shape: [3, 4] }],
    call: (x) => x.add(0).reshape([2, -1]).neg(),
    oracle: map((x) => -x),
  },
  {
    name: "an input, to nothing but another shape",
    op: records.reshapeOp,
    inputs: [{ shape: [3, 4] }],
    call: (x) => x.reshape([12]),
    oracle: map((x) => x),
  },
  {
    name: "(0,3) as (6,0)",
    op: records.reshapeOp,
    inputs: [{ shape: [0, 3] }],
    call: (x) => x.reshape([6, 0]),
    oracle: map((x) => x),
  },
  {
    name: "the values",
    op: records.stopGradientOp,
    inputs: [{ shape: [7] }],
    call: (x) => x.stopGradient(),
    oracle: map((x) => x),
  },
  ...PERMUTATIONS.map(
    ([shape, perm]): OpCase => ({
      name: `(${shape}) by [${perm}]`,
      op: records.transposeOp,
      inputs: [{ shape }],
      call: (x) => x.transpose(perm),
      oracle: (x) => transpose(x, shape, perm),
    }),
  ),
  ...BROADCASTS.map(
    ([from, to]): OpCase => ({
      name: `(${from}) to (${to})`,
      op: records.broadcastToOp,
      inputs: [{ shape: from }],
      call: (x) => x.broadcastTo(to),
      oracle: (x) => broadcastTo(x, from, to),
    }),
  ),
  {
    name: "the middle of (4,5)",
    op: records.sliceOp,
    inputs: [{ shape: [4, 5] }],
    call: (x) => apply(records.sliceOp, [x], { begin: [1, 2], size: [2, 3] }),
    oracle: (x) => slice(x, [4, 5], [1, 2], [2, 3]),
  },
  {
    name: "a corner of (2,3,4,2,3), int32",
    op: records.sliceOp,
    inputs: [{ shape: [2, 3, 4, 2, 3], dtype: "int32", low: -99, high: 99 }],
    call: (x) => apply(records.sliceOp, [x], { begin: [1, 0, 1, 0, 1], size: [1, 2, 3, 1, 2] }),
    oracle: (x) => slice(x, [2, 3, 4, 2, 3], [1, 0, 1, 0, 1], [1, 2, 3, 1, 2]),
  },
  {
    name: "nothing",
    op: records.sliceOp,
    inputs: [{ shape: [4] }],
    call: (x) => apply(records.sliceOp, [x], { begin: [2], size: [0] }),
    oracle: () => [],
  },
  {
    name: "(2,3) with 1.5 around",
    op: records.padOp,
    inputs: [{ shape: [2, 3] }],
    call: (x) => apply(records.padOp, [x], { before: [1, 0], after: [2, 3], value: 1.5 }),
    oracle: (x) => pad(x, [2, 3], [1, 0], [2, 3], 1.5),
  },
  {
    name: "int32 with -1 around",
    op: records.padOp,
    inputs: [{ shape: [3], dtype: "int32", low: -9, high: 9 }],
    call: (x) => apply(records.padOp, [x], { before: [2], after: [1], value: -1 }),
    oracle: (x) => pad(x, [3], [2], [1], -1),
  },
  {
    name: "nothing with 0 around",
    op: records.padOp,
    inputs: [{ shape: [0, 3] }],
    call: (x) => apply(records.padOp, [x], { before: [1, 0], after: [1, 0], value: 0 }),
    oracle: () => [0, 0, 0, 0, 0, 0],
  },
  ...CONCATS.map(
    ({ shapes, axis }): OpCase => ({
      name: `(${shapes.join(") and (")}) along ${axis}`,
      op: records.concatOp,
      inputs: shapes.map((shape) => ({ shape })),
      call: (...parts) => apply(records.concatOp, parts, { axis }),
      oracle: (...parts) => concat(parts, shapes, axis),
    }),
  ),
  ...CASTS.map(
    ([from, to, values, oracle]): OpCase => ({
      name: `${from} to ${to}`,
      op: records.castOp,
      inputs: [{ shape: [values.length], dtype: from, values }],
      call: (x) => x.cast(to),
      oracle: map(oracle),
    }),
  ),
];
