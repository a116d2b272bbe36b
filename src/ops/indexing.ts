import type { ValueCheck } from "../graph/op.ts";
import { sizeOf } from "../util/shape.ts";
import { type Op, op } from "./define.ts";

/** Input indices: `on` at the index along a new last axis of size `depth`, `off` elsewhere; indices outside give `off` only. */
export const oneHotOp: Op<{ depth: number; on: number; off: number }> = op<{ depth: number; on: number; off: number }>({
  name: "oneHot",
  shape: ([indices], { depth }) => ({ shape: [...indices!.shape, depth], dtype: "float32" }),
  gradient: null,
  kernel: (k, { inputs: [indices], outputs: [y], attrs: { depth, on, off } }) =>
    k.f32_one_hot(y!.ptr, indices!.ptr, indices!.size, depth, on, off),
});

/** Indices must name a row. */
const rowCheck: ValueCheck<{ rows: number }> = {
  input: 1,
  run: (k, { inputs: [, indices], attrs: { rows } }) => k.i32_check_range(indices!.ptr, indices!.size, 0, rows),
  message: (index, value, { attrs: { rows } }) =>
    `indices: expected integers in [0, ${rows}), got ${value} at element ${index}.`,
};

/** Inputs x, indices: rows of x along its first axis. Indices outside are an error. */
export const gatherRowsOp: Op<{ rows: number }> = op<{ rows: number }>({
  name: "gatherRows",
  shape: ([x, indices]) => ({ shape: [...indices!.shape, ...x!.shape.slice(1)], dtype: x!.dtype }),
  gradient: ({ inputs: [x, indices], grads: [dy], attrs: { rows }, apply }) => [
    apply(scatterAddRowsOp, [dy!, indices!], { rows, row: [...x!.shape.slice(1)] })[0]!,
    null,
  ],
  kernel: (k, { inputs: [x, indices], outputs: [y] }) =>
    k.u32_gather_rows(y!.ptr, x!.ptr, indices!.ptr, indices!.size, sizeOf(x!.shape.slice(1))),
  check: rowCheck,
});

/** Inputs rows, indices: a zero array of `rows` rows to which each row is added at its index, in order. */
export const scatterAddRowsOp: Op<{ rows: number; row: number[] }> = op<{ rows: number; row: number[] }>({
  name: "scatterAddRows",
  shape: (_, { rows, row }) => ({ shape: [rows, ...row], dtype: "float32" }),
  gradient: ({ inputs: [, indices], grads: [g], attrs: { rows }, apply }) => [
    apply(gatherRowsOp, [g!, indices!], { rows })[0]!,
    null,
  ],
  kernel: (k, { inputs: [x, indices], outputs: [y], attrs: { row } }) => {
    k.f32_fill(y!.ptr, y!.size, 0);
    k.f32_scatter_add_rows(y!.ptr, x!.ptr, indices!.ptr, indices!.size, sizeOf(row));
  },
  check: rowCheck,
});
