import { stridedSlice } from "../../../src/ops/index.ts";
import * as records from "../../../src/ops/strided.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { arrange, flatIndex, indicesOf, sizeOf } from "../../reference/ops/arrays.ts";

const PARTS: readonly { shape: number[]; begin: number[]; step: number[]; size: number[] }[] = [
  { shape: [9], begin: [1], step: [3], size: [3] },
  { shape: [9], begin: [8], step: [-2], size: [5] },
  { shape: [4, 5], begin: [3, 0], step: [-1, 2], size: [4, 3] },
  { shape: [3, 4, 5], begin: [0, 3, 4], step: [2, -1, -3], size: [2, 4, 2] },
  { shape: [2, 3, 2, 3, 2], begin: [1, 2, 0, 0, 1], step: [-1, -2, 1, 2, -1], size: [2, 2, 2, 2, 2] },
  { shape: [4], begin: [0], step: [1], size: [0] },
];

const source = (begin: number[], step: number[]) => (index: readonly number[]) =>
  index.map((i, axis) => begin[axis]! + i * step[axis]!);

function spread(x: ArrayLike<number>, { shape, begin, step, size }: (typeof PARTS)[number]): number[] {
  const result = new Array<number>(sizeOf(shape)).fill(0);
  for (const [i, index] of indicesOf(size).entries()) result[flatIndex(source(begin, step)(index), shape)] = x[i]!;
  return result;
}

export const cases: readonly OpCase[] = [
  ...PARTS.flatMap((part): OpCase[] => {
    const { shape, begin, step, size } = part;
    const name = `(${shape}) from [${begin}] by [${step}]`;
    return [
      {
        name,
        op: records.stridedSliceOp,
        inputs: [{ shape }],
        call: (x) => apply(records.stridedSliceOp, [x], { begin, step, size }),
        oracle: (x) => arrange(x, shape, size, source(begin, step)),
      },
      {
        name,
        op: records.spreadOp,
        inputs: [{ shape: size }],
        call: (x) => apply(records.spreadOp, [x], { begin, step, size, shape }),
        oracle: (x) => spread(x, part),
      },
    ];
  }),
  {
    name: "ends as in Python",
    of: "stridedSlice",
    op: records.stridedSliceOp,
    inputs: [{ shape: [5, 6] }],
    call: (x) => [
      stridedSlice(x, [-3, null], [null, -1], [1, 2]),
      stridedSlice(x, [null, 4], [null, 0], [-2, -2]),
      stridedSlice(x, [9], [-9], [-1]),
      stridedSlice(x, [3], [1]),
    ],
    oracle: (x) => [
      ...arrange(x, [5, 6], [3, 3], ([i, j]) => [2 + i!, 2 * j!]),
      ...arrange(x, [5, 6], [3, 2], ([i, j]) => [4 - 2 * i!, 4 - 2 * j!]),
      ...arrange(x, [5, 6], [5, 6], ([i, j]) => [4 - i!, j!]),
    ],
  },
];
