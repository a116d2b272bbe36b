import type { BufferRef, GradientRule } from "../graph/op.ts";
import type { GraphDType, Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { broadcastDims, stridesOf } from "../util/shape.ts";
import {
  at,
  broadcastStrides,
  forLoops,
  joinAxes,
  type KernelName,
  type NoAttrs,
  type Op,
  op,
  shapesDiffer,
} from "./define.ts";
import type { Tensor } from "./tensor.ts";

type Binary = KernelTable["f32_add"];

/** Shape of `a ∘ b` after NumPy's broadcasting. */
function broadcastSpec(name: string, [a, b]: readonly Spec[], dtype: GraphDType): Spec {
  const shape = broadcastDims(a!.shape, b!.shape);
  if (shape === undefined) throw shapesDiffer(name, a!.shape, b!.shape, "shapes that broadcast");
  return { shape, dtype };
}

/** Calls a binary kernel, whose three loops suffice for nearly every broadcast. */
function runBinary(kernel: Binary, [a, b]: readonly BufferRef[], y: BufferRef): void {
  if (y.size === 0) return;
  const strides = [stridesOf(y.shape), broadcastStrides(a!.shape, y.shape), broadcastStrides(b!.shape, y.shape)];
  forLoops(joinAxes(y.shape, strides), 3, ([oy, oa, ob], [n0, n1, n2], [, sa, sb]) => {
    kernel(at(y, oy!), at(a!, oa!), at(b!, ob!), n0!, n1!, n2!, sa![0]!, sa![1]!, sa![2]!, sb![0]!, sb![1]!, sb![2]!);
  });
}

function binaryOp(
  name: string,
  f32: KernelName,
  i32: KernelName | undefined,
  result: "same" | "bool",
  gradient: GradientRule<NoAttrs, Tensor> | null,
): Op<NoAttrs> {
  return op<NoAttrs>({
    name,
    shape: (inputs) => broadcastSpec(name, inputs, result === "bool" ? "bool" : inputs[0]!.dtype),
    gradient,
    kernel: (k, { inputs, outputs: [y] }) => {
      const integer = inputs[0]!.dtype !== "float32" && i32 !== undefined;
      runBinary(k[integer ? i32 : f32] as Binary, inputs, y!);
    },
    // Safe although an input may be broadcast: only one of the output's own size can be taken over.
    inPlace: [
      [0, 0],
      [0, 1],
    ],
  });
}

export const addOp: Op<NoAttrs> = binaryOp(
  "add",
  "f32_add",
  "i32_add",
  "same",
  ({ inputs: [a, b], grads: [dy], needs }) => [
    needs[0] ? dy!.sumTo(a!.shape) : null,
    needs[1] ? dy!.sumTo(b!.shape) : null,
  ],
);

export const subOp: Op<NoAttrs> = binaryOp(
  "sub",
  "f32_sub",
  "i32_sub",
  "same",
  ({ inputs: [a, b], grads: [dy], needs }) => [
    needs[0] ? dy!.sumTo(a!.shape) : null,
    needs[1] ? dy!.neg().sumTo(b!.shape) : null,
  ],
);

export const mulOp: Op<NoAttrs> = binaryOp(
  "mul",
  "f32_mul",
  "i32_mul",
  "same",
  ({ inputs: [a, b], grads: [dy], needs }) => [
    needs[0] ? dy!.mul(b!).sumTo(a!.shape) : null,
    needs[1] ? dy!.mul(a!).sumTo(b!.shape) : null,
  ],
);

export const divOp: Op<NoAttrs> = binaryOp(
  "div",
  "f32_div",
  undefined,
  "same",
  ({ inputs: [a, b], outputs: [y], grads: [dy], needs }) => [
    needs[0] ? dy!.div(b!).sumTo(a!.shape) : null,
    needs[1] ? dy!.mul(y!).div(b!).neg().sumTo(b!.shape) : null,
  ],
);

export const powOp: Op<NoAttrs> = binaryOp(
  "pow",
  "f32_pow",
  "i32_pow",
  "same",
  ({ inputs: [a, b], outputs: [y], grads: [dy], needs }) => [
    needs[0]
      ? dy!
          .mul(b!)
          .mul(a!.pow(b!.sub(1)))
          .sumTo(a!.shape)
      : null,
    // d(a^b)/db = a^b ln a; where a is 0 the power is flat.
    needs[1]
      ? dy!
          .mul(y!)
          .mul(a!.where(a!.notEqual(0), 1).log())
          .sumTo(b!.shape)
      : null,
  ],
);

/** Gradient of maximum and minimum: to the operand that won; half to each where both are equal, as Keras on JAX. */
function winnerGradient(wins: (x: Tensor, y: Tensor) => Tensor): GradientRule<NoAttrs, Tensor> {
  return ({ inputs: [a, b], grads: [dy], needs }) => {
    const share = (x: Tensor, other: Tensor): Tensor =>
      wins(x, other).cast("float32").add(x.equal(other).cast("float32").mul(0.5)).mul(dy!);
    return [needs[0] ? share(a!, b!).sumTo(a!.shape) : null, needs[1] ? share(b!, a!).sumTo(b!.shape) : null];
  };
}

export const maximumOp: Op<NoAttrs> = binaryOp(
  "maximum",
  "f32_maximum",
  "i32_maximum",
  "same",
  winnerGradient((x, y) => x.greater(y)),
);
export const minimumOp: Op<NoAttrs> = binaryOp(
  "minimum",
  "f32_minimum",
  "i32_minimum",
  "same",
  winnerGradient((x, y) => x.less(y)),
);

export const equalOp: Op<NoAttrs> = binaryOp("equal", "f32_equal", "i32_equal", "bool", null);
export const notEqualOp: Op<NoAttrs> = binaryOp("notEqual", "f32_not_equal", "i32_not_equal", "bool", null);
export const greaterOp: Op<NoAttrs> = binaryOp("greater", "f32_greater", "i32_greater", "bool", null);
export const greaterEqualOp: Op<NoAttrs> = binaryOp(
  "greaterEqual",
  "f32_greater_equal",
  "i32_greater_equal",
  "bool",
  null,
);
export const lessOp: Op<NoAttrs> = binaryOp("less", "f32_less", "i32_less", "bool", null);
export const lessEqualOp: Op<NoAttrs> = binaryOp("lessEqual", "f32_less_equal", "i32_less_equal", "bool", null);
export const logicalAndOp: Op<NoAttrs> = binaryOp("logicalAnd", "i32_logical_and", "i32_logical_and", "bool", null);
export const logicalOrOp: Op<NoAttrs> = binaryOp("logicalOr", "i32_logical_or", "i32_logical_or", "bool", null);

export const logicalNotOp: Op<NoAttrs> = op<NoAttrs>({
  name: "logicalNot",
  shape: ([x]) => ({ shape: x!.shape, dtype: "bool" }),
  gradient: null,
  kernel: (k, { inputs: [x], outputs: [y] }) => k.i32_logical_not(y!.ptr, x!.ptr, y!.size),
  inPlace: [[0, 0]],
});

/** The angle of the point (b, a). */
export const atan2Op: Op<NoAttrs> = binaryOp(
  "atan2",
  "f32_atan2",
  undefined,
  "same",
  ({ inputs: [a, b], grads: [dy], needs }) => {
    const part = dy!.div(a!.square().add(b!.square()));
    return [needs[0] ? part.mul(b!).sumTo(a!.shape) : null, needs[1] ? part.mul(a!).neg().sumTo(b!.shape) : null];
  },
);

/** ⌊a/b⌋; of integers 0 where b is 0. */
export const floorDivOp: Op<NoAttrs> = binaryOp("floorDiv", "f32_floor_div", "i32_floor_div", "same", null);

/** a − ⌊a/b⌋·b, which has the sign of b; of integers a where b is 0. */
export const modOp: Op<NoAttrs> = binaryOp(
  "mod",
  "f32_mod",
  "i32_mod",
  "same",
  ({ inputs: [a, b], grads: [dy], needs }) => [
    needs[0] ? dy!.sumTo(a!.shape) : null,
    needs[1] ? dy!.mul(a!.floorDiv(b!)).neg().sumTo(b!.shape) : null,
  ],
);

/** y = cond ? a : b on equal shapes; the caller broadcasts before. */
export const selectOp: Op<NoAttrs> = op<NoAttrs>({
  name: "where",
  shape: ([, a]) => ({ shape: a!.shape, dtype: a!.dtype }),
  // A constant 0, not dy·0: what is infinite on the way not taken stays there.
  gradient: ({ inputs: [cond], grads: [dy], needs }) => [
    null,
    needs[1] ? dy!.where(cond!, 0) : null,
    needs[2] ? dy!.where(cond!.logicalNot(), 0) : null,
  ],
  kernel: (k, { inputs: [cond, a, b], outputs: [y] }) => k.u32_select(y!.ptr, cond!.ptr, a!.ptr, b!.ptr, y!.size),
  inPlace: [
    [0, 1],
    [0, 2],
  ],
});
