import type { Attrs } from "../graph/op.ts";
import type { DType } from "../util/dtype.ts";
import { DTypeError, describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape, normalizeAxis, type Shape } from "../util/shape.ts";
import * as activation from "./activations.ts";
import * as arithmetic from "./arithmetic.ts";
import type { NoAttrs, Op } from "./define.ts";
import { oneHotOp } from "./indexing.ts";
import { matMulOp } from "./matmul.ts";
import * as reduce from "./reduce.ts";
import { broadcastToOp, castOp, stopGradientOp, transposeOp } from "./shaping.ts";
import { logSoftmaxOp, softmaxOp } from "./softmax.ts";
import * as unary from "./unary.ts";

/** Half of what uint32 can hold. */
const HALF_RANGE = 2 ** 31;

/** Axes of a reduction: one, several, or (undefined) all. */
export type Axes = number | readonly number[] | undefined;

/**
 * What can be computed with: tensors, and the symbolic tensors of a functional graph. Every method applies ops through
 * `applyOp`, and gives back the kind of thing it was called on. `Self` is that kind, `Other` what may stand beside it.
 */
export abstract class Operand<Self extends Operand<Self, Other>, Other> {
  abstract readonly shape: Shape;
  abstract readonly dtype: DType;

  /** Applies a record to this operand and others, in the order given. */
  protected abstract applyOp<A extends Attrs>(op: Op<A>, inputs: readonly (Self | Other)[], attrs: A): Self;

  /** The same values as an operand of this kind: numbers and arrays become constants. `like` gives the dtype of numbers. */
  protected abstract wrap(value: Self | Other, like?: DType): Self;

  protected abstract self(): Self;

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Applies a float op: integers and bools become float32 first. */
  protected float(): Self {
    return this.dtype === "float32" ? this.self() : this.cast("float32");
  }

