import { mulOp } from "../../../src/ops/arithmetic.ts";
import { einsum } from "../../../src/ops/index.ts";
import { matMulOp } from "../../../src/ops/matmul.ts";
import { sumOp } from "../../../src/ops/reduce.ts";
import { transposeOp } from "../../../src/ops/shaping.ts";
import type { OpCase } from "../../harness/op-test.ts";
import * as reference from "../../reference/ops/einsum.ts";

/** Equation, shapes, a record that it runs on, and the equation without ellipsis where it has one. */
const EQUATIONS: readonly (readonly [string, readonly number[][], OpCase["op"], string?])[] = [
  [
    "ij,jk->ik",
    [
      [3, 4],
      [4, 5],
    ],
    matMulOp,
  ],
  [
    "ij,jk",
    [
      [3, 4],
      [4, 5],
    ],
    matMulOp,
    "ij,jk->ik",
  ],
  [
    "ij,kj->ik",
    [
      [3, 4],
      [5, 4],
    ],
    matMulOp,
  ],
  [
    "ji,jk->ki",
    [
      [4, 3],
      [4, 5],
    ],
    matMulOp,
  ],
  [
    "bij,bjk->bik",
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    matMulOp,
  ],
  [
    "bnd,bmd->bnm",
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    matMulOp,
  ],
  [
    "bqhd,bkhd->bhqk",
    [
      [2, 3, 2, 4],
      [2, 5, 2, 4],
    ],
    matMulOp,
  ],
  [
    "abc,cd->abd",
    [
      [2, 3, 4],
      [4, 5],
    ],
    matMulOp,
  ],
  [
    "abc,cde->abde",
    [
      [2, 3, 4],
      [4, 2, 3],
    ],
    matMulOp,
  ],
  [
    "abcd,cd->ab",
    [
      [2, 3, 2, 3],
      [2, 3],
    ],
    matMulOp,
  ],
  [
    "...x,xy->...y",
    [
      [2, 3, 4],
      [4, 5],
    ],
    matMulOp,
    "abx,xy->aby",
  ],
  [
    "...ij,...jk->...ik",
    [
      [2, 3, 4],
      [1, 4, 5],
    ],
    matMulOp,
    "aij,ajk->aik",
  ],
  ["i,i->", [[5], [5]], sumOp],
  [
    "bi,bi->b",
    [
      [3, 5],
      [3, 5],
    ],
    sumOp,
  ],
  ["i,j->ij", [[3], [4]], mulOp],
  [
    "ij,ij->ij",
    [
      [3, 4],
      [3, 4],
    ],
    mulOp,
  ],
  ["ij->ji", [[3, 4]], transposeOp],
  ["ij->j", [[3, 4]], sumOp],
  ["ijk,l->li", [[2, 3, 4], [2]], mulOp],
  [
    "ij,jk,kl->il",
    [
      [2, 3],
      [3, 4],
      [4, 2],
    ],
    matMulOp,
  ],
  [
    "ij,jk->ik",
    [
      [0, 3],
      [3, 2],
    ],
    matMulOp,
  ],
];

export const cases: readonly OpCase[] = EQUATIONS.map(([equation, shapes, op, plain = equation]) => ({
  of: "einsum",
  name: `${equation} of ${shapes.map((shape) => `(${shape})`).join(" and ")}`,
  op,
  inputs: shapes.map((shape) => ({ shape })),
  call: (...inputs) => einsum(equation, ...inputs),
  oracle: reference.einsum(plain, shapes),
}));
