import type { Attrs } from "../graph/op.ts";
import type { DType } from "../util/dtype.ts";
import { describe, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import * as activation from "./activations.ts";
import * as arithmetic from "./arithmetic.ts";
import { finite } from "./axes.ts";
import type { NoAttrs, Op } from "./define.ts";
import * as trigonometry from "./trigonometry.ts";
import * as unary from "./unary.ts";

/** Half of what uint32 can hold. */
const HALF_RANGE = 2 ** 31;

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The half of `Operand` that works element by element. */
export abstract class Elementwise<Self extends Elementwise<Self, Other>, Other> {
  abstract readonly shape: Shape;
  abstract readonly dtype: DType;

  /** Applies a record to this operand and others, in the order given. */
  protected abstract applyOp<A extends Attrs>(op: Op<A>, inputs: readonly (Self | Other)[], attrs: A): Self;

  /** The same values as an operand of this kind: numbers and arrays become constants. `like` gives the dtype of numbers. */
  protected abstract wrap(value: Self | Other, like?: DType): Self;

  protected abstract self(): Self;

  /** Another dtype; floats are truncated, all but 0 is true. */
  abstract cast(dtype: DType): Self;

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Applies a float op: integers and bools become float32 first. */
  protected float(): Self {
    return this.dtype === "float32" ? this.self() : this.cast("float32");
  }

  /** Beside a value of a graph the method of that name becomes a node there; undefined where all are concrete. */
  protected inGraph(name: string, ...others: readonly unknown[]): Self | undefined {
    const graph = others.find((other) => other instanceof Elementwise && "addOp" in other);
    if (graph === undefined) return undefined;
    const body = (x: Methods, ...rest: unknown[]): unknown => x[name]!(...rest);
    return (graph as unknown as Methods).addOp!(name, body, [this, ...others]) as Self;
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
    return this.inGraph(op.name, other) ?? this.applyOp(op, this.#pair(other, floatOnly), {});
  }

  /** Kernels compare signed: 2^31 moves unsigned numbers into their order, and back. */
  ordered(): Self {
    return this.dtype === "uint32" ? this.add(HALF_RANGE as Other & number) : this.self();
  }

  /** Applies an op that asks for the order. */
  #compare(op: Op<NoAttrs>, other: Self | Other): Self {
    const pair = (): Self[] => this.#pair(other, false).map((x) => x.ordered());
    return this.inGraph(op.name, other) ?? this.applyOp(op, pair(), {}).ordered();
  }

  /** Applies a binary op that has no kernel for unsigned integers: they become float32. */
  #signed(op: Op<NoAttrs>, other: Self | Other): Self {
    return this.inGraph(op.name, other) ?? this.#binary(op, other, this.#pair(other, false)[0].dtype === "uint32");
  }

  /** Applies an op on truth values. */
  #logical(op: Op<NoAttrs>, other: Self | Other): Self {
    return (
      this.inGraph(op.name, other) ?? this.applyOp(op, [this.cast("bool"), this.wrap(other, "bool").cast("bool")], {})
    );
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
    return this.#signed(arithmetic.powOp, other);
  }
  maximum(other: Self | Other): Self {
    return this.#compare(arithmetic.maximumOp, other);
  }
  minimum(other: Self | Other): Self {
    return this.#compare(arithmetic.minimumOp, other);
  }

  /** ⌊this/other⌋; of integers 0 where other is 0. */
  floorDiv(other: Self | Other): Self {
    return this.#signed(arithmetic.floorDivOp, other);
  }
  /** this − ⌊this/other⌋·other, which has the sign of other. */
  mod(other: Self | Other): Self {
    return this.#signed(arithmetic.modOp, other);
  }
  /** The angle of the point (other, this). */
  atan2(other: Self | Other): Self {
    return this.#binary(arithmetic.atan2Op, other, true);
  }
  squaredDifference(other: Self | Other): Self {
    return this.sub(other).square();
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
    return this.#logical(arithmetic.logicalAndOp, other);
  }
  logicalOr(other: Self | Other): Self {
    return this.#logical(arithmetic.logicalOrOp, other);
  }
  logicalNot(): Self {
    return this.applyOp(arithmetic.logicalNotOp, [this.cast("bool")], {});
  }

  logicalXor(other: Self | Other): Self {
    return this.inGraph("logicalXor", other) ?? this.cast("bool").notEqual(this.wrap(other, "bool").cast("bool"));
  }
  isNaN(): Self {
    return this.notEqual(this.self());
  }
  isInf(): Self {
    return this.abs().equal(Infinity as Other & number);
  }
  isFinite(): Self {
    return this.abs().less(Infinity as Other & number);
  }

  // Functions of one number

  neg(): Self {
    return this.dtype === "int32" ? this.mul(-1 as Other & number) : this.#unary(unary.negOp);
  }
  abs(): Self {
    return this.dtype === "int32" ? this.maximum(this.neg()) : this.#unary(unary.absOp);
  }
  sign(): Self {
    const sign = this.#unary(unary.signOp);
    return this.dtype === "int32" ? sign.cast("int32") : sign;
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
    return this.dtype === "int32" ? this.mul(this.self()) : this.#unary(unary.squareOp);
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
    return this.dtype === "int32" ? this.self() : this.#unary(unary.roundOp);
  }
  erf(): Self {
    return this.#unary(unary.erfOp);
  }
  sin(): Self {
    return this.#unary(trigonometry.sinOp);
  }
  cos(): Self {
    return this.#unary(trigonometry.cosOp);
  }
  tan(): Self {
    return this.#unary(trigonometry.tanOp);
  }
  asin(): Self {
    return this.#unary(trigonometry.asinOp);
  }
  acos(): Self {
    return this.#unary(trigonometry.acosOp);
  }
  atan(): Self {
    return this.#unary(trigonometry.atanOp);
  }
  sinh(): Self {
    return this.#unary(trigonometry.sinhOp);
  }
  cosh(): Self {
    return this.#unary(trigonometry.coshOp);
  }
  asinh(): Self {
    return this.#unary(trigonometry.asinhOp);
  }
  acosh(): Self {
    return this.#unary(trigonometry.acoshOp);
  }
  atanh(): Self {
    return this.#unary(trigonometry.atanhOp);
  }
  /** min(max(x, lo), hi) for numbers lo ≤ hi. */
  clip(lo: number, hi: number): Self {
    if (typeof lo !== "number" || typeof hi !== "number" || !(lo <= hi)) {
      throw new ValueError(`[clip] lo, hi: expected numbers with lo <= hi, got ${describe(lo)} and ${describe(hi)}.`);
    }
    if (this.dtype === "int32" && Number.isInteger(lo) && Number.isInteger(hi)) {
      return this.maximum(lo as Other & number).minimum(hi as Other & number);
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
    // The gradient is told from the result, of which the sign must be that of x.
    if (alpha < 0)
      return this.relu()
        .mul(2 as Other & number)
        .sub(this.elu(-alpha));
    return this.applyOp(activation.eluOp, [this.float()], { alpha: finite("elu", "alpha", alpha) });
  }
  leakyRelu(slope = 0.2): Self {
    return this.applyOp(activation.leakyReluOp, [this.float()], { slope: finite("leakyRelu", "slope", slope) });
  }
}
