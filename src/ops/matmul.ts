import type { Node } from "../graph/node.ts";
import type { BufferRef, Fusion, KernelIO, OpRecord } from "../graph/op.ts";
import type { Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { ShapeError } from "../util/errors.ts";
import { broadcastDims, type Dims, formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { broadcastStrides, type Gradient, type Op, op } from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** Which operand is read transposed; both at once is written as the transpose of the swapped product. */
type MatMulAttrs = { transposeA: boolean; transposeB: boolean };

/** Beside it, what is done to each result before it is stored: scale and shift per column, then an activation. */
type GemmAttrs = MatMulAttrs & { epilogue: number };

/** Epilogue words of the kernels: what to add, and in bits 4–7 the activation. */
const ADD_BIAS = 1;
const SCALE_SHIFT = 2;
const ACTIVATIONS: Readonly<Record<string, number>> = { relu: 1 << 4, sigmoid: 2 << 4, tanh: 3 << 4 };

interface Sizes {
  M: number;
  N: number;
  K: number;
  /** Shape of the batch of products. */
  batch: number[];
}

/**
 * Sizes of a product. A right operand of rank 2 meets all leading axes of the left one as rows of one product, as a
 * Dense layer needs; else the axes before the last two are batch axes and broadcast.
 */
function sizesOf(a: Dims, b: Dims, { transposeA, transposeB }: MatMulAttrs): Sizes {
  const wrong = (): ShapeError => {
    const mark = (flag: boolean): string => (flag ? " transposed" : "");
    return new ShapeError(
      `[matMul] shapes: expected inner sizes that agree, got ${formatShape(a)}${mark(transposeA)} and ${formatShape(b)}${mark(transposeB)}.`,
    );
  };
  if (a.length < 2 || b.length < 2) throw wrong();
  const K = b.at(transposeB ? -1 : -2)!;
  const N = b.at(transposeB ? -2 : -1)!;
  if (a.at(transposeA ? -2 : -1) !== K) throw wrong();
  if (b.length === 2 && !transposeA) return { M: sizeOf(a.slice(0, -1)), N, K, batch: [] };
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2));
  if (batch === undefined) throw wrong();
  return { M: a.at(transposeA ? -1 : -2)!, N, K, batch };
}

function productSpec([a, b]: readonly Spec[], attrs: MatMulAttrs): Spec {
  const { M, N, batch } = sizesOf(a!.shape, b!.shape, attrs);
  const rows = b!.shape.length === 2 && !attrs.transposeA ? a!.shape.slice(0, -1) : [...batch, M];
  return { shape: [...rows, N], dtype: "float32" };
}

const form = ({ transposeA, transposeB }: MatMulAttrs): 0 | 1 | 2 => (transposeA ? 2 : transposeB ? 1 : 0);

function runProduct(k: KernelTable, io: KernelIO<MatMulAttrs>, scale: number, shift: number, epilogue: number): void {
  const { inputs, outputs, attrs, workspace } = io;
  const [a, b] = inputs as [BufferRef, BufferRef];
  const y = outputs[0]!;
  const { M, N, K, batch } = sizesOf(a.shape, b.shape, attrs);
  const kernel = [k.f32_gemm_nn, k.f32_gemm_nt, k.f32_gemm_tn][form(attrs)]!;
  const lda = attrs.transposeA ? M : K;
  const ldb = attrs.transposeB ? K : N;
  eachBatch(batch, a.shape.slice(0, -2), b.shape.slice(0, -2), (i, ia, ib) => {
    const [py, pa, pb] = [y.ptr + i * M * N * 4, a.ptr + ia * M * K * 4, b.ptr + ib * K * N * 4];
    kernel(py, pa, pb, scale, shift, M, N, K, lda, ldb, N, epilogue, workspace);
  });
}

/** Visits the products of a batch with the index of each operand's matrix. */
function eachBatch(batch: Dims, a: Dims, b: Dims, visit: (i: number, ia: number, ib: number) => void): void {
  if (batch.length === 0) {
    visit(0, 0, 0);
    return;
  }
  const [sa, sb] = [broadcastStrides(a, batch), broadcastStrides(b, batch)];
  for (let i = 0; i < sizeOf(batch); i++) {
    let [rest, ia, ib] = [i, 0, 0];
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const index = rest % batch[axis]!;
      rest = (rest - index) / batch[axis]!;
      ia += index * sa[axis]!;
      ib += index * sb[axis]!;
    }
    visit(i, ia, ib);
  }
}

function workspaceOf(k: KernelTable, [a, b]: readonly Spec[], attrs: MatMulAttrs): number {
  const { M, N, K } = sizesOf(a!.shape, b!.shape, attrs);
  return k.f32_gemm_workspace(M, N, K, form(attrs));
}

