import { log } from "../util/portable-math.ts";
import { splitAxis } from "../util/shape.ts";
import { noSecondDerivative, type Op, op } from "./define.ts";
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

/** Inputs x, key; outputs x with every run along the axis shuffled on its own, and the place each element came from. */
export const shuffleOp: Op<{ axis: number }> = op<{ axis: number }>({
  name: "shuffle",
  shape: ([x, key]) => {
    requireKey("shuffle", key!);
    return [x!, { shape: x!.shape, dtype: "int32" }];
  },
  gradient: ({ outputs: [, order], grads: [dy], apply }) => [apply(shuffleGradOp, [dy!, order!], {})[0]!, null],
  kernel: (k, { inputs: [x, key], outputs: [y, order], attrs: { axis }, workspace }) => {
    const { outer, n, inner } = splitAxis(x!.shape, axis);
    // Sorting by 32-bit keys once leaves ties among many elements; JAX takes the number of rounds from the size.
    const rounds = Math.ceil((3 * log(Math.max(1, x!.size))) / log(2 ** 32 - 1));
    k.i32_random_order(order!.ptr, key!.ptr, outer, n, inner, rounds, workspace);
    k.u32_permute(y!.ptr, x!.ptr, order!.ptr, y!.size);
  },
  workspace: (_, [x], __, { axis }) => 3 * x!.shape[axis]! + 1,
});

/** Inputs dy, order: each gradient back to where its element came from. */
export const shuffleGradOp: Op = op({
  name: "shuffleGrad",
  shape: ([dy]) => dy!,
  gradient: noSecondDerivative("shuffleGrad"),
  kernel: (k, { inputs: [dy, order], outputs: [dx] }) => k.u32_unpermute(dx!.ptr, dy!.ptr, order!.ptr, dx!.size),
});
