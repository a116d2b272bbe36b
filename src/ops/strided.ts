import type { Spec } from "../graph/spec.ts";
import { type Dims, sizeOf, stridesOf } from "../util/shape.ts";
import { type Op, op } from "./define.ts";
import { copyStrided } from "./shaping.ts";

/** The elements begin, begin + step, … along every axis, `size` of them; steps may be negative. */
type StridedAttrs = { begin: number[]; step: number[]; size: number[] };

/** Where the first element lies in an array of the full shape, and how far it is from one to the next along each axis. */
function walk(shape: Dims, { begin, step }: StridedAttrs): [first: number, strides: number[]] {
  const strides = stridesOf(shape);
  return [begin.reduce((sum, b, i) => sum + b * strides[i]!, 0), strides.map((stride, i) => stride * step[i]!)];
}

/** The chosen elements; the caller has checked that they lie in x. */
export const stridedSliceOp: Op<StridedAttrs> = op<StridedAttrs>({
  name: "stridedSlice",
  shape: ([x], { size }): Spec => ({ shape: size, dtype: x!.dtype }),
  gradient: ({ inputs: [x], grads: [dy], attrs, apply }) => apply(spreadOp, [dy!], { ...attrs, shape: [...x!.shape] }),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => {
    const [first, strides] = walk(x!.shape, attrs);
    copyStrided(k, y!, x!, y!.shape, stridesOf(y!.shape), strides, 0, first);
  },
});

/** Zeros of a shape, with the elements of x in the places `stridedSlice` takes them from. */
export const spreadOp: Op<StridedAttrs & { shape: number[] }> = op<StridedAttrs & { shape: number[] }>({
  name: "spread",
  shape: ([x], { shape }): Spec => ({ shape, dtype: x!.dtype }),
  gradient: ({ grads: [dy], attrs: { begin, step, size }, apply }) =>
    apply(stridedSliceOp, [dy!], { begin, step, size }),
  kernel: (k, { inputs: [x], outputs: [y], attrs }) => {
    k.u32_fill(y!.ptr, y!.size, 0);
    const [first, strides] = walk(y!.shape, attrs);
    if (sizeOf(x!.shape) > 0) copyStrided(k, y!, x!, x!.shape, strides, stridesOf(x!.shape), first, 0);
  },
});
