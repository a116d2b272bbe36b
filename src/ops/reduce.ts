import type { GradientRule } from "../graph/op.ts";
import type { GraphDType } from "../graph/spec.ts";
import { type Dims, splitAxis } from "../util/shape.ts";
import { callKernel, type Gradient, type KernelName, type Op, op } from "./define.ts";
import { cumprodOp } from "./scan.ts";
import type { Tensor } from "./tensor.ts";

/** A run of neighbouring axes to reduce, [start, end). `Tensor.sum` and its like split any axes into such runs. */
export type ReduceAttrs = { start: number; end: number; keepDims: boolean };

/** The shape after axes [start, end) are reduced. */
export function reducedShape(shape: Dims, { start, end, keepDims }: ReduceAttrs): number[] {
  const kept = keepDims ? new Array<number>(end - start).fill(1) : [];
  return [...shape.slice(0, start), ...kept, ...shape.slice(end)];
}

/** A reduced result, or its gradient, brought back to the input's rank so that it broadcasts against the input. */
function expand(reduced: Tensor, x: Tensor, attrs: ReduceAttrs): Tensor {
  return reduced.reshape(reducedShape(x.shape, { ...attrs, keepDims: true }));
}

/** `integer` is the kernel for what is not float32. */
function reduceOp(
  name: string,
  kernel: KernelName,
  gradient: GradientRule<ReduceAttrs, Tensor> | null,
  { dtype, integer = kernel }: { dtype?: GraphDType; integer?: KernelName } = {},
): Op<ReduceAttrs> {
  return op<ReduceAttrs>({
    name,
    shape: ([x], attrs) => ({ shape: reducedShape(x!.shape, attrs), dtype: dtype ?? x!.dtype }),
    gradient,
    kernel: (k, io) => {
      const { shape, dtype: given } = io.inputs[0]!;
      const sizes = splitAxis(shape, io.attrs.start, io.attrs.end);
      callKernel(k, given === "float32" ? kernel : integer, io, ...sizes);
    },
  });
}

export const sumOp: Op<ReduceAttrs> = reduceOp(
  "sum",
  "f32_sum",
  ({ inputs: [x], grads: [dy], attrs }) => [expand(dy!, x!, attrs).broadcastTo(x!.shape)],
  { integer: "i32_sum" },
);

export const meanOp: Op<ReduceAttrs> = reduceOp(
  "mean",
  "f32_mean",
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

export const maxOp: Op<ReduceAttrs> = reduceOp("max", "f32_max", extremeGradient, { integer: "i32_max" });

export const minOp: Op<ReduceAttrs> = reduceOp("min", "f32_min", extremeGradient, { integer: "i32_min" });

/** The gradient is the product of the other factors, also where some are 0: of those before, times those after. */
export const prodOp: Op<ReduceAttrs> = reduceOp(
  "prod",
  "f32_prod",
  ({ inputs: [x], grads: [dy], attrs, apply }) => {
    const [outer, n, inner] = splitAxis(x!.shape, attrs.start, attrs.end);
    const factors = x!.reshape([outer, n, inner]);
    const product = (reverse: boolean): Tensor =>
      apply(cumprodOp, [factors], { axis: 1, exclusive: true, reverse })[0]!;
    const others = product(false).mul(product(true));
    return [others.mul(dy!.reshape([outer, 1, inner])).reshape(x!.shape)];
  },
  { integer: "i32_prod" },
);

export const anyOp: Op<ReduceAttrs> = reduceOp("any", "i32_any", null, { dtype: "bool" });
export const allOp: Op<ReduceAttrs> = reduceOp("all", "i32_all", null, { dtype: "bool" });
export const argMaxOp: Op<ReduceAttrs> = reduceOp("argMax", "i32_argmax_f32", null, { dtype: "int32" });
export const argMinOp: Op<ReduceAttrs> = reduceOp("argMin", "i32_argmin_f32", null, { dtype: "int32" });
