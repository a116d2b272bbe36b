import type { BufferRef } from "../graph/op.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import type { DType } from "../util/dtype.ts";
import { DTypeError, ShapeError } from "../util/errors.ts";
import { broadcastDims, type Dims, formatShape, sameShape, sizeOf, stridesOf } from "../util/shape.ts";
import {
  at,
  broadcastStrides,
  callKernel,
  forLoops,
  joinAxes,
  type KernelName,
  likeFirst,
  type NoAttrs,
  type Op,
  op,
} from "./define.ts";

/** Copies element by element along any strides: transposes, slices, broadcasts. */
export function copyStrided(
  k: KernelTable,
  y: BufferRef,
  x: BufferRef,
  dims: Dims,
  yStrides: Dims,
  xStrides: Dims,
  y0 = 0,
  x0 = 0,
): void {
  if (sizeOf(dims) === 0) return;
  forLoops(joinAxes(dims, [yStrides, xStrides]), 4, ([oy, ox], sizes, [sy, sx]) => {
    const numbers = [at(y, y0 + oy!), at(x, x0 + ox!), ...sizes, ...sy!, ...sx!];
    k.u32_copy_strided(...(numbers as Parameters<typeof k.u32_copy_strided>));
  });
}

/** The same bytes under another shape. */
export const reshapeOp: Op<{ shape: number[] }> = op<{ shape: number[] }>({
  name: "reshape",
  shape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x!.shape)) {
      throw new ShapeError(
        `[reshape] shape: expected one of ${sizeOf(x!.shape)} elements for input ${formatShape(x!.shape)}, got ${formatShape(shape)}.`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  gradient: ({ inputs: [x], grads: [dy] }) => [dy!.reshape(x!.shape)],
  kernel: () => {},
  alias: true,
});

/** The same values, through which no gradient flows. */
export const stopGradientOp: Op<NoAttrs> = op<NoAttrs>({
  name: "stopGradient",
  shape: likeFirst,
  gradient: null,
  kernel: () => {},
  alias: true,
});

export const transposeOp: Op<{ perm: number[] }> = op<{ perm: number[] }>({
  name: "transpose",
  shape: ([x], { perm }) => {
    const axes = [...perm].sort((a, b) => a - b);
    if (axes.length !== x!.shape.length || axes.some((axis, i) => axis !== i)) {
      throw new ShapeError(
        `[transpose] perm: expected each axis of ${formatShape(x!.shape)} once, got [${perm.join(", ")}].`,
      );
    }
    return { shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype };
  },
  gradient: ({ grads: [dy], attrs: { perm } }) => [dy!.transpose(perm.map((_, i) => perm.indexOf(i)))],
  kernel: (k, { inputs: [x], outputs: [y], attrs: { perm } }) => {
    const strides = stridesOf(x!.shape);
    copyStrided(
      k,
      y!,
      x!,
      y!.shape,
      stridesOf(y!.shape),
      perm.map((axis) => strides[axis]!),
    );
  },
});

