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
