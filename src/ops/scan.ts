import type { KernelIO } from "../graph/op.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { splitAxis } from "../util/shape.ts";
import { callKernel, type Gradient, type KernelName, likeFirst, type Op, op, requireSameShape } from "./define.ts";
import { padOp, sliceOp } from "./shaping.ts";
import type { Tensor } from "./tensor.ts";

/** Along which axis; without the element itself; from the end. */
export type ScanAttrs = { axis: number; exclusive: boolean; reverse: boolean };

type Apply = Gradient["apply"];

/** Everything one place on along an axis, or back; 0 comes in. */
function shifted(x: Tensor, axis: number, on: boolean, apply: Apply): Tensor {
  const ends = (first: number): number[] => x.shape.map((_, i) => (i === axis ? first : 0));
  if (x.shape[axis] === 0) return x;
  const size = x.shape.map((dim, i) => (i === axis ? dim - 1 : dim));
  const [kept] = apply(sliceOp, [x], { begin: ends(on ? 0 : 1), size });
  return apply(padOp, [kept!], { before: ends(on ? 1 : 0), after: ends(on ? 0 : 1), value: 0 })[0]!;
}

function runScan(k: KernelTable, kernel: KernelName, io: KernelIO<ScanAttrs>): void {
  const { axis, exclusive, reverse } = io.attrs;
  callKernel(k, kernel, io, ...splitAxis(io.inputs[0]!.shape, axis), Number(exclusive), Number(reverse));
}

/** Sums of the elements up to each one. */
export const cumsumOp: Op<ScanAttrs> = op<ScanAttrs>({
  name: "cumsum",
  shape: likeFirst,
  gradient: ({ grads: [dy], attrs, apply }) => apply(cumsumOp, [dy!], { ...attrs, reverse: !attrs.reverse }),
  kernel: (k, io) => runScan(k, io.inputs[0]!.dtype === "float32" ? "f32_cumsum" : "i32_cumsum", io),
});

/** Products of the elements up to each one. The gradient is exact also where some are 0. */
export const cumprodOp: Op<ScanAttrs> = op<ScanAttrs>({
  name: "cumprod",
  shape: likeFirst,
  gradient: ({ inputs: [x], grads: [dy], attrs: { axis, exclusive, reverse }, apply }) => {
    const before = apply(cumprodOp, [x!], { axis, exclusive: true, reverse })[0]!;
    const own = exclusive ? shifted(dy!, axis, reverse, apply) : dy!;
    // How the products from here on change with the first factor, by Horner's rule.
    const after = apply(linearScanOp, [own, shifted(x!, axis, reverse, apply)], { axis, reverse: !reverse })[0]!;
    return [before.mul(after)];
  },
  kernel: (k, io) => runScan(k, "f32_cumprod", io),
});

/** Inputs a, b: y[i] = a[i] + b[i]·y[i − 1], from 0 on; in `reverse` from the end. */
export const linearScanOp: Op<{ axis: number; reverse: boolean }> = op<{ axis: number; reverse: boolean }>({
  name: "linearScan",
  shape: ([a, b]) => {
    requireSameShape("linearScan", a!, b!);
    return { shape: a!.shape, dtype: "float32" };
  },
  gradient: ({ inputs: [, b], outputs: [y], grads: [dy], attrs: { axis, reverse }, needs, apply }) => {
    const factors = shifted(b!, axis, reverse, apply);
    const da = apply(linearScanOp, [dy!, factors], { axis, reverse: !reverse })[0]!;
    return [da, needs[1] ? da.mul(shifted(y!, axis, !reverse, apply)) : null];
  },
  kernel: (k, io) =>
    callKernel(k, "f32_linear_scan", io, ...splitAxis(io.inputs[0]!.shape, io.attrs.axis), Number(io.attrs.reverse)),
});
