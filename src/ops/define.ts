import { defineOp } from "../graph/define-op.ts";
import type { Attrs, BufferRef, GradientArgs, GradientRule, KernelIO, OpRecord } from "../graph/op.ts";
import type { Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { DTypeError, ShapeError, ValueError } from "../util/errors.ts";
import { snakeCase } from "../util/names.ts";
import { type Dims, formatShape, sameShape } from "../util/shape.ts";
import type { Tensor } from "./tensor.ts";

/** An op as this floor writes it: its gradient rule works with tensors. */
export type Op<A extends Attrs = Attrs> = OpRecord<A, Tensor>;

/** Arguments of a gradient rule. */
export type Gradient<A extends Attrs = Attrs> = GradientArgs<A, Tensor>;

/** No attributes. */
export type NoAttrs = Readonly<Record<never, never>>;

/** Declares an op of this floor. */
export function op<A extends Attrs>(record: Op<A>): Op<A> {
  return defineOp<A, Tensor>(record);
}

/** The output has input 0's shape and dtype. */
export function likeFirst([x]: readonly Spec[]): Spec {
  return { shape: x!.shape, dtype: x!.dtype };
}

type Call = (...args: number[]) => void;

/** Kernels whose arguments are plain: addresses, sizes, numbers. */
export type KernelName = keyof KernelTable;

/** Calls a kernel with the addresses of all outputs, then of all inputs, then further numbers. */
export function callKernel(k: KernelTable, name: KernelName, io: KernelIO<unknown>, ...rest: number[]): void {
  (k[name] as Call)(...io.outputs.map((y) => y.ptr), ...io.inputs.map((x) => x.ptr), ...rest);
}

/** The usual kernel call: outputs, inputs, number of elements of the first output, then the named attributes. */
export function elementwise<A extends Attrs>(name: KernelName, ...attrs: readonly (keyof A)[]): Op<A>["kernel"] {
  return (k, io) => callKernel(k, name, io, io.outputs[0]!.size, ...attrs.map((attr) => Number(io.attrs[attr])));
}

/** Element-wise on float32 inputs of one shape; the output may take the bytes of any of them. */
export function elementwiseOp<A extends Attrs>(
  name: string,
  kernel: Op<A>["kernel"],
  gradient: GradientRule<A, Tensor> | null,
  inputs = 1,
): Op<A> {
  const inPlace = Array.from({ length: inputs }, (_, i) => [0, i] as const);
  return op<A>({ name, shape: likeFirst, gradient, kernel, inPlace });
}

/** The kernel that does an op of a name: `logicalNot` of integers is `i32_logical_not`. */
export function kernelOf(name: string, type: "f32" | "i32" = "f32"): KernelName {
  return `${type}_${snakeCase(name)}` as KernelName;
}

/** Element-wise on one float32 input by the kernel of that name; the gradient of x from that of y. */
export function unaryOp(name: string, gradient?: (dy: Tensor, x: Tensor, y: Tensor) => Tensor): Op<NoAttrs> {
  const rule: GradientRule<NoAttrs, Tensor> | null =
    gradient === undefined ? null : ({ inputs: [x], outputs: [y], grads: [dy] }) => [gradient(dy!, x!, y!)];
  return elementwiseOp(name, elementwise(kernelOf(name)), rule);
}

/** The gradient rule of an op that cannot be differentiated once more: an error, never a silent zero. */
export function noSecondDerivative(name: string): () => never {
  return () => {
    throw new ValueError(
      `[${name}] gradient: expected a first derivative, got a request for the second, which has no rule.`,
    );
  };
}

/** Checks that inputs of a fixed-shape op agree; the error names the op and both shapes. */
export function requireSameShape(name: string, a: Spec, b: Spec): void {
  if (!sameShape(a.shape, b.shape)) throw shapesDiffer(name, a.shape, b.shape);
}

/** Checks that an op which does not convert gets what its kernel reads. */
export function requireDType(name: string, dtype: Spec["dtype"], ...inputs: readonly Spec[]): void {
  const other = inputs.find((input) => input.dtype !== dtype);
  if (other !== undefined) throw new DTypeError(`[${name}] dtype: expected ${dtype}, got ${other.dtype}.`);
}

/** `[add] shapes: expected shapes that broadcast, got (2, 3) and (4,).` */
export function shapesDiffer(name: string, a: Dims, b: Dims, expected = "equal shapes"): ShapeError {
  return new ShapeError(`[${name}] shapes: expected ${expected}, got ${formatShape(a)} and ${formatShape(b)}.`);
}

/** Elements between neighbours of `x` along the axes of a shape it broadcasts to: 0 where it repeats. */
export function broadcastStrides(x: Dims, shape: Dims): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (let i = 1; i <= x.length; i++) {
    const dim = x[x.length - i]!;
    if (dim !== 1) strides[shape.length - i] = stride;
    stride *= dim;
  }
  return strides;
}

/** A nest of loops: sizes, and for each array the elements between neighbours along each. */
export interface Loops {
  readonly dims: number[];
  readonly strides: number[][];
}

/** Joins neighbouring axes that all arrays walk through alike and drops axes of size 1: fewer, longer loops. */
export function joinAxes(dims: Dims, strides: readonly (readonly number[])[]): Loops {
  const joined: Loops = { dims: [], strides: strides.map(() => []) };
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const dim = dims[axis]!;
    if (dim === 1) continue;
    const inner = joined.dims[0];
    const fits = inner !== undefined && strides.every((s, i) => s[axis] === joined.strides[i]![0]! * inner);
    if (fits) joined.dims[0] = inner * dim;
    else {
      joined.dims.unshift(dim);
      strides.forEach((s, i) => {
        joined.strides[i]!.unshift(s[axis]!);
      });
    }
  }
  return joined;
}

/**
 * Gives a kernel of `rank` nested loops everything that `joinAxes` left, with as many calls as further axes need.
 * `visit` gets element offsets of each array, then sizes and strides padded to `rank`.
 */
export function forLoops(
  loops: Loops,
  rank: number,
  visit: (offsets: readonly number[], dims: readonly number[], strides: readonly (readonly number[])[]) => void,
): void {
  const extra = Math.max(loops.dims.length - rank, 0);
  const padding = Math.max(rank - loops.dims.length, 0);
  const inner = [...new Array<number>(padding).fill(1), ...loops.dims.slice(extra)];
  const innerStrides = loops.strides.map((s) => [...new Array<number>(padding).fill(0), ...s.slice(extra)]);
  const walk = (axis: number, offsets: readonly number[]): void => {
    if (axis === extra) {
      visit(offsets, inner, innerStrides);
      return;
    }
    for (let i = 0; i < loops.dims[axis]!; i++) {
      walk(
        axis + 1,
        offsets.map((offset, array) => offset + i * loops.strides[array]![axis]!),
      );
    }
  };
  walk(
    0,
    loops.strides.map(() => 0),
  );
}

/** Address of an element. */
export function at(buffer: BufferRef, offset: number): number {
  return buffer.ptr + offset * 4;
}
