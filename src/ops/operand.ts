import { checkDType, type DType } from "../util/dtype.ts";
import { describe, fail, refuse, ShapeError, ValueError } from "../util/errors.ts";
import { checkAxis, formatShape, type Shape } from "../util/shape.ts";
import { type Axes, checkAxes, integers, withLast } from "./axes.ts";
import type { Op } from "./define.ts";
import { Elementwise } from "./elementwise.ts";
import { oneHotOp } from "./indexing.ts";
import { matMulOp } from "./matmul.ts";
import * as reduce from "./reduce.ts";
import { broadcastToOp, castOp, stopGradientOp, transposeOp } from "./shaping.ts";
import { logSoftmaxOp, softmaxOp } from "./softmax.ts";

export type { Axes } from "./axes.ts";

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

/** Text for templates and `String`; what else asks for a primitive value is an operator, and `x + 1` would be a text too. */
export function asText(value: object, kind: string, hint: string): string {
  if (hint === "string") return value.toString();
  const method = "a method such as add, mul or greater (within `compile` numbers are tensors too)";
  // The hint of + and ==, which may be meant for texts.
  const text = hint === "default" ? ", or a template or String(x) for a text" : "";
  return fail(kind, `operator: expected ${method}${text}, got one of JavaScript's`);
}

/**
 * What can be computed with: tensors, and the symbolic tensors of a functional graph. Every method applies ops through
 * `applyOp`, and gives back the kind of thing it was called on. `Self` is that kind, `Other` what may stand beside it.
 */
export abstract class Operand<Self extends Operand<Self, Other>, Other> extends Elementwise<Self, Other> {
  /** Operators of JavaScript know no tensors: without this, `x * 2` would be NaN and `x > 2` false. */
  [Symbol.toPrimitive](hint: string): string {
    return asText(this, "Tensor", hint);
  }

  // Along one axis

  softmax(axis = -1): Self {
    return this.#alongLast("softmax", axis, (x) => x.applyOp(softmaxOp, [x.self()], {}));
  }
  logSoftmax(axis = -1): Self {
    return this.#alongLast("logSoftmax", axis, (x) => x.applyOp(logSoftmaxOp, [x.self()], {}));
  }

  /** Runs an op of the last axis along another one. */
  #alongLast(name: string, axis: number, run: (x: Self) => Self): Self {
    const perm = withLast(checkAxis(name, axis, this.shape), this.rank);
    return run(this.float().transpose(perm)).transpose(perm);
  }

  // Reductions over one axis, several or all

  sum(axis?: Axes, keepDims = false): Self {
    return this.#counted().#reduce(reduce.sumOp, axis, keepDims);
  }
  mean(axis?: Axes, keepDims = false): Self {
    return this.float().#reduce(reduce.meanOp, axis, keepDims);
  }
  max(axis?: Axes, keepDims = false): Self {
    return this.dtype === "bool"
      ? this.any(axis, keepDims)
      : this.ordered().#reduce(reduce.maxOp, axis, keepDims).ordered();
  }
  min(axis?: Axes, keepDims = false): Self {
    return this.dtype === "bool"
      ? this.all(axis, keepDims)
      : this.ordered().#reduce(reduce.minOp, axis, keepDims).ordered();
  }
  prod(axis?: Axes, keepDims = false): Self {
    return this.#counted().#reduce(reduce.prodOp, axis, keepDims);
  }
  /** The mean squared distance from the mean. */
  variance(axis?: Axes, keepDims = false): Self {
    const x = this.float();
    return x.sub(x.mean(axis, true)).square().mean(axis, keepDims);
  }
  /** The square root of the variance. */
  std(axis?: Axes, keepDims = false): Self {
    return this.variance(axis, keepDims).sqrt();
  }
  /** ln Σ eˣ without a detour through large numbers. */
  logSumExp(axis?: Axes, keepDims = false): Self {
    // infinite extremes are cut, so that they are not taken from themselves
    const top = this.float().max(axis, true).clip(-LARGEST, LARGEST).stopGradient();
    const result = this.sub(top).exp().sum(axis, true).log().add(top);
    return keepDims ? result : result.squeeze(axis);
  }
  any(axis?: Axes, keepDims = false): Self {
    return this.cast("bool").#reduce(reduce.anyOp, axis, keepDims);
  }
  all(axis?: Axes, keepDims = false): Self {
    return this.cast("bool").#reduce(reduce.allOp, axis, keepDims);
  }
  /** Index of the first largest value along an axis. */
  argMax(axis = -1): Self {
    return this.#place(reduce.argMaxOp, axis, (x, start) => x.equal(x.max(start, true)));
  }
  /** Index of the first smallest value along an axis. */
  argMin(axis = -1): Self {
    return this.#place(reduce.argMinOp, axis, (x, start) => x.notEqual(x.min(start, true)));
  }

  /** Integers are compared as such: float32 would take neighbours above 2^24 for equal. */
  #place(op: Op<reduce.ReduceAttrs>, axis: number, mark: (x: Self, axis: number) => Self): Self {
    const start = checkAxis(op.name, axis, this.shape);
    if (this.shape[start] === 0) refuse(op.name, "axis", "an axis with elements", formatShape(this.shape), ShapeError);
    const attrs = { start, end: start + 1, keepDims: false };
    const isInteger = /int/.test(this.dtype);
    return (isInteger ? mark(this.self(), start) : this.self()).float().reduceRun(op, attrs);
  }

  /** Truth values as numbers. */
  #counted(): Self {
    return this.dtype === "bool" ? this.cast("int32") : this.self();
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

  /**
   * this·other over the last two axes; a right operand of rank 2 meets all leading axes as rows. A vector stands for a row on
   * the left and a column on the right, and its axis is missing in the result.
   */
  matMul(other: Self | Other, transposeA = false, transposeB = false): Self {
    const node = this.inGraph("matMul", other, transposeA, transposeB);
    if (node !== undefined) return node;
    const b = this.wrap(other).float();
    const inner = this.shape.at(transposeA && this.rank > 1 ? -2 : -1);
    // A vector gets a second axis below, so that the product itself could not say what it was.
    if ((this.rank === 1 || b.rank === 1) && (inner ?? -1) !== b.shape.at(transposeB || b.rank === 1 ? -1 : -2)) {
      const shapes = `${formatShape(this.shape)} and ${formatShape(b.shape)}`;
      fail("matMul", `shapes: expected inner sizes that agree, got ${shapes}`, ShapeError);
    }
    if (this.rank === 1)
      return this.expandDims(0)
        .matMul(b, false, transposeB)
        .squeeze(b.rank === 1 ? 0 : -2);
    if (b.rank === 1) return this.matMul(b.expandDims(1), transposeA).squeeze(-1);
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
    const given = perm ?? this.shape.map((_, i) => this.rank - 1 - i);
    const axes = integers("transpose", "perm", given).map((axis) => checkAxis("transpose", axis, this.shape));
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

  override cast(dtype: DType): Self {
    if (dtype === this.dtype) return this.self();
    return this.applyOp(castOp, [this.self()], { dtype: checkDType(dtype, "cast") });
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
