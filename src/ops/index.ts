import { DTypeError, ShapeError, ValueError, describe } from "../util/errors.ts";
import { type Dims, formatShape } from "../util/shape.ts";
import { batchNormCoefficientsOp, batchNormStatsOp, batchNormTrainOp, movingUpdateOp, scaleShiftOp } from "./batch-norm.ts";
import { gatherRowsOp } from "./indexing.ts";
import { type Axes, checkAxis } from "./operand.ts";
import * as steps from "./optimizer-steps.ts";
import * as draws from "./random.ts";
import { concatOp } from "./shaping.ts";
import { sigmoidCrossEntropyOp, softmaxCrossEntropyOp, sparseSoftmaxCrossEntropyOp } from "./softmax.ts";
import { apply, runScoped, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/**
 * Every op as a function. The common ones are methods of tensors too: `ops.add(a, b)` is `a.add(b)`.
 */

type Unary = (x: TensorLike) => Tensor;
type Binary = (a: TensorLike, b: TensorLike) => Tensor;
type Reduction = (x: TensorLike, axis?: Axes, keepDims?: boolean) => Tensor;

export const add: Binary = (a, b) => toTensor(a).add(b);
export const sub: Binary = (a, b) => toTensor(a).sub(b);
export const mul: Binary = (a, b) => toTensor(a).mul(b);
export const div: Binary = (a, b) => toTensor(a).div(b);
export const pow: Binary = (a, b) => toTensor(a).pow(b);
export const maximum: Binary = (a, b) => toTensor(a).maximum(b);
export const minimum: Binary = (a, b) => toTensor(a).minimum(b);
export const equal: Binary = (a, b) => toTensor(a).equal(b);
export const notEqual: Binary = (a, b) => toTensor(a).notEqual(b);
export const greater: Binary = (a, b) => toTensor(a).greater(b);
export const greaterEqual: Binary = (a, b) => toTensor(a).greaterEqual(b);
export const less: Binary = (a, b) => toTensor(a).less(b);
export const lessEqual: Binary = (a, b) => toTensor(a).lessEqual(b);
export const logicalAnd: Binary = (a, b) => toTensor(a).logicalAnd(b);
export const logicalOr: Binary = (a, b) => toTensor(a).logicalOr(b);
export const logicalNot: Unary = (x) => toTensor(x).logicalNot();

export const neg: Unary = (x) => toTensor(x).neg();
export const abs: Unary = (x) => toTensor(x).abs();
export const sign: Unary = (x) => toTensor(x).sign();
export const exp: Unary = (x) => toTensor(x).exp();
export const log: Unary = (x) => toTensor(x).log();
export const log1p: Unary = (x) => toTensor(x).log1p();
export const expm1: Unary = (x) => toTensor(x).expm1();
export const sqrt: Unary = (x) => toTensor(x).sqrt();
export const rsqrt: Unary = (x) => toTensor(x).rsqrt();
export const square: Unary = (x) => toTensor(x).square();
export const reciprocal: Unary = (x) => toTensor(x).reciprocal();
export const floor: Unary = (x) => toTensor(x).floor();
export const ceil: Unary = (x) => toTensor(x).ceil();
export const round: Unary = (x) => toTensor(x).round();
export const erf: Unary = (x) => toTensor(x).erf();
export const clip = (x: TensorLike, lo: number, hi: number): Tensor => toTensor(x).clip(lo, hi);

export const relu: Unary = (x) => toTensor(x).relu();
export const sigmoid: Unary = (x) => toTensor(x).sigmoid();
export const tanh: Unary = (x) => toTensor(x).tanh();
export const softplus: Unary = (x) => toTensor(x).softplus();
export const softsign: Unary = (x) => toTensor(x).softsign();
export const silu: Unary = (x) => toTensor(x).silu();
export const selu: Unary = (x) => toTensor(x).selu();
export const hardSigmoid: Unary = (x) => toTensor(x).hardSigmoid();
export const gelu = (x: TensorLike, approximate = false): Tensor => toTensor(x).gelu(approximate);
export const elu = (x: TensorLike, alpha = 1): Tensor => toTensor(x).elu(alpha);
export const leakyRelu = (x: TensorLike, slope = 0.2): Tensor => toTensor(x).leakyRelu(slope);
export const softmax = (x: TensorLike, axis = -1): Tensor => toTensor(x).softmax(axis);
export const logSoftmax = (x: TensorLike, axis = -1): Tensor => toTensor(x).logSoftmax(axis);

export const sum: Reduction = (x, axis, keepDims) => toTensor(x).sum(axis, keepDims);
export const mean: Reduction = (x, axis, keepDims) => toTensor(x).mean(axis, keepDims);
export const max: Reduction = (x, axis, keepDims) => toTensor(x).max(axis, keepDims);
export const min: Reduction = (x, axis, keepDims) => toTensor(x).min(axis, keepDims);
export const prod: Reduction = (x, axis, keepDims) => toTensor(x).prod(axis, keepDims);
export const any: Reduction = (x, axis, keepDims) => toTensor(x).any(axis, keepDims);
export const all: Reduction = (x, axis, keepDims) => toTensor(x).all(axis, keepDims);
export const argMax = (x: TensorLike, axis = -1): Tensor => toTensor(x).argMax(axis);
export const argMin = (x: TensorLike, axis = -1): Tensor => toTensor(x).argMin(axis);

export const matMul = (a: TensorLike, b: TensorLike, transposeA = false, transposeB = false): Tensor =>
  toTensor(a).matMul(b, transposeA, transposeB);
export const reshape = (x: TensorLike, shape: Dims): Tensor => toTensor(x).reshape(shape);
export const transpose = (x: TensorLike, perm?: readonly number[]): Tensor => toTensor(x).transpose(perm);
export const squeeze = (x: TensorLike, axis?: Axes): Tensor => toTensor(x).squeeze(axis);
export const expandDims = (x: TensorLike, axis = -1): Tensor => toTensor(x).expandDims(axis);
export const broadcastTo = (x: TensorLike, shape: Dims): Tensor => toTensor(x).broadcastTo(shape);
export const cast = (x: TensorLike, dtype: Tensor["dtype"]): Tensor => toTensor(x).cast(dtype);
export const stopGradient: Unary = (x) => toTensor(x).stopGradient();
export const where = (condition: TensorLike, a: TensorLike, b: TensorLike): Tensor => toTensor(a).where(condition, b);
export { oneHot } from "./creation.ts";

/** Joins tensors along an axis; all other sizes must agree. */
export function concat(list: readonly TensorLike[], axis = -1): Tensor {
  if (!Array.isArray(list) || list.length === 0) {
    throw new ValueError(`[concat] list: expected at least one tensor, got ${describe(list)}.`);
  }
  const tensors = list.map((x: TensorLike) => toTensor(x));
  const [first] = tensors;
  if (tensors.length === 1) return first!;
  const other = tensors.find((x) => x.dtype !== first!.dtype);
  if (other !== undefined) throw new DTypeError(`[concat] list: expected one dtype, got ${first!.dtype} and ${other.dtype}.`);
  return apply(concatOp, tensors, { axis: checkAxis("concat", axis, first!.shape) })[0]!;
}

/** Rows of `x` along its first axis: `gather(table, [2, 0])`. */
export function gather(x: TensorLike, indices: TensorLike): Tensor {
  const source = toTensor(x);
  if (source.rank === 0) throw new ShapeError("[gather] x: expected at least one axis, got a scalar.");
  const list = toTensor(indices, Array.isArray(indices) ? "int32" : undefined);
  if (list.dtype !== "int32") throw new DTypeError(`[gather] indices: expected dtype int32, got ${list.dtype}.`);
  return apply(gatherRowsOp, [source, list], { rows: source.shape[0]! })[0]!;
}

// Losses on logits

/** −Σ t·logsoftmax(z) for each row. target and logits: (…, classes). */
export const softmaxCrossEntropy = (target: TensorLike, logits: TensorLike): Tensor =>
  apply(softmaxCrossEntropyOp, [toTensor(target).cast("float32"), toTensor(logits).cast("float32")], {})[0]!;
/** −logsoftmax(z)[label] for each row. labels: (…) int32, logits: (…, classes). Labels outside are a ValueError. */
export const sparseSoftmaxCrossEntropy = (labels: TensorLike, logits: TensorLike): Tensor =>
  apply(sparseSoftmaxCrossEntropyOp, [toTensor(labels).cast("int32"), toTensor(logits).cast("float32")], {})[0]!;
/** max(z, 0) − z·t + ln(1 + exp(−|z|)), element by element; equal shapes. */
export const sigmoidCrossEntropy = (target: TensorLike, logits: TensorLike): Tensor =>
  apply(sigmoidCrossEntropyOp, [toTensor(target).cast("float32"), toTensor(logits).cast("float32")], {})[0]!;

// Batch normalization

/** Which axis holds the channels, and what is added to the variance. */
export interface BatchNormOptions {
  axis: number;
  epsilon: number;
}

function given(...parameters: (TensorLike | null)[]): TensorLike[] {
  return parameters.filter((parameter) => parameter !== null);
}

/** Normalises by the batch's own statistics, which it also returns: mean and biased variance of each channel. */
export function batchNormTrain(
  x: TensorLike,
  gamma: TensorLike | null,
  beta: TensorLike | null,
  { axis, epsilon }: BatchNormOptions,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const input = toTensor(x).cast("float32");
  const channel = checkAxis("batchNormTrain", axis, input.shape);
  const [mean, variance] = apply(batchNormStatsOp, [input], { axis: channel });
  const attrs = { axis: channel, epsilon, scale: gamma !== null, center: beta !== null };
  const [y] = apply(batchNormTrainOp, [input, mean!, variance!, ...given(gamma, beta)], attrs);
  return { y: y!, mean: mean!, variance: variance! };
}

/** Normalises by given statistics: x·s + t with s = γ/√(variance + ε), t = β − mean·s. */
export function batchNormInference(
  x: TensorLike,
  gamma: TensorLike | null,
  beta: TensorLike | null,
  mean: TensorLike,
  variance: TensorLike,
  { axis, epsilon }: BatchNormOptions,
): Tensor {
  const input = toTensor(x).cast("float32");
  const channel = checkAxis("batchNormInference", axis, input.shape);
  const attrs = { axis: channel, epsilon, scale: gamma !== null, center: beta !== null };
  const [s, t] = apply(batchNormCoefficientsOp, [mean, variance, ...given(gamma, beta)], attrs);
  const inner = channel === input.rank - 1 ? 1 : 0;
  return apply(scaleShiftOp, [input, s!, t!], { axis: channel, inner })[0]!;
}

/** moving·m + batch·(1 − m). */
export const movingUpdate = (moving: TensorLike, batch: TensorLike, momentum: number): Tensor =>
  apply(movingUpdateOp, [moving, batch], { momentum })[0]!;

// Random numbers; `seed` is a uint32[2] of seed and counter

/** Inverted dropout: kept elements divided by 1 − rate, the others 0. `noiseShape` repeats the mask where it is 1. */
export function dropout(x: TensorLike, { rate, seed, noiseShape }: { rate: number; seed: Tensor; noiseShape?: Dims }): Tensor {
  const input = toTensor(x).cast("float32");
  const keep = Math.fround(1 - rate);
  if (noiseShape === undefined || formatShape(noiseShape) === formatShape(input.shape)) {
    // in a scope of its own when there is none: the mask is no tensor that could leave it
    return runScoped(() => apply(draws.dropoutOp, [input, seed], { keep })[0]!);
  }
  if (noiseShape.length > input.rank || noiseShape.some((n, i) => n !== 1 && n !== input.shape[i + input.rank - noiseShape.length])) {
    throw new ShapeError(
      `[dropout] noiseShape: expected one that broadcasts to ${formatShape(input.shape)}, got ${formatShape(noiseShape)}.`,
    );
  }
  return runScoped(() => {
    const [bits] = apply(draws.dropoutBitsOp, [seed], { shape: [...noiseShape], keep });
    return apply(draws.applyMaskOp, [input, bits!], { keep })[0]!;
  });
}

export const randomUniform = (seed: Tensor, shape: Dims, low = 0, high = 1): Tensor =>
  apply(draws.randomUniformOp, [seed], { shape: [...shape], a: low, b: high })[0]!;
export const randomNormal = (seed: Tensor, shape: Dims, mean = 0, stddev = 1): Tensor =>
  apply(draws.randomNormalOp, [seed], { shape: [...shape], a: mean, b: stddev })[0]!;
export const randomTruncatedNormal = (seed: Tensor, shape: Dims, mean = 0, stddev = 1): Tensor =>
  apply(draws.randomTruncatedNormalOp, [seed], { shape: [...shape], a: mean, b: stddev })[0]!;
export const randomBernoulli = (seed: Tensor, shape: Dims, p = 0.5): Tensor =>
  apply(draws.randomBernoulliOp, [seed], { shape: [...shape], p })[0]!;
export const randomBits = (seed: Tensor, shape: Dims): Tensor => apply(draws.randomBitsOp, [seed], { shape: [...shape] })[0]!;
export const seedNext = (seed: TensorLike): Tensor => apply(draws.seedNextOp, [seed], {})[0]!;
export const seedScramble = (seed: TensorLike): Tensor => apply(draws.seedScrambleOp, [seed], {})[0]!;

// Optimizer steps: the results are to be assigned to the variables

/** What an SGD step reads. */
export interface SgdStep {
  variable: TensorLike;
  gradient: TensorLike;
  /** A scalar. */
  learningRate: TensorLike;
  momentum?: number;
  nesterov?: boolean;
  /** The momentum slot, when momentum is not 0. */
  slot?: TensorLike;
}

export function sgdStep({ variable, gradient, learningRate, momentum = 0, nesterov = false, slot }: SgdStep): {
  variable: Tensor;
  slot?: Tensor;
} {
  if (slot === undefined) return { variable: apply(steps.sgdOp, [variable, gradient, learningRate], {})[0]! };
  const [next, m] = apply(steps.sgdMomentumOp, [variable, slot, gradient, learningRate], { momentum, nesterov });
  return { variable: next!, slot: m! };
}

/** η·√(1 − β2ᵗ)/(1 − β1ᵗ) with t = iteration + 1. */
export const adamCoefficient = (learningRate: TensorLike, iteration: TensorLike, beta1: number, beta2: number): Tensor =>
  apply(steps.adamCoefficientOp, [learningRate, iteration], { beta1, beta2 })[0]!;

/** What an Adam step reads: `alpha` comes from `adamCoefficient`. */
export interface AdamStep {
  variable: TensorLike;
  momentum: TensorLike;
  velocity: TensorLike;
  gradient: TensorLike;
  alpha: TensorLike;
}

export function adamStep(
  { variable, momentum, velocity, gradient, alpha }: AdamStep,
  attrs: { beta1: number; beta2: number; epsilon: number },
): { variable: Tensor; momentum: Tensor; velocity: Tensor } {
  const [w, m, v] = apply(steps.adamOp, [variable, momentum, velocity, gradient, alpha], attrs);
  return { variable: w!, momentum: m!, velocity: v! };
}
