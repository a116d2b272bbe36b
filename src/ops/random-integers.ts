import { log } from "../util/portable-math.ts";
import { splitAxis } from "../util/shape.ts";
import { type Op, op } from "./define.ts";
import { requireKey } from "./random.ts";

/** int32 numbers in [low, low + span) for 1 ≤ span < 2^32, from the key of input 0. */
export const randomIntOp: Op<{ shape: number[]; low: number; span: number }> = op<{
  shape: number[];
  low: number;
  span: number;
}>({
  name: "randomInt",
  shape: ([key], { shape }) => {
    requireKey("randomInt", key!);
    return { shape, dtype: "int32" };
  },
  gradient: null,
  kernel: (k, { inputs: [key], outputs: [y], attrs }) =>
    k.i32_random_int(y!.ptr, key!.ptr, y!.size, attrs.low, attrs.span),
});

/** For each element of a shape the flat place it comes from when every run along the axis is shuffled on its own. */
export const randomOrderOp: Op<{ shape: number[]; axis: number }> = op<{ shape: number[]; axis: number }>({
  name: "randomOrder",
  shape: ([key], { shape }) => {
    requireKey("randomOrder", key!);
    return { shape, dtype: "int32" };
  },
  gradient: null,
  kernel: (k, { inputs: [key], outputs: [order], attrs: { shape, axis }, workspace }) => {
    const [outer, n, inner] = splitAxis(shape, axis);
    // Sorting by 32-bit keys once leaves ties among many elements; JAX takes the number of rounds from the size.
    const rounds = Math.ceil((3 * log(Math.max(1, order!.size))) / log(2 ** 32 - 1));
    k.i32_random_order(order!.ptr, key!.ptr, outer, n, inner, rounds, workspace);
  },
  workspace: (_, __, ___, { shape, axis }) => 3 * shape[axis]! + 1,
});

/** Inputs x, order (a permutation of all places): each element from its place, or with `back` to it. */
export const permuteOp: Op<{ back: boolean }> = op<{ back: boolean }>({
  name: "permute",
  shape: ([x]) => x!,
  gradient: ({ inputs: [, order], grads: [dy], attrs: { back }, apply }) => [
    apply(permuteOp, [dy!, order!], { back: !back })[0]!,
    null,
  ],
  kernel: (k, { inputs: [x, order], outputs: [y], attrs: { back } }) =>
    (back ? k.u32_unpermute : k.u32_permute)(y!.ptr, x!.ptr, order!.ptr, y!.size),
});
