import { argSort, sort, topK } from "../../../src/ops/index.ts";
import * as records from "../../../src/ops/sort.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { order } from "../../reference/kernels/sort.ts";
import { transpose } from "../../reference/ops/arrays.ts";
import { eachRow } from "../../reference/ops/rows.ts";
import { apart } from "./reduce.ts";

const sortedRow = (row: readonly number[], k: number, descending: boolean): number[] =>
  order(row, descending)
    .slice(0, k)
    .map((place) => row[place]!);

const along = (x: ArrayLike<number>, shape: number[], run: (rows: number[]) => number[]): number[] =>
  transpose(run(transpose(x, shape, [1, 0])), [shape[1]!, shape[0]!], [1, 0]);

export const cases: readonly OpCase[] = [
  ...[false, true].flatMap((descending) =>
    [7, 3, 0].map(
      (k): OpCase => ({
        name: `${k} of (3,7)${descending ? ", descending" : ""}`,
        op: records.sortOp,
        inputs: [{ shape: [3, 7], values: apart(21) }],
        call: (x) => apply(records.sortOp, [x], { k, descending }),
        oracle: (x) => [
          ...eachRow(x, 7, (row) => sortedRow(row, k, descending)),
          ...eachRow(x, 7, (row) => order(row, descending).slice(0, k)),
        ],
      }),
    ),
  ),
  {
    name: "along the first axis",
    of: "sort",
    op: records.sortOp,
    inputs: [{ shape: [5, 3], values: apart(15) }],
    call: (x) => sort(x, 0),
    oracle: (x) => along(x, [5, 3], (rows) => eachRow(rows, 5, (row) => sortedRow(row, 5, false))),
  },
  {
    name: "along the first axis, largest first",
    of: "argSort",
    op: records.sortOp,
    inputs: [{ shape: [5, 3], values: apart(15) }],
    call: (x) => argSort(x, 0, true),
    oracle: (x) => along(x, [5, 3], (rows) => eachRow(rows, 5, (row) => order(row, true))),
  },
  {
    name: "2 of (2,3,4)",
    of: "topK",
    op: records.sortOp,
    inputs: [{ shape: [2, 3, 4], values: apart(24) }],
    call: (x) => {
      const { values, indices } = topK(x, 2);
      return [values, indices];
    },
    oracle: (x) => [
      ...eachRow(x, 4, (row) => sortedRow(row, 2, true)),
      ...eachRow(x, 4, (row) => order(row, true).slice(0, 2)),
    ],
  },
  {
    name: "int32 beyond 2^24, bool",
    of: "sort",
    op: records.sortOp,
    inputs: [
      { shape: [4], dtype: "int32", values: [16777217, -5, 16777216, 7] },
      { shape: [3], dtype: "bool", values: [1, 0, 1] },
    ],
    call: (x, flags) => [sort(x), sort(flags)],
    oracle: () => [-5, 7, 16777216, 16777217, 0, 1, 1],
    rtol: 1e-12,
  },
];
