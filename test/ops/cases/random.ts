import * as records from "../../../src/ops/random.ts";
import { apply, type Tensor } from "../../../src/ops/tensor.ts";
import type { OpCase, OpInput } from "../../harness/op-test.ts";
import { threefryBits, uniformBetween, unit } from "../../random/threefry-reference.ts";
import { erfInv } from "../../reference/kernels/special.ts";
import { broadcastAt, indicesOf, type Numbers, sizeOf } from "../../reference/ops/arrays.ts";

const KEY: OpInput = { shape: [2], dtype: "uint32", values: [4000000007, 12] };
const SHAPES = [[37], [3, 5], [], [0, 3]];
const KEEP = Math.fround(0.7);

/** One number for each element of a shape, from its bits. */
function draws(key: Numbers, shape: readonly number[], of: (bits: number) => number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => of(threefryBits(key[0]!, key[1]!, i)));
}

const normal = (bits: number, low: number, high: number): number =>
  Math.SQRT2 * erfInv(uniformBetween(bits, low, high));
const kept = (bits: number): number => Number(unit(bits) < KEEP);

function drawCases(op: OpCase["op"], attrs: Record<string, number>, of: (bits: number) => number): OpCase[] {
  return SHAPES.map((shape) => ({
    name: `(${shape})`,
    op,
    inputs: [KEY],
    call: (key) => apply(op, [key], { ...attrs, shape }) as Tensor[],
    oracle: (key) => draws(key, shape, of),
  }));
}

/** Shapes of x and of the mask that broadcasts to it. */
const MASKS: readonly (readonly [number[], number[]])[] = [
  [
    [3, 5],
    [3, 5],
  ],
  [
    [3, 5],
    [3, 1],
  ],
  [
    [40, 3],
    [1, 3],
  ],
  [
    [2, 3, 4, 2, 3],
    [2, 1, 4, 1, 3],
  ],
  [[2, 3, 4], [4]],
  [
    [0, 3],
    [1, 3],
  ],
];

export const cases: readonly OpCase[] = [
  ...drawCases(records.randomUniformOp, { a: -1, b: 3 }, (bits) => uniformBetween(bits, -1, 3)),
  ...drawCases(records.randomNormalOp, { a: 0.5, b: 2 }, (bits) => 0.5 + 2 * normal(bits, -0.99999994, 1)),
  ...drawCases(
    records.randomTruncatedNormalOp,
    { a: 0.5, b: 2 },
    (bits) => 0.5 + 2 * normal(bits, -0.9544997, 0.9544997),
  ),
  ...drawCases(records.randomBernoulliOp, { p: 0.7 }, kept),
  ...drawCases(records.randomBitsOp, {}, (bits) => bits),
  {
    name: "the counter goes up, modulo 2^32",
    op: records.seedNextOp,
    inputs: [{ shape: [2], dtype: "uint32", values: [7, 4294967295] }],
    call: (key) => apply(records.seedNextOp, [key], {}),
    oracle: ([seed]) => [seed!, 0],
  },
  {
    name: "both words",
    op: records.seedScrambleOp,
    inputs: [{ shape: [2], dtype: "uint32", values: [7, 931000] }],
    call: (key) => apply(records.seedScrambleOp, [key], {}),
    oracle: (key) => Array.from(key, (word) => (Math.imul(word + 1, 5387) >>> 0) % 933199),
  },
  ...SHAPES.map(
    (shape): OpCase => ({
      name: `(${shape})`,
      op: records.dropoutOp,
      inputs: [{ shape }, KEY],
      call: (x, key) => apply(records.dropoutOp, [x, key], { keep: KEEP })[0]!,
      oracle: (x, key) => draws(key, shape, kept).map((keep, i) => (keep * x[i]!) / KEEP),
    }),
  ),
  {
    name: "keep 1 and keep 0",
    op: records.dropoutOp,
    inputs: [{ shape: [7] }, KEY],
    call: (x, key) => [1, 0].map((keep) => apply(records.dropoutOp, [x, key], { keep })[0]!),
    oracle: (x) => [...x, ...x.map(() => 0)],
  },
  {
    name: "dy by the same mask",
    op: records.dropoutGradOp,
    inputs: [{ shape: [70] }, KEY],
    call: (dy, key) => {
      const [, bits] = apply(records.dropoutOp, [dy.mul(2), key], { keep: KEEP });
      return apply(records.dropoutGradOp, [dy, bits!], { keep: KEEP });
    },
    oracle: (dy, key) => draws(key, [70], kept).map((keep, i) => (keep * dy[i]!) / KEEP),
  },
  ...[records.dropoutBitsOp, records.applyMaskOp].flatMap((op) =>
    MASKS.map(
      ([shape, mask]): OpCase => ({
        name: `mask (${mask}) on (${shape})`,
        op,
        inputs: [{ shape, gradient: op === records.applyMaskOp }, KEY],
        call: (x, key) => {
          const [bits] = apply(records.dropoutBitsOp, [key], { shape: mask, keep: KEEP });
          return apply(records.applyMaskOp, [x, bits!], { keep: KEEP });
        },
        oracle: (x, key) => {
          const bits = draws(key, mask, kept);
          return indicesOf(shape).map((index, i) => (broadcastAt(bits, mask, index) * x[i]!) / KEEP);
        },
      }),
    ),
  ),
];
