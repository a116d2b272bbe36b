import * as records from "../../../src/ops/random-integers.ts";
import { apply, type Tensor } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { randomInts, randomOrder } from "../../reference/kernels/random-integers.ts";

const PAIR = [4000000007, 12] as const;
const KEY: OpInput = { shape: [2], dtype: "uint32", values: [...PAIR], gradient: false };
const SHAPES: readonly (readonly [number[], number, [number, number, number]])[] = [
  [[9], 0, [1, 9, 1]],
  [[4, 3], 0, [1, 4, 3]],
  [[2, 3, 4], 1, [2, 3, 4]],
  [[0, 3], 1, [0, 3, 1]],
];
const ORDER = randomOrder(PAIR, 1, 6, 1, 1);

export const cases: readonly OpCase[] = [
  ...[[37], [3, 5], [], [0, 3]].map(
    (shape): OpCase => ({
      name: `(${shape})`,
      op: records.randomIntOp,
      inputs: [KEY],
      call: (key) => apply(records.randomIntOp, [key!], { shape, low: -3, span: 1001 }) as Tensor[],
      oracle: () =>
        randomInts(
          PAIR,
          shape.reduce((a, b) => a * b, 1),
          -3,
          1001,
        ),
    }),
  ),
  ...SHAPES.map(
    ([shape, axis, [outer, n, inner]]): OpCase => ({
      name: `(${shape}) axis ${axis}`,
      op: records.randomOrderOp,
      inputs: [KEY],
      call: (key) => apply(records.randomOrderOp, [key!], { shape, axis }) as Tensor[],
      oracle: () => randomOrder(PAIR, outer, n, inner, 1),
    }),
  ),
  ...[false, true].map(
    (back): OpCase => ({
      name: `back ${back}`,
      op: records.permuteOp,
      inputs: [{ shape: [6] }, { shape: [6], dtype: "int32", values: ORDER }],
      call: (x, order) => apply(records.permuteOp, [x!, order!], { back }) as Tensor[],
      oracle: (x) => ORDER.map((from, to) => x![back ? ORDER.indexOf(to) : from]!),
    }),
  ),
];
