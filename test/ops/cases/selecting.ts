import * as ops from "../../../src/ops/index.ts";
import { gatherRowsOp, scatterAddRowsOp } from "../../../src/ops/indexing.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { arrange } from "../../reference/ops/arrays.ts";

const PLACES = { shape: [2, 2], dtype: "int32", values: [3, 0, 1, 3] } as const;

export const cases: readonly OpCase[] = [
  ...[
    {
      axis: 1,
      result: [2, 2, 2, 3],
      source: ([b, i, j, c]: readonly number[]) => [b!, PLACES.values[2 * i! + j!]!, c!],
    },
    {
      axis: -1,
      shape: [3, 2, 4],
      result: [3, 2, 2, 2],
      source: ([a, b, i, j]: readonly number[]) => [a!, b!, PLACES.values[2 * i! + j!]!],
    },
  ].map(({ axis, shape = [2, 4, 3], result, source }): OpCase => {
    return {
      of: "gather",
      name: `axis ${axis} of (${shape})`,
      op: gatherRowsOp,
      inputs: [{ shape }, PLACES],
      call: (x, indices) => ops.gather(x, indices, axis),
      oracle: (x) => arrange(x, shape, result, source),
    };
  }),
  {
    of: "take",
    name: "negative places, along an axis and flat",
    op: gatherRowsOp,
    inputs: [{ shape: [2, 3] }, { shape: [2], dtype: "int32", values: [-1, 1] }],
    call: (x, indices) => [ops.take(x, indices, 1), ops.take(x, indices)],
    oracle: (x) => [x[2]!, x[1]!, x[5]!, x[4]!, x[5]!, x[1]!],
  },
  {
    of: "takeAlongAxis",
    name: "along the first axis",
    op: gatherRowsOp,
    inputs: [{ shape: [3, 2] }, { shape: [2, 2], dtype: "int32", values: [2, 0, -2, 1] }],
    call: (x, indices) => ops.takeAlongAxis(x, indices, 0),
    oracle: (x) => [x[4]!, x[1]!, x[2]!, x[3]!],
  },
  {
    of: "scatterAdd",
    name: "places of two axes, which meet",
    op: scatterAddRowsOp,
    inputs: [{ shape: [3, 2], dtype: "int32", values: [0, 1, 1, 2, 0, 1] }, { shape: [3, 2] }],
    call: (indices, updates) => ops.scatterAdd(indices, updates, [2, 3, 2]),
    oracle: (_, u) => [0, 0, u![0]! + u![4]!, u![1]! + u![5]!, 0, 0, 0, 0, 0, 0, u![2]!, u![3]!],
  },
  {
    of: "scatterAdd",
    name: "rows",
    op: scatterAddRowsOp,
    inputs: [{ shape: [2], dtype: "int32", values: [2, 0] }, { shape: [2, 2] }],
    call: (indices, updates) => ops.scatterAdd(indices, updates, [3, 2]),
    oracle: (_, u) => [u![2]!, u![3]!, 0, 0, u![0]!, u![1]!],
  },
];
