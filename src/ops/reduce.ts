import type { BufferRef, GradientRule } from "../graph/op.ts";
import type { GraphDType, Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { type Dims, sizeOf } from "../util/shape.ts";
import { type Gradient, type Op, op } from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** A run of neighbouring axes to reduce, [start, end). `Tensor.sum` and its like split any axes into such runs. */
export type ReduceAttrs = { start: number; end: number; keepDims: boolean };

/** The shape after axes [start, end) are reduced. */
export function reducedShape(shape: Dims, { start, end, keepDims }: ReduceAttrs): number[] {
  const kept = keepDims ? new Array<number>(end - start).fill(1) : [];
  return [...shape.slice(0, start), ...kept, ...shape.slice(end)];
}

/** The input as [outer, n, inner] around the reduced axes. */
function layout({ shape }: Spec, { start, end }: ReduceAttrs): { outer: number; n: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, start)), n: sizeOf(shape.slice(start, end)), inner: sizeOf(shape.slice(end)) };
}

/** A reduced result, or its gradient, brought back to the input's rank so that it broadcasts against the input. */
function expand(reduced: Tensor, x: Tensor, attrs: ReduceAttrs): Tensor {
  return reduced.reshape(reducedShape(x.shape, { ...attrs, keepDims: true }));
}

type Reduce = (k: KernelTable, y: number, x: number, outer: number, n: number, inner: number) => void;

function reduceOp(
  name: string,
  kernel: (dtype: GraphDType) => Reduce,
  gradient: GradientRule<ReduceAttrs, Tensor> | null,
  dtype?: GraphDType,
): Op<ReduceAttrs> {
  return op<ReduceAttrs>({
    name,
    shape: ([x], attrs) => ({ shape: reducedShape(x!.shape, attrs), dtype: dtype ?? x!.dtype }),
    gradient,
    kernel: (k, { inputs: [x], outputs: [y], attrs }) => {
      const { outer, n, inner } = layout(x as BufferRef, attrs);
      kernel(x!.dtype)(k, y!.ptr, x!.ptr, outer, n, inner);
    },
  });
}

export const sumOp: Op<ReduceAttrs> = reduceOp(
  "sum",
  (dtype) => (k, y, x, outer, n, inner) =>
    dtype === "float32" ? k.f32_sum(y, x, outer, n, inner, 1) : k.i32_sum(y, x, outer, n, inner),
  ({ inputs: [x], grads: [dy], attrs }) => [expand(dy!, x!, attrs).broadcastTo(x!.shape)],
);

export const meanOp: Op<ReduceAttrs> = reduceOp(
  "mean",
  () => (k, y, x, outer, n, inner) => k.f32_mean(y, x, outer, n, inner),
  ({ inputs: [x], outputs: [y], grads: [dy], attrs }) => [
    expand(dy!.div(Math.max(x!.size / Math.max(y!.size, 1), 1)), x!, attrs).broadcastTo(x!.shape),
  ],
);

/** To every element equal to the extreme, in equal shares, as Keras on JAX. */
function extremeGradient({ inputs: [x], outputs: [y], grads: [dy], attrs }: Gradient<ReduceAttrs>): Tensor[] {
  const chosen = x!.equal(expand(y!, x!, attrs)).cast("float32");
  const share = expand(dy!, x!, attrs).div(chosen.reduceRun(sumOp, { ...attrs, keepDims: true }));
  return [chosen.mul(share)];
}

export const maxOp: Op<ReduceAttrs> = reduceOp(
  "max",
  () => (k, y, x, outer, n, inner) => k.f32_max(y, x, outer, n, inner),
  extremeGradient,
);

export const minOp: Op<ReduceAttrs> = reduceOp(
  "min",
  () => (k, y, x, outer, n, inner) => k.f32_min(y, x, outer, n, inner),
  extremeGradient,
);

/** The gradient divides by x, so it is exact where no factor is 0; with a zero factor it is NaN or 0. */
export const prodOp: Op<ReduceAttrs> = reduceOp(
  "prod",
  () => (k, y, x, outer, n, inner) => k.f32_prod(y, x, outer, n, inner),
  ({ inputs: [x], outputs: [y], grads: [dy], attrs }) => [expand(dy!.mul(y!), x!, attrs).div(x!)],
);

export const anyOp: Op<ReduceAttrs> = reduceOp(
  "any",
  () => (k, y, x, outer, n, inner) => k.i32_any(y, x, outer, n, inner),
  null,
  "bool",
);
export const allOp: Op<ReduceAttrs> = reduceOp(
  "all",
  () => (k, y, x, outer, n, inner) => k.i32_all(y, x, outer, n, inner),
  null,
  "bool",
);
export const argMaxOp: Op<ReduceAttrs> = reduceOp(
  "argMax",
  () => (k, y, x, outer, n, inner) => k.i32_argmax_f32(y, x, outer, n, inner),
  null,
  "int32",
);
export const argMinOp: Op<ReduceAttrs> = reduceOp(
  "argMin",
  () => (k, y, x, outer, n, inner) => k.i32_argmin_f32(y, x, outer, n, inner),
  null,
  "int32",
);
