import { gather } from "../../../src/ops/index.ts";
import * as records from "../../../src/ops/indexing.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { oneHot } from "../../reference/ops/rows.ts";

const INDICES = [2, 0, 2, 1, 4, 2];

function gathered(x: ArrayLike<number>, indices: ArrayLike<number>, row: number): number[] {
  return Array.from(indices).flatMap((index) => Array.from({ length: row }, (_, i) => x[index * row + i]!));
}

function scattered(x: ArrayLike<number>, indices: ArrayLike<number>, rows: number, row: number): number[] {
  const result = new Array<number>(rows * row).fill(0);
  Array.from(indices).forEach((index, at) => {
    for (let i = 0; i < row; i++) result[index * row + i]! += x[at * row + i]!;
  });
  return result;
}

export const cases: readonly OpCase[] = [
  {
    name: "indices, some of them outside",
    op: records.oneHotOp,
    inputs: [{ shape: [2, 3], dtype: "int32", values: [0, 4, -1, 2, 5, 1] }],
    call: (indices) => indices.oneHot(5),
    oracle: (indices) => oneHot(indices, 5),
  },
  {
    name: "other values than 1 and 0",
    op: records.oneHotOp,
    inputs: [{ shape: [3], dtype: "int32", values: [0, 2, 1] }],
    call: (indices) => apply(records.oneHotOp, [indices], { depth: 3, on: 0.9, off: 0.05 }),
    oracle: (indices) => oneHot(indices, 3, 0.9, 0.05),
  },
  {
    name: "depth 0, no indices",
    op: records.oneHotOp,
    inputs: [
      { shape: [2], dtype: "int32", values: [0, 1] },
      { shape: [0], dtype: "int32" },
    ],
    call: (some, none) => [some.oneHot(0), none.oneHot(3)],
    oracle: () => [],
  },
  {
    name: "rows of (5,3)",
    op: records.gatherRowsOp,
    inputs: [{ shape: [5, 3] }, { shape: [6], dtype: "int32", values: INDICES }],
    call: (x, indices) => gather(x, indices),
    oracle: (x, indices) => gathered(x, indices, 3),
  },
  {
    name: "numbers of (5), indices (2,3)",
    op: records.gatherRowsOp,
    inputs: [{ shape: [5] }, { shape: [2, 3], dtype: "int32", values: INDICES }],
    call: (x, indices) => gather(x, indices),
    oracle: (x, indices) => gathered(x, indices, 1),
  },
  {
    name: "int32, no indices",
    op: records.gatherRowsOp,
    inputs: [
      { shape: [5, 2], dtype: "int32", low: -9, high: 9 },
      { shape: [0], dtype: "int32" },
    ],
    call: (x, indices) => gather(x, indices),
    oracle: () => [],
  },
  {
    name: "rows that meet add up",
    op: records.scatterAddRowsOp,
    inputs: [{ shape: [6, 3] }, { shape: [6], dtype: "int32", values: INDICES }],
    call: (x, indices) => apply(records.scatterAddRowsOp, [x, indices], { rows: 5, row: [3] }),
    oracle: (x, indices) => scattered(x, indices, 5, 3),
  },
];
