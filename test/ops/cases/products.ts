import { mulOp } from "../../../src/ops/arithmetic.ts";
import { dot, outer } from "../../../src/ops/index.ts";
import { matMulOp } from "../../../src/ops/matmul.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { einsum } from "../../reference/ops/einsum.ts";

const DOTS: readonly (readonly [number[], number[], string])[] = [
  [[4], [4], "a,a->"],
  [[2, 3, 4], [4], "abc,c->ab"],
  [[4], [4, 3], "a,ab->b"],
  [[3, 4], [4, 2], "ab,bc->ac"],
  [[2, 3], [4, 3, 5], "ab,cbd->acd"],
];

/** Matrix products with a vector. */
const VECTORS: readonly (readonly [number[], number[], boolean, boolean, string])[] = [
  [[4], [4], false, false, "a,a->"],
  [[3, 4], [4], false, false, "ab,b->a"],
  [[4, 3], [4], true, false, "ab,a->b"],
  [[2, 3, 4], [4], false, false, "abc,c->ab"],
  [[4], [4, 3], false, false, "a,ab->b"],
  [[4], [3, 4], false, true, "a,ba->b"],
  [[4], [2, 4, 3], false, false, "a,bac->bc"],
];

export const cases: readonly OpCase[] = [
  ...DOTS.map(
    ([a, b, equation]): OpCase => ({
      of: "dot",
      name: `(${a}) and (${b})`,
      op: matMulOp,
      inputs: [{ shape: a }, { shape: b }],
      call: dot,
      oracle: einsum(equation, [a, b]),
    }),
  ),
  ...VECTORS.map(
    ([a, b, transposeA, transposeB, equation]): OpCase => ({
      of: "matMul",
      name: `(${a})${transposeA ? "ᵀ" : ""} and (${b})${transposeB ? "ᵀ" : ""}`,
      op: matMulOp,
      inputs: [{ shape: a }, { shape: b }],
      call: (x, y) => x!.matMul(y!, transposeA, transposeB),
      oracle: einsum(equation, [a, b]),
    }),
  ),
  {
    of: "dot",
    name: "a number and a matrix",
    op: mulOp,
    inputs: [{ shape: [] }, { shape: [2, 3] }],
    call: dot,
    oracle: (a, b) => Array.from(b!, (value) => a![0]! * value),
  },
  {
    of: "outer",
    name: "(3) and (2,2)",
    op: mulOp,
    inputs: [{ shape: [3] }, { shape: [2, 2] }],
    call: outer,
    oracle: (a, b) => [...a!].flatMap((x) => [...b!].map((y) => x * y)),
  },
];