const flops = (inputs: readonly Spec[], attrs: MatMulAttrs): number => {
  const { M, N, K, batch } = sizesOf(inputs[0]!.shape, inputs[1]!.shape, attrs);
  return 2 * M * N * K * sizeOf(batch);
};

const bytesOf = (specs: readonly Spec[]): number => specs.reduce((sum, spec) => sum + 4 * sizeOf(spec.shape), 0);

/** Products of the gradient: each is again one of the three forms. */
function matMulGradient({
  inputs: [a, b],
  grads: [dy],
  attrs,
  needs,
  apply,
}: Gradient<MatMulAttrs>): (Tensor | null)[] {
  const product = (x: Tensor, w: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
    apply(matMulOp, [x, w], { transposeA, transposeB })[0]!;
  const { transposeA, transposeB } = attrs;
  // Rank-2 right operands meet all leading axes as rows: so do their gradients.
  const rows = b!.rank === 2 && !transposeA;
  const flat = (t: Tensor): Tensor => t.reshape([sizeOf(t.shape.slice(0, -1)), t.shape.at(-1)!]);
  const x = rows ? flat(a!) : a!;
  const g = rows ? flat(dy!) : dy!;
  const da = (): Tensor => (transposeA ? product(b!, g, false, true) : product(g, b!, false, !transposeB));
  const db = (): Tensor => (transposeB ? product(g, x, true, false) : product(x, g, !transposeA, false));
  return [
    needs[0] ? (rows ? da().reshape(a!.shape) : da().sumTo(a!.shape)) : null,
    needs[1] ? db().sumTo(b!.shape) : null,
  ];
}

/** True when the operand holds one value for each column of the product. */
function isPerColumn(value: Spec, product: Spec): boolean {
  const columns = product.shape.at(-1)!;
  return value.dtype === "float32" && value.shape.at(-1) === columns && sizeOf(value.shape) === columns;
}

/** A bias or an activation after the product becomes its epilogue; so does the scale and shift of a normalisation. */
function fuseEpilogue(node: Node, consumer: Node): Fusion | null {
  const attrs = node.attrs as MatMulAttrs & { epilogue?: number };
  const epilogue = attrs.epilogue ?? 0;
  const product = node.outputs[0]!;
  if (node.inputs[1]!.shape.length !== 2 || !sameShape(consumer.outputs[0]!.shape, product.shape)) return null;
  const fused = (more: number, extra: Node["inputs"]): Fusion => ({
    record: gemmOp as OpRecord,
    attrs: { ...attrs, epilogue: epilogue | more },
    inputs: [...node.inputs, ...extra],
  });
  const activation = ACTIVATIONS[consumer.record.name];
  if (activation !== undefined && epilogue >> 4 === 0) return fused(activation, []);
  if (epilogue !== 0) return null;
  if (consumer.record.name === "add") {
    const bias = consumer.inputs[consumer.inputs[0] === product ? 1 : 0]!;
    return bias !== product && isPerColumn(bias, product) ? fused(ADD_BIAS, [bias]) : null;
  }
  const [x, scale, shift] = consumer.inputs;
  const perColumn = consumer.record.name === "scaleShift" && consumer.attrs.inner === 1 && x === product;
  return perColumn ? fused(SCALE_SHIFT, [scale!, shift!]) : null;
}

/** y = a·b over the last two axes. */
export const matMulOp: Op<MatMulAttrs> = op<MatMulAttrs>({
  name: "matMul",
  shape: productSpec,
  gradient: matMulGradient,
  kernel: (k, io) => runProduct(k, io, 0, 0, 0),
  workspace: (k, inputs, _, attrs) => workspaceOf(k, inputs, attrs),
  fuse: fuseEpilogue,
  cost: (inputs, outputs, attrs) => ({ flops: flops(inputs, attrs), bytes: bytesOf([...inputs, ...outputs]) }),
});

/** A product with its epilogue. Made by fusion only, after autodiff. */
export const gemmOp: Op<GemmAttrs> = op<GemmAttrs>({
  name: "gemm",
  shape: productSpec,
  gradient: null,
  kernel: (k, io) => {
    const [, , first, second] = io.inputs;
    const scaled = (io.attrs.epilogue & 3) === SCALE_SHIFT;
    runProduct(k, io, scaled ? first!.ptr : 0, scaled ? second!.ptr : (first?.ptr ?? 0), io.attrs.epilogue);
  },
  workspace: (k, inputs, _, attrs) => workspaceOf(k, inputs, attrs),
  fuse: fuseEpilogue,
  cost: (inputs, outputs, attrs) => ({ flops: flops(inputs, attrs), bytes: bytesOf([...inputs, ...outputs]) }),
});
