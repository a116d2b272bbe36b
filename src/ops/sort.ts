import { ShapeError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import { type Op, op } from "./define.ts";
import { gatherRowsOp, scatterAddRowsOp } from "./indexing.ts";
import { apply, Tensor } from "./tensor.ts";

/** Places along the last axis of rows of n, as places in all rows one after another. */
function flatPlaces(indices: Tensor, n: number): Tensor {
  const rows = sizeOf(indices.shape.slice(0, -1));
  const starts = new Tensor(
    [rows, 1],
    "int32",
    Int32Array.from({ length: rows }, (_, row) => row * n),
  );
  return indices
    .reshape([rows, indices.shape.at(-1)!])
    .add(starts)
    .flatten();
}

/** The elements of x at places along the last axis, which must lie in it; its other axes are those of x. */
export function takeLast(x: Tensor, indices: Tensor): Tensor {
  const places = flatPlaces(indices, x.shape.at(-1)!);
  return apply(gatherRowsOp, [x.flatten(), places], { rows: x.size })[0]!.reshape(indices.shape);
}

/** Zeros of a shape to which the elements of x are added at places along the last axis. */
function addLast(x: Tensor, indices: Tensor, shape: readonly number[]): Tensor {
  const places = flatPlaces(indices, shape.at(-1)!);
  return apply(scatterAddRowsOp, [x.flatten(), places], { rows: sizeOf(shape), row: [] })[0]!.reshape(shape);
}

/** The first k values of each row in sorted order, and where they stood. NaN counts as the largest; ties keep their order. */
export const sortOp: Op<{ k: number; descending: boolean }> = op<{ k: number; descending: boolean }>({
  name: "sort",
  shape: ([x], { k }) => {
    if (x!.shape.length === 0 || !(k >= 0 && k <= x!.shape.at(-1)!)) {
      throw new ShapeError(`[sort] k: expected at most the last size of ${formatShape(x!.shape)}, got ${k}.`);
    }
    const shape = [...x!.shape.slice(0, -1), k];
    return [
      { shape, dtype: x!.dtype },
      { shape, dtype: "int32" },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, indices], grads: [dy] }) => [addLast(dy!, indices!, x!.shape)],
  kernel: (kernels, { inputs: [x], outputs: [values, indices], attrs: { k, descending }, workspace }) => {
    const n = x!.shape.at(-1)!;
    const rows = sizeOf(x!.shape.slice(0, -1));
    const floats = Number(x!.dtype === "float32");
    kernels.u32_sort(values!.ptr, indices!.ptr, x!.ptr, rows, n, k, floats, Number(descending), workspace);
  },
  workspace: (_, [x]) => 2 * x!.shape.at(-1)!,
});
