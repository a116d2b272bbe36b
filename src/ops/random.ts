import type { BufferRef } from "../graph/op.ts";
import type { GraphDType, Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { ShapeError } from "../util/errors.ts";
import { type Dims, formatShape, stridesOf } from "../util/shape.ts";
import {
  at,
  broadcastStrides,
  callKernel,
  elementwise,
  forLoops,
  joinAxes,
  type KernelName,
  likeFirst,
  type NoAttrs,
  type Op,
  op,
  requireDType,
} from "./define.ts";

/**
 * Random numbers from threefry2x32 (Salmon et al. 2011), equal to JAX's: the key is input 0, a uint32[2] of seed and
 * counter; element i of a draw depends on the key and i alone.
 */
type Draw = { shape: number[]; a: number; b: number };

/** Checks a key: kernels read two words, whatever they are given. */
export function requireKey(name: string, key: Spec): void {
  requireDType(name, "uint32", key);
  if (key.shape.length !== 1 || key.shape[0] !== 2) {
    throw new ShapeError(`[${name}] seed: expected shape (2,), got ${formatShape(key.shape)}.`);
  }
}

/** A draw of `shape` by a kernel that takes the first index, the number of elements and the named attributes. */
function drawOp<A extends { shape: number[] }>(
  name: string,
  kernel: KernelName,
  dtype: GraphDType,
  ...attrs: readonly (keyof A)[]
): Op<A> {
  return op<A>({
    name,
    shape: ([key], { shape }) => {
      requireKey(name, key!);
      return { shape, dtype };
    },
    gradient: null,
    kernel: (k, io) =>
      callKernel(k, kernel, io, 0, io.outputs[0]!.size, ...attrs.map((attr) => io.attrs[attr] as number)),
  });
}

/** Uniform in [a, b). */
export const randomUniformOp: Op<Draw> = drawOp<Draw>("randomUniform", "f32_random_uniform", "float32", "a", "b");
/** Normal with mean a and standard deviation b. */
export const randomNormalOp: Op<Draw> = drawOp<Draw>("randomNormal", "f32_random_normal", "float32", "a", "b");
/** The same within two standard deviations of the mean. */
export const randomTruncatedNormalOp: Op<Draw> = drawOp<Draw>(
  "randomTruncatedNormal",
  "f32_random_truncated_normal",
  "float32",
  "a",
  "b",
);

/** 1 with probability p, else 0. */
export const randomBernoulliOp: Op<{ shape: number[]; p: number }> = drawOp<{ shape: number[]; p: number }>(
  "randomBernoulli",
  "i32_random_bernoulli",
  "int32",
  "p",
);

/** 32 random bits an element. */
export const randomBitsOp: Op<{ shape: number[] }> = drawOp("randomBits", "u32_threefry2x32", "uint32");

/** The next state of a generator. */
function stateOp(name: string, kernel: KernelName): Op<NoAttrs> {
  return op<NoAttrs>({
    name,
    shape: ([seed]) => {
      requireKey(name, seed!);
      return seed!;
    },
    gradient: null,
    kernel: (k, io) => callKernel(k, kernel, io),
    inPlace: [[0, 0]],
  });
}

/** The state after one draw: the counter goes up by one. */
export const seedNextOp: Op<NoAttrs> = /* @__PURE__ */ stateOp("seedNext", "u32_seed_next");

/** The state of the process-wide generator after one draw. */
export const seedScrambleOp: Op<NoAttrs> = /* @__PURE__ */ stateOp("seedScramble", "u32_seed_scramble");

/** Inputs x, key; outputs y = kept ? x/keep : 0, and the mask as bits, which the gradient reads. */
export const dropoutOp: Op<{ keep: number }> = op<{ keep: number }>({
  name: "dropout",
  shape: ([x, key]) => {
    requireKey("dropout", key!);
    return [
      { shape: x!.shape, dtype: "float32" },
      { shape: x!.shape, dtype: "bits" },
    ];
  },
  gradient: ({ outputs: [, bits], grads: [dy], attrs, apply }) => [...apply(dropoutGradOp, [dy!, bits!], attrs), null],
  // From element 0 on.
  kernel: (k, io) => callKernel(k, "f32_dropout", io, 0, io.outputs[0]!.size, io.attrs.keep),
  inPlace: [[0, 0]],
});

/** Inputs dy, bits: kept ? dy/keep : 0. */
export const dropoutGradOp: Op<{ keep: number }> = op<{ keep: number }>({
  name: "dropoutGrad",
  shape: likeFirst,
  gradient: ({ inputs: [, bits], grads: [dy], attrs, apply }) => [...apply(dropoutGradOp, [dy!, bits!], attrs), null],
  kernel: elementwise("f32_dropout_grad", "keep"),
  inPlace: [[0, 0]],
});

/** Input key: the bits of a mask of the given shape. */
export const dropoutBitsOp: Op<{ shape: number[]; keep: number }> = op<{ shape: number[]; keep: number }>({
  name: "dropoutBits",
  shape: ([key], { shape }) => {
    requireKey("dropoutBits", key!);
    return { shape, dtype: "bits" };
  },
  gradient: null,
  // From element 0 on.
  kernel: (k, io) => callKernel(k, "f32_dropout_bits", io, 0, io.outputs[0]!.size, io.attrs.keep),
});

/** Runs the masked division over an array whose mask may repeat along axes. */
function applyMask(k: KernelTable, y: BufferRef, x: BufferRef, bits: BufferRef, dims: Dims, keep: number): void {
  if (y.size === 0) return;
  const loops = joinAxes(dims, [stridesOf(dims), broadcastStrides(bits.shape, dims)]);
  forLoops(loops, 4, ([offset, first], sizes, [, m]) => {
    const numbers = [at(y, offset!), at(x, offset!), bits.ptr, ...sizes, ...m!, first!, keep];
    k.f32_dropout_broadcast(...(numbers as Parameters<typeof k.f32_dropout_broadcast>));
  });
}

/** Inputs x, bits of a mask that broadcasts to x: kept ? x/keep : 0. Its gradient is the same op. */
export const applyMaskOp: Op<{ keep: number }> = op<{ keep: number }>({
  name: "applyMask",
  shape: likeFirst,
  gradient: ({ inputs: [, bits], grads: [dy], attrs, apply }) => [...apply(applyMaskOp, [dy!, bits!], attrs), null],
  kernel: (k, { inputs: [x, bits], outputs: [y], attrs: { keep } }) => applyMask(k, y!, x!, bits!, y!.shape, keep),
  inPlace: [[0, 0]],
});
