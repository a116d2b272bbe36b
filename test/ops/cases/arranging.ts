import * as ops from "../../../src/ops/index.ts";
import { gatherRowsOp } from "../../../src/ops/indexing.ts";
import * as shaping from "../../../src/ops/shaping.ts";
import { stridedSliceOp } from "../../../src/ops/strided.ts";
import type { Tensor } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { arrange } from "../../reference/ops/arrays.ts";

type Source = (index: readonly number[]) => readonly number[];

/** One function of one tensor: what it is made of, its result's shape and where each element comes from. */
function moved(
  of: string,
  name: string,
  op: OpCase["op"],
  shape: number[],
  call: (x: Tensor) => Tensor,
  result: number[],
  source: Source,
): OpCase {
  return { of, name, op, inputs: [{ shape }], call, oracle: (x) => arrange(x, shape, result, source) };
}

const reflect = (i: number, n: number): number => {
  const period = 2 * n - 2;
  const place = ((i % period) + period) % period;
  return place < n ? place : period - place;
};
const symmetric = (i: number, n: number): number => {
  const place = ((i % (2 * n)) + 2 * n) % (2 * n);
  return place < n ? place : 2 * n - 1 - place;
};

const REPEATED = [0, 2, 2, 2, 3];

export const cases: readonly OpCase[] = [
  moved(
    "slice",
    "negative begin, size -1",
    shaping.sliceOp,
    [4, 5],
    (x) => x.slice([-3, 1], [2, -1]),
    [2, 4],
    ([i, j]) => [1 + i!, 1 + j!],
  ),
  moved(
    "slice",
    "one number",
    shaping.sliceOp,
    [4, 5],
    (x) => ops.slice(x, 2),
    [2, 5],
    ([i, j]) => [2 + i!, j!],
  ),
  moved(
    "reverse",
    "one axis",
    stridedSliceOp,
    [3, 4],
    (x) => ops.reverse(x, -1),
    [3, 4],
    ([i, j]) => [i!, 3 - j!],
  ),
  moved(
    "reverse",
    "all axes",
    stridedSliceOp,
    [3, 4],
    (x) => ops.reverse(x),
    [3, 4],
    ([i, j]) => [2 - i!, 3 - j!],
  ),
  moved(
    "tile",
    "three axes",
    shaping.broadcastToOp,
    [2, 3],
    (x) => ops.tile(x, [2, 1, 3]),
    [2, 2, 9],
    ([, i, j]) => [i!, j! % 3],
  ),
  moved(
    "tile",
    "fewer numbers than axes",
    shaping.broadcastToOp,
    [2, 3],
    (x) => ops.tile(x, [2]),
    [2, 6],
    ([i, j]) => [i!, j! % 3],
  ),
  moved(
    "repeat",
    "flat",
    gatherRowsOp,
    [2, 3],
    (x) => ops.repeat(x, 2),
    [12],
    ([i]) => [Math.floor(i! / 6), Math.floor(i! / 2) % 3],
  ),
  moved(
    "repeat",
    "an axis",
    gatherRowsOp,
    [2, 3],
    (x) => ops.repeat(x, 2, 1),
    [2, 6],
    ([i, j]) => [i!, Math.floor(j! / 2)],
  ),
  moved(
    "repeat",
    "each its own number",
    gatherRowsOp,
    [2, 4],
    (x) => ops.repeat(x, [1, 0, 3, 1], 1),
    [2, 5],
    ([i, j]) => [i!, REPEATED[j!]!],
  ),
  moved(
    "pad",
    "reflect",
    gatherRowsOp,
    [3, 4],
    (x) =>
      ops.pad(
        x,
        [
          [2, 1],
          [0, 3],
        ],
        "reflect",
      ),
    [6, 7],
    ([i, j]) => [reflect(i! - 2, 3), reflect(j!, 4)],
  ),
  moved(
    "pad",
    "symmetric, further than the array",
    gatherRowsOp,
    [3],
    (x) => ops.pad(x, [[4, 5]], "symmetric"),
    [12],
    ([i]) => [symmetric(i! - 4, 3)],
  ),
  {
    of: "pad",
    name: "constant",
    op: shaping.padOp,
    inputs: [{ shape: [2, 3] }],
    call: (x) =>
      ops.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        "constant",
        7,
      ),
    oracle: (x) => arrange(x, [2, 3], [3, 5], ([i, j]) => (i! > 0 && j! < 3 ? [i! - 1, j!] : undefined), 7),
  },
  {
    of: "pad",
    name: "a number for all sides, int32",
    op: shaping.padOp,
    inputs: [{ shape: [2], dtype: "int32", values: [5, 6] }],
    call: (x) => ops.pad(x, 1, -3),
    oracle: () => [-3, 5, 6, -3],
  },
  {
    of: "stack",
    name: "along a new axis in the middle",
    op: shaping.concatOp,
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    call: (a, b) => ops.stack([a, b], 1),
    oracle: (a, b) => [...a!.slice(0, 3), ...b!.slice(0, 3), ...a!.slice(3), ...b!.slice(3)],
  },
  {
    of: "unstack",
    name: "columns",
    op: shaping.sliceOp,
    inputs: [{ shape: [2, 3] }],
    call: (x) => ops.unstack(x, 1),
    oracle: (x) => arrange(x, [2, 3], [3, 2], ([j, i]) => [i!, j!]),
  },
  {
    of: "split",
    name: "equal parts",
    op: shaping.sliceOp,
    inputs: [{ shape: [2, 4] }],
    call: (x) => ops.split(x, 2, 1),
    oracle: (x) => arrange(x, [2, 4], [2, 2, 2], ([part, i, j]) => [i!, 2 * part! + j!]),
  },
  {
    of: "split",
    name: "sizes, one of them the rest",
    op: shaping.sliceOp,
    inputs: [{ shape: [7] }],
    call: (x) => ops.split(x, [2, -1, 1]),
    oracle: (x) => x,
  },
];