export const broadcastToOp: Op<{ shape: number[] }> = op<{ shape: number[] }>({
  name: "broadcastTo",
  shape: ([x], { shape }) => {
    const result = broadcastDims(x!.shape, shape);
    if (result === undefined || !sameShape(result, shape)) {
      throw new ShapeError(
        `[broadcastTo] shape: expected one that ${formatShape(x!.shape)} broadcasts to, got ${formatShape(shape)}.`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  gradient: ({ inputs: [x], grads: [dy] }) => [dy!.sumTo(x!.shape)],
  kernel: (k, { inputs: [x], outputs: [y] }) =>
    copyStrided(k, y!, x!, y!.shape, stridesOf(y!.shape), broadcastStrides(x!.shape, y!.shape)),
});

/** Elements [begin, begin + size) along every axis. */
export const sliceOp: Op<{ begin: number[]; size: number[] }> = op<{ begin: number[]; size: number[] }>({
  name: "slice",
  shape: ([x], { begin, size }) => {
    const fits =
      begin.length === x!.shape.length &&
      begin.every((b, i) => b >= 0 && size[i]! >= 0 && b + size[i]! <= x!.shape[i]!);
    if (!fits) {
      throw new ShapeError(
        `[slice] begin, size: expected a part of ${formatShape(x!.shape)}, got begin [${begin.join(", ")}] and size [${size.join(", ")}].`,
      );
    }
    return { shape: size, dtype: x!.dtype };
  },
  gradient: ({ inputs: [x], grads: [dy], attrs: { begin, size }, apply }) =>
    apply(padOp, [dy!], { before: begin, after: x!.shape.map((dim, i) => dim - begin[i]! - size[i]!), value: 0 }),
  kernel: (k, { inputs: [x], outputs: [y], attrs: { begin } }) => {
    const strides = stridesOf(x!.shape);
    const first = begin.reduce((sum, b, i) => sum + b * strides[i]!, 0);
    copyStrided(k, y!, x!, y!.shape, stridesOf(y!.shape), strides, 0, first);
  },
});

/** A constant around every side. */
export const padOp: Op<{ before: number[]; after: number[]; value: number }> = op<{
  before: number[];
  after: number[];
  value: number;
}>({
  name: "pad",
  shape: ([x], { before, after }) => ({
    shape: x!.shape.map((dim, i) => dim + before[i]! + after[i]!),
    dtype: x!.dtype,
  }),
  gradient: ({ inputs: [x], grads: [dy], attrs: { before }, apply }) =>
    apply(sliceOp, [dy!], { begin: before, size: [...x!.shape] }),
  kernel: (k, { inputs: [x], outputs: [y], attrs: { before, value } }) => {
    if (y!.dtype === "float32") k.f32_fill(y!.ptr, y!.size, value);
    else k.u32_fill(y!.ptr, y!.size, value);
    const strides = stridesOf(y!.shape);
    const first = before.reduce((sum, b, i) => sum + b * strides[i]!, 0);
    copyStrided(k, y!, x!, x!.shape, strides, stridesOf(x!.shape), first, 0);
  },
});

export const concatOp: Op<{ axis: number }> = op<{ axis: number }>({
  name: "concat",
  shape: (inputs, { axis }) => {
    const [first] = inputs;
    let total = 0;
    for (const { shape } of inputs) {
      const fits =
        shape.length === first!.shape.length && shape.every((dim, i) => i === axis || dim === first!.shape[i]);
      if (!fits) {
        throw new ShapeError(
          `[concat] shapes: expected equal shapes but for axis ${axis}, got ${inputs.map((x) => formatShape(x.shape)).join(" and ")}.`,
        );
      }
      total += shape[axis]!;
    }
    return { shape: first!.shape.map((dim, i) => (i === axis ? total : dim)), dtype: first!.dtype };
  },
  gradient: ({ inputs, grads: [dy], attrs: { axis }, needs, apply }) => {
    let start = 0;
    return inputs.map((x, i) => {
      const begin = x.shape.map((_, other) => (other === axis ? start : 0));
      start += x.shape[axis]!;
      return needs[i] ? apply(sliceOp, [dy!], { begin, size: [...x.shape] })[0]! : null;
    });
  },
  kernel: (k, { inputs, outputs: [y], attrs: { axis } }) => {
    const strides = stridesOf(y!.shape);
    let start = 0;
    for (const x of inputs) {
      copyStrided(k, y!, x, x.shape, strides, stridesOf(x.shape), start * strides[axis]!, 0);
      start += x.shape[axis]!;
    }
  },
});

/** The kernel that converts, or copies where the bits already are right. */
function castKernel(from: string, to: string): KernelName {
  if (to === "bool") return from === "float32" ? "bool_from_f32" : "bool_from_i32";
  if (to === "float32") return from === "uint32" ? "f32_from_u32" : "f32_from_i32";
  return from !== "float32" ? "u32_copy" : to === "uint32" ? "u32_from_f32" : "i32_from_f32";
}

/** Another dtype: floats are truncated, everything but 0 is true. No gradient: only casts from float32 to float32 would have one. */
export const castOp: Op<{ dtype: string }> = op<{ dtype: string }>({
  name: "cast",
  shape: ([x], { dtype }) => {
    if (x!.dtype === "bits") throw new DTypeError("[cast] input: expected numbers, got a packed mask.");
    return { shape: x!.shape, dtype: dtype as DType };
  },
  gradient: null,
  kernel: (k, io) => {
    const [from, to] = [io.inputs[0]!, io.outputs[0]!];
    callKernel(k, castKernel(from.dtype, to.dtype), io, to.size);
  },
  inPlace: [[0, 0]],
});
