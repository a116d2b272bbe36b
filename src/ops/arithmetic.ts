import type { BufferRef } from "../graph/op.ts";
import type { GraphDType, Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { broadcastDims, stridesOf } from "../util/shape.ts";
import {
  at,
  broadcastStrides,
  elementwise,
  forLoops,
  joinAxes,
  kernelOf,
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
  forLoops(joinAxes(y.shape, strides), 3, ([oy, oa, ob], sizes, [, sa, sb]) => {
    kernel(...([at(y, oy!), at(a!, oa!), at(b!, ob!), ...sizes, ...sa!, ...sb!] as Parameters<Binary>));
  });
}

/** The gradient of one operand; it is summed over what broadcasting repeated. */
type Part = (dy: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor;

/** By the kernels of that name for float32 and for integers; the result has the operands' dtype, or is bool. */
function binaryOp(name: string, toA?: Part, toB?: Part, dtype?: GraphDType): Op<NoAttrs> {
  const [f32, i32] = [kernelOf(name), kernelOf(name, "i32")];
  return op<NoAttrs>({
    name,
    shape: (inputs) => broadcastSpec(name, inputs, dtype ?? inputs[0]!.dtype),
    gradient:
      toA === undefined
        ? null
        : ({ inputs, outputs: [y], grads: [dy], needs }) =>
            [toA, toB].map((part, i) =>
              needs[i] && part ? part(dy!, inputs[0]!, inputs[1]!, y!).sumTo(inputs[i]!.shape) : null,
            ),
    kernel: (k, { inputs, outputs: [y] }) =>
      runBinary(k[inputs[0]!.dtype === "float32" ? f32 : i32] as Binary, inputs, y!),
    // Safe although an input may be broadcast: only one of the output's own size can be taken over.
    inPlace: [
      [0, 0],
      [0, 1],
    ],
  });
}

/** An op whose result is true or false: no gradient flows. */
function relationOp(name: string): Op<NoAttrs> {
  return binaryOp(name, undefined, undefined, "bool");
}

const same: Part = (dy) => dy;

export const addOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp("add", same, same);
export const subOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp("sub", same, (dy) => dy.neg());
export const mulOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp(
  "mul",
  (dy, _, b) => dy.mul(b),
  (dy, a) => dy.mul(a),
);
export const divOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp(
  "div",
  (dy, _, b) => dy.div(b),
  (dy, _, b, y) => dy.mul(y).div(b).neg(),
);
export const powOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp(
  "pow",
  (dy, a, b) => dy.mul(b).mul(a.pow(b.sub(1))),
  // d(a^b)/db = a^b ln a; where a is 0 the power is flat.
  (dy, a, _, y) => dy.mul(y).mul(a.where(a.notEqual(0), 1).log()),
);

/** Maximum or minimum. The gradient goes to the operand that won; half to each where both are equal, as Keras on JAX. */
function winnerOp(name: string, wins: (x: Tensor, y: Tensor) => Tensor): Op<NoAttrs> {
  const share = (dy: Tensor, x: Tensor, other: Tensor): Tensor =>
    wins(x, other).cast("float32").add(x.equal(other).cast("float32").mul(0.5)).mul(dy);
  return binaryOp(name, share, (dy, a, b) => share(dy, b, a));
}

export const maximumOp: Op<NoAttrs> = /* @__PURE__ */ winnerOp("maximum", (x, y) => x.greater(y));
export const minimumOp: Op<NoAttrs> = /* @__PURE__ */ winnerOp("minimum", (x, y) => x.less(y));

export const equalOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("equal");
export const notEqualOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("notEqual");
export const greaterOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("greater");
export const greaterEqualOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("greaterEqual");
export const lessOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("less");
export const lessEqualOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("lessEqual");
export const logicalAndOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("logicalAnd");
export const logicalOrOp: Op<NoAttrs> = /* @__PURE__ */ relationOp("logicalOr");

export const logicalNotOp: Op<NoAttrs> = op<NoAttrs>({
  name: "logicalNot",
  shape: ([x]) => ({ shape: x!.shape, dtype: "bool" }),
  gradient: null,
  kernel: elementwise("i32_logical_not"),
  inPlace: [[0, 0]],
});

/** The angle of the point (b, a). */
export const atan2Op: Op<NoAttrs> = /* @__PURE__ */ binaryOp(
  "atan2",
  (dy, a, b) => dy.div(a.square().add(b.square())).mul(b),
  (dy, a, b) => dy.div(a.square().add(b.square())).mul(a).neg(),
);

/** ⌊a/b⌋; of integers 0 where b is 0. */
export const floorDivOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp("floorDiv");

/** a − ⌊a/b⌋·b, which has the sign of b; of integers a where b is 0. */
export const modOp: Op<NoAttrs> = /* @__PURE__ */ binaryOp("mod", same, (dy, a, b) => dy.mul(a.floorDiv(b)).neg());

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
  kernel: elementwise("u32_select"),
  inPlace: [
    [0, 1],
    [0, 2],
  ],
});