  #unary(op: Op<NoAttrs>): Self {
    return this.applyOp(op, [this.float()], {});
  }

  /** Both sides of one dtype: float32 wins over int32, int32 over bool. */
  #pair(other: Self | Other, floatOnly: boolean): [a: Self, b: Self] {
    const b = this.wrap(other, this.dtype);
    const float = floatOnly || this.dtype === "float32" || b.dtype === "float32";
    const dtype: DType = float ? "float32" : this.dtype === "uint32" || b.dtype === "uint32" ? "uint32" : "int32";
    return [this.cast(dtype), b.cast(dtype)];
  }

  /** Applies a binary op after bringing both sides to one dtype. */
  #binary(op: Op<NoAttrs>, other: Self | Other, floatOnly = false): Self {
    return this.applyOp(op, this.#pair(other, floatOnly), {});
  }

  /** Applies an op that asks for the order. Kernels compare signed: 2^31 moves unsigned numbers into their order. */
  #compare(op: Op<NoAttrs>, other: Self | Other): Self {
    const pair = this.#pair(other, false);
    const unsigned = pair[0].dtype === "uint32";
    return this.applyOp(op, unsigned ? pair.map((x) => x.add(HALF_RANGE as Other & number)) : pair, {});
  }

  // Arithmetic, element by element with broadcasting

  add(other: Self | Other): Self {
    return this.#binary(arithmetic.addOp, other);
  }
  sub(other: Self | Other): Self {
    return this.#binary(arithmetic.subOp, other);
  }
  mul(other: Self | Other): Self {
    return this.#binary(arithmetic.mulOp, other);
  }
  /** A true division: integers become float32. */
  div(other: Self | Other): Self {
    return this.#binary(arithmetic.divOp, other, true);
  }
  pow(other: Self | Other): Self {
    return this.#binary(arithmetic.powOp, other, true);
  }
  maximum(other: Self | Other): Self {
    return this.#binary(arithmetic.maximumOp, other, true);
  }
  minimum(other: Self | Other): Self {
    return this.#binary(arithmetic.minimumOp, other, true);
  }

  // Comparisons and logic: bool results

  equal(other: Self | Other): Self {
    return this.#binary(arithmetic.equalOp, other);
  }
  notEqual(other: Self | Other): Self {
    return this.#binary(arithmetic.notEqualOp, other);
  }
  greater(other: Self | Other): Self {
    return this.#compare(arithmetic.greaterOp, other);
  }
  greaterEqual(other: Self | Other): Self {
    return this.#compare(arithmetic.greaterEqualOp, other);
  }
  less(other: Self | Other): Self {
    return this.#compare(arithmetic.lessOp, other);
  }
  lessEqual(other: Self | Other): Self {
    return this.#compare(arithmetic.lessEqualOp, other);
  }
  logicalAnd(other: Self | Other): Self {
    return this.applyOp(arithmetic.logicalAndOp, [this.cast("bool"), this.wrap(other, "bool").cast("bool")], {});
  }
  logicalOr(other: Self | Other): Self {
    return this.applyOp(arithmetic.logicalOrOp, [this.cast("bool"), this.wrap(other, "bool").cast("bool")], {});
  }
  logicalNot(): Self {
    return this.applyOp(arithmetic.logicalNotOp, [this.cast("bool")], {});
  }

  // Functions of one number

  neg(): Self {
    return this.dtype === "int32" ? this.mul(-1 as Other & number) : this.#unary(unary.negOp);
  }
  abs(): Self {
    return this.#unary(unary.absOp);
  }
  sign(): Self {
    return this.#unary(unary.signOp);
  }
  exp(): Self {
    return this.#unary(unary.expOp);
  }
  log(): Self {
    return this.#unary(unary.logOp);
  }
  log1p(): Self {
    return this.#unary(unary.log1pOp);
  }
  expm1(): Self {
    return this.#unary(unary.expm1Op);
  }
  sqrt(): Self {
    return this.#unary(unary.sqrtOp);
  }
  rsqrt(): Self {
    return this.#unary(unary.rsqrtOp);
  }
  square(): Self {
    return this.#unary(unary.squareOp);
  }
  reciprocal(): Self {
    return this.#unary(unary.reciprocalOp);
  }
  floor(): Self {
    return this.#unary(unary.floorOp);
  }
  ceil(): Self {
    return this.#unary(unary.ceilOp);
  }
  /** To the nearest integer, halves to the even one. */
  round(): Self {
    return this.#unary(unary.roundOp);
  }
  erf(): Self {
    return this.#unary(unary.erfOp);
  }
  /** min(max(x, lo), hi) for numbers lo ≤ hi. */
  clip(lo: number, hi: number): Self {
    if (typeof lo !== "number" || typeof hi !== "number" || !(lo <= hi)) {
      throw new ValueError(`[clip] lo, hi: expected numbers with lo <= hi, got ${describe(lo)} and ${describe(hi)}.`);
    }
    return this.applyOp(unary.clipOp, [this.float()], { lo, hi });
  }

  // Activations

  relu(): Self {
    return this.#unary(activation.reluOp);
  }
  sigmoid(): Self {
    return this.#unary(activation.sigmoidOp);
  }
  tanh(): Self {
    return this.#unary(activation.tanhOp);
  }
  softplus(): Self {
    return this.#unary(activation.softplusOp);
  }
  softsign(): Self {
    return this.#unary(activation.softsignOp);
  }
  silu(): Self {
    return this.#unary(activation.siluOp);
  }
  /** x·Φ(x), or with `approximate` its tanh form. Hendrycks and Gimpel 2016. */
  gelu(approximate = false): Self {
    return this.#unary(approximate ? activation.geluTanhOp : activation.geluOp);
  }
  selu(): Self {
    return this.#unary(activation.seluOp);
  }
  hardSigmoid(): Self {
    return this.#unary(activation.hardSigmoidOp);
  }
  elu(alpha = 1): Self {
    return this.applyOp(activation.eluOp, [this.float()], { alpha: finite("elu", "alpha", alpha) });
  }
  leakyRelu(slope = 0.2): Self {
    return this.applyOp(activation.leakyReluOp, [this.float()], { slope: finite("leakyRelu", "slope", slope) });
  }
  softmax(axis = -1): Self {
    return this.#alongLast("softmax", axis, (x) => x.applyOp(softmaxOp, [x.self()], {}));
  }
  logSoftmax(axis = -1): Self {
    return this.#alongLast("logSoftmax", axis, (x) => x.applyOp(logSoftmaxOp, [x.self()], {}));
  }

  /** Runs an op of the last axis along another one. */
  #alongLast(name: string, axis: number, run: (x: Self) => Self): Self {
    const index = checkAxis(name, axis, this.shape);
    const last = this.rank - 1;
    const x = this.float();
    if (index === last) return run(x);
    const perm = Array.from({ length: this.rank }, (_, i) => (i === index ? last : i === last ? index : i));
    return run(x.transpose(perm)).transpose(perm);
  }

  // Reductions over one axis, several or all

  sum(axis?: Axes, keepDims = false): Self {
    const x = this.dtype === "bool" ? this.cast("int32") : this.self();
    return x.#reduce(reduce.sumOp, axis, keepDims);
  }
  mean(axis?: Axes, keepDims = false): Self {
    return this.float().#reduce(reduce.meanOp, axis, keepDims);
  }
  max(axis?: Axes, keepDims = false): Self {
    return this.float().#reduce(reduce.maxOp, axis, keepDims);
  }
  min(axis?: Axes, keepDims = false): Self {
    return this.float().#reduce(reduce.minOp, axis, keepDims);
  }
  prod(axis?: Axes, keepDims = false): Self {
    return this.float().#reduce(reduce.prodOp, axis, keepDims);
  }
  any(axis?: Axes, keepDims = false): Self {
    return this.cast("bool").#reduce(reduce.anyOp, axis, keepDims);
  }
  all(axis?: Axes, keepDims = false): Self {
    return this.cast("bool").#reduce(reduce.allOp, axis, keepDims);
  }
  /** Index of the first largest value along an axis. */
  argMax(axis = -1): Self {
    const start = checkAxis("argMax", axis, this.shape);
    return this.float().reduceRun(reduce.argMaxOp, { start, end: start + 1, keepDims: false });
  }
  /** Index of the first smallest value along an axis. */
  argMin(axis = -1): Self {
    const start = checkAxis("argMin", axis, this.shape);
    return this.float().reduceRun(reduce.argMinOp, { start, end: start + 1, keepDims: false });
  }

  /** Reduces neighbouring axes at once and runs of them one after another, last first. */
  #reduce(op: Op<reduce.ReduceAttrs>, axis: Axes, keepDims: boolean): Self {
    const axes = checkAxes(op.name, axis, this.shape);
    let result = this.self();
    for (let end = axes.length; end > 0; ) {
      let start = end - 1;
      while (start > 0 && axes[start - 1] === axes[start]! - 1) start--;
      result = result.reduceRun(op, { start: axes[start]!, end: axes[end - 1]! + 1, keepDims });
      end = start;
    }
    return result;
  }

  /** Reduces axes [start, end). */
  reduceRun(op: Op<reduce.ReduceAttrs>, attrs: reduce.ReduceAttrs): Self {
    return this.applyOp(op, [this.self()], attrs);
  }

  // Products and shapes

  /** this·other over the last two axes; a right operand of rank 2 meets all leading axes as rows. */
  matMul(other: Self | Other, transposeA = false, transposeB = false): Self {
    const b = this.wrap(other).float();
    if (transposeA && transposeB)
      return b.applyOp(matMulOp, [b, this.float()], { transposeA: false, transposeB: false }).swapLast();
    return this.applyOp(matMulOp, [this.float(), b], { transposeA, transposeB });
  }

  /** The last two axes exchanged. */
  protected swapLast(): Self {
    const perm = this.shape.map((_, i) => i);
    perm.push(...perm.splice(-2).reverse());
    return this.transpose(perm);
  }

  /** The same elements in another shape; one size may be −1. */
  abstract reshape(shape: Shape): Self;

  /** Axes in another order; without `perm` reversed. */
  transpose(perm?: readonly number[]): Self {
    const axes =
      perm?.map((axis) => checkAxis("transpose", axis, this.shape)) ?? this.shape.map((_, i) => this.rank - 1 - i);
    if (axes.every((axis, i) => axis === i) && axes.length === this.rank) return this.self();
    return this.applyOp(transposeOp, [this.self()], { perm: axes });
  }

  /** All elements along one axis. */
  flatten(): Self {
    return this.reshape([-1]);
  }

  /** Without axes of size 1: the given ones, or all. */
  squeeze(axis?: Axes): Self {
    const axes = axis === undefined ? undefined : checkAxes("squeeze", axis, this.shape);
    for (const index of axes ?? []) {
      if (this.shape[index] !== 1) {
        throw new ShapeError(`[squeeze] axis: expected axes of size 1 of ${formatShape(this.shape)}, got ${index}.`);
      }
    }
    return this.reshape(this.shape.filter((dim, i) => (axes === undefined ? dim !== 1 : !axes.includes(i))));
  }

  /** With a new axis of size 1 before `axis`. */
  expandDims(axis = -1): Self {
    const index = checkAxis("expandDims", axis, [...this.shape, 1]);
    return this.reshape([...this.shape.slice(0, index), 1, ...this.shape.slice(index)]);
  }

  /** Another dtype; floats are truncated, all but 0 is true. */
  cast(dtype: DType): Self {
    if (dtype === this.dtype) return this.self();
    if (!["float32", "int32", "bool", "uint32"].includes(dtype)) {
      throw new DTypeError(`[cast] dtype: expected float32, int32, bool or uint32, got ${describe(dtype)}.`);
    }
    return this.applyOp(castOp, [this.self()], { dtype });
  }

  /** The same values, through which no gradient flows. */
  stopGradient(): Self {
    return this.applyOp(stopGradientOp, [this.self()], {});
  }

  /** Integer indices as rows of 0 and 1. */
  oneHot(depth: number): Self {
    if (!Number.isInteger(depth) || depth < 0) {
      throw new ValueError(`[oneHot] depth: expected an integer from 0 on, got ${describe(depth)}.`);
    }
    return this.applyOp(oneHotOp, [this.cast("int32")], { depth, on: 1, off: 0 });
  }

  protected broadcastShape(shape: readonly number[]): Self {
    return this.applyOp(broadcastToOp, [this.self()], { shape: [...shape] });
  }
}

/** The axis from the front; a ShapeError that names the op otherwise. */
export function checkAxis(name: string, axis: unknown, shape: Shape): number {
  const index = typeof axis === "number" ? normalizeAxis(axis, shape.length) : undefined;
  if (index !== undefined) return index;
  const range = `[${-shape.length}, ${shape.length - 1}]`;
  throw new ShapeError(
    `[${name}] axis: expected an integer in ${range} for shape ${formatShape(shape)}, got ${describe(axis)}.`,
  );
}

/** Axes from the front, sorted, each once; all of them when none are given. */
function checkAxes(name: string, axis: Axes, shape: Shape): number[] {
  if (axis === undefined || axis === null) return shape.map((_, i) => i);
  const list = (typeof axis === "number" ? [axis] : [...axis]).map((one) => checkAxis(name, one, shape));
  const unique = [...new Set(list)].sort((a, b) => a - b);
  if (unique.length === list.length) return unique;
  throw new ValueError(`[${name}] axis: expected each axis once, got ${describe(axis)}.`);
}

/** A finite number, or a ValueError. */
function finite(name: string, argument: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ValueError(`[${name}] ${argument}: expected a finite number, got ${describe(value)}.`);
}
