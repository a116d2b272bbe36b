import * as records from "../../../src/ops/matmul.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { unary } from "../../reference/kernels/elementwise.ts";
import { matMul, type Product } from "../../reference/ops/matmul.ts";

const PRODUCTS: readonly Product[] = [
  { a: [5, 7], b: [7, 9] },
  { a: [5, 7], b: [9, 7], transposeB: true },
  { a: [7, 5], b: [7, 9], transposeA: true },
  { a: [7, 5], b: [9, 7], transposeA: true, transposeB: true },
  { a: [1, 7], b: [7, 9] },
  { a: [1, 7], b: [9, 7], transposeB: true },
  { a: [5, 7], b: [7, 1] },
  { a: [7, 5], b: [7, 1], transposeA: true },
  { a: [5, 1], b: [1, 9] },
  { a: [33, 20], b: [20, 17] },
  { a: [2, 3, 7], b: [7, 5] },
  { a: [2, 3, 7], b: [5, 7], transposeB: true },
  { a: [2, 7, 3], b: [7, 5], transposeA: true },
  { a: [2, 7, 3], b: [5, 7], transposeA: true, transposeB: true },
  { a: [2, 3, 7], b: [2, 7, 5] },
  { a: [2, 3, 7], b: [2, 5, 7], transposeB: true },
  { a: [2, 7, 3], b: [2, 7, 5], transposeA: true },
  { a: [7, 3], b: [2, 5, 7], transposeA: true, transposeB: true },
  { a: [3, 7], b: [2, 7, 5] },
  { a: [2, 1, 3, 4], b: [3, 4, 2] },
  { a: [0, 7], b: [7, 5] },
  { a: [3, 7], b: [7, 0] },
  { a: [3, 0], b: [0, 5] },
];

const EPILOGUES: readonly { name: string; epilogue: number; f: (y: number, scale: number, shift: number) => number }[] =
  [
    { name: "nothing", epilogue: 0, f: (y) => y },
    { name: "bias", epilogue: 1, f: (y, bias) => y + bias },
    { name: "scale and shift", epilogue: 2, f: (y, scale, shift) => y * scale + shift },
    { name: "relu", epilogue: 16, f: (y) => Math.max(y, 0) },
    { name: "bias and relu", epilogue: 17, f: (y, bias) => Math.max(y + bias, 0) },
    { name: "bias and sigmoid", epilogue: 33, f: (y, bias) => unary.sigmoid!(y + bias, 0, 0) },
    { name: "scale, shift and tanh", epilogue: 50, f: (y, scale, shift) => Math.tanh(y * scale + shift) },
  ];

/** Rows of the product: one takes another way through the kernels than several. */
function gemmCases(rows: number): OpCase[] {
  return EPILOGUES.map(({ name, epilogue, f }) => {
    const extra = epilogue & 3;
    return {
      name: `${name}, ${rows} rows`,
      op: records.gemmOp,
      inputs: [{ shape: [rows, 7] }, { shape: [7, 9] }, ...Array.from({ length: extra }, () => ({ shape: [9] }))],
      call: (...inputs) => apply(records.gemmOp, inputs, { transposeA: false, transposeB: false, epilogue }),
      oracle: (a, b, first, second) =>
        matMul({ a: [rows, 7], b: [7, 9] })(a!, b!).map((y, i) => f(y, first?.[i % 9] ?? 0, second?.[i % 9] ?? 0)),
    };
  });
}

export const cases: readonly OpCase[] = [
  ...PRODUCTS.map(
    ({ a, b, transposeA = false, transposeB = false }): OpCase => ({
      name: `(${a})${transposeA ? "ᵀ" : ""} · (${b})${transposeB ? "ᵀ" : ""}`,
      op: records.matMulOp,
      inputs: [{ shape: a }, { shape: b }],
      call: (x, y) => x.matMul(y, transposeA, transposeB),
      oracle: matMul({ a, b, transposeA, transposeB }),
    }),
  ),
  ...gemmCases(5),
  ...gemmCases(1),
  ...gemmCases(0).slice(0, 2),
];
