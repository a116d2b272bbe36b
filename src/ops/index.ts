import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { type Dims, formatShape } from "../util/shape.ts";
import * as arranging from "./arranging.ts";
import { checkAxis } from "./axes.ts";
import {
  batchNormCoefficientsOp,
  batchNormStatsOp,
  batchNormTrainOp,
  movingUpdateOp,
  scaleShiftOp,
} from "./batch-norm.ts";
import { oneHot as makeOneHot } from "./creation.ts";
import { einsum as sumEinstein } from "./einsum.ts";
import * as steps from "./optimizer-steps.ts";
import * as products from "./products.ts";
import * as draws from "./random.ts";
import { cumprodOp, cumsumOp } from "./scan.ts";
import * as selecting from "./selecting.ts";
import { sigmoidCrossEntropyOp, softmaxCrossEntropyOp, sparseSoftmaxCrossEntropyOp } from "./softmax.ts";
import { methodOp, type Traced, traced } from "./symbolic.ts";
import { apply, runScoped, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/**
 * Every op as a function. The common ones are methods of tensors too: `ops.add(a, b)` is `a.add(b)`.
 */

/** Names of the methods that are functions too. */
type MethodName = {
  [K in keyof Tensor]: Tensor[K] extends (...args: never[]) => Tensor ? K : never;
}[keyof Tensor];

/** A method as a function: what it is called on comes first. */
type Method<K extends MethodName> = Traced<(x: TensorLike, ...args: Parameters<Tensor[K]>) => Tensor>;

function method<K extends MethodName>(name: K): Method<K> {
  return traced(
    name,
    (x: TensorLike, ...args: Parameters<Tensor[K]>) => methodOp(name)(toTensor(x), ...args) as Tensor,
  );
}

type Scan = Traced<(x: TensorLike, axis?: number, exclusive?: boolean, reverse?: boolean) => Tensor>;

function scan(record: typeof cumsumOp): Scan {
  return traced(record.name, (x: TensorLike, axis = 0, exclusive = false, reverse = false) => {
    const source = toTensor(x);
    const whole = source.dtype === "int32" || source.dtype === "bool";
    const numbers = source.cast(whole && record === cumsumOp ? "int32" : "float32");
    return apply(record, [numbers], { axis: checkAxis(record.name, axis, source.shape), exclusive, reverse })[0]!;
  });
}

export const add: Method<"add"> = method("add");
export const sub: Method<"sub"> = method("sub");
export const mul: Method<"mul"> = method("mul");
export const div: Method<"div"> = method("div");
export const pow: Method<"pow"> = method("pow");
export const maximum: Method<"maximum"> = method("maximum");
export const minimum: Method<"minimum"> = method("minimum");
export const mod: Method<"mod"> = method("mod");
export const floorDiv: Method<"floorDiv"> = method("floorDiv");
export const atan2: Method<"atan2"> = method("atan2");
export const squaredDifference: Method<"squaredDifference"> = method("squaredDifference");
export const equal: Method<"equal"> = method("equal");
export const notEqual: Method<"notEqual"> = method("notEqual");
export const greater: Method<"greater"> = method("greater");
export const greaterEqual: Method<"greaterEqual"> = method("greaterEqual");
export const less: Method<"less"> = method("less");
export const lessEqual: Method<"lessEqual"> = method("lessEqual");
export const logicalAnd: Method<"logicalAnd"> = method("logicalAnd");
export const logicalOr: Method<"logicalOr"> = method("logicalOr");
export const logicalNot: Method<"logicalNot"> = method("logicalNot");

export const logicalXor: Method<"logicalXor"> = method("logicalXor");

const isNaNs: Method<"isNaN"> = method("isNaN");
const areFinite: Method<"isFinite"> = method("isFinite");

export { areFinite as isFinite, isNaNs as isNaN };
export const isInf: Method<"isInf"> = method("isInf");
export const neg: Method<"neg"> = method("neg");
export const abs: Method<"abs"> = method("abs");
export const sign: Method<"sign"> = method("sign");
export const exp: Method<"exp"> = method("exp");
export const log: Method<"log"> = method("log");
export const log1p: Method<"log1p"> = method("log1p");
export const expm1: Method<"expm1"> = method("expm1");
export const sqrt: Method<"sqrt"> = method("sqrt");
export const rsqrt: Method<"rsqrt"> = method("rsqrt");
export const square: Method<"square"> = method("square");
export const reciprocal: Method<"reciprocal"> = method("reciprocal");
export const floor: Method<"floor"> = method("floor");
export const ceil: Method<"ceil"> = method("ceil");
export const round: Method<"round"> = method("round");
export const erf: Method<"erf"> = method("erf");
export const sin: Method<"sin"> = method("sin");
export const cos: Method<"cos"> = method("cos");
export const tan: Method<"tan"> = method("tan");
export const asin: Method<"asin"> = method("asin");
export const acos: Method<"acos"> = method("acos");
export const atan: Method<"atan"> = method("atan");
export const sinh: Method<"sinh"> = method("sinh");
export const cosh: Method<"cosh"> = method("cosh");
export const asinh: Method<"asinh"> = method("asinh");
export const acosh: Method<"acosh"> = method("acosh");
export const atanh: Method<"atanh"> = method("atanh");
export const clip: Method<"clip"> = method("clip");
export { clip as clipByValue };

export const relu: Method<"relu"> = method("relu");
export const sigmoid: Method<"sigmoid"> = method("sigmoid");
export const tanh: Method<"tanh"> = method("tanh");
export const softplus: Method<"softplus"> = method("softplus");
export const softsign: Method<"softsign"> = method("softsign");
export const silu: Method<"silu"> = method("silu");
export const selu: Method<"selu"> = method("selu");
export const hardSigmoid: Method<"hardSigmoid"> = method("hardSigmoid");
export const gelu: Method<"gelu"> = method("gelu");
export const elu: Method<"elu"> = method("elu");
export const leakyRelu: Method<"leakyRelu"> = method("leakyRelu");
export const softmax: Method<"softmax"> = method("softmax");
export const logSoftmax: Method<"logSoftmax"> = method("logSoftmax");

export const sum: Method<"sum"> = method("sum");
export const mean: Method<"mean"> = method("mean");
export const max: Method<"max"> = method("max");
export const min: Method<"min"> = method("min");
export const prod: Method<"prod"> = method("prod");
export const any: Method<"any"> = method("any");
export const all: Method<"all"> = method("all");
export const variance: Method<"variance"> = method("variance");
export const std: Method<"std"> = method("std");
export const logSumExp: Method<"logSumExp"> = method("logSumExp");
export const argMax: Method<"argMax"> = method("argMax");
export const argMin: Method<"argMin"> = method("argMin");
export { argMax as argmax, argMin as argmin, logSumExp as logsumexp };

export const matMul: Method<"matMul"> = method("matMul");
export const reshape: Method<"reshape"> = method("reshape");
export const transpose: Method<"transpose"> = method("transpose");
export const slice: Method<"slice"> = method("slice");
export const squeeze: Method<"squeeze"> = method("squeeze");
export const expandDims: Method<"expandDims"> = method("expandDims");
export const broadcastTo: Method<"broadcastTo"> = method("broadcastTo");
export const cast: Method<"cast"> = method("cast");
export const stopGradient: Method<"stopGradient"> = method("stopGradient");
export const where: Traced<(condition: TensorLike, a: TensorLike, b: TensorLike) => Tensor> = traced(
  "where",
  (condition: TensorLike, a: TensorLike, b: TensorLike) => toTensor(a).where(condition, b),
);

export type { Paddings, PadMode } from "./arranging.ts";
export const concat: Traced<typeof arranging.concat> = traced("concat", arranging.concat);
export const stack: Traced<typeof arranging.stack> = traced("stack", arranging.stack);
export const split: Traced<typeof arranging.split> = traced("split", arranging.split);
export const unstack: Traced<typeof arranging.unstack> = traced("unstack", arranging.unstack);
export const stridedSlice: Traced<typeof arranging.stridedSlice> = traced("stridedSlice", arranging.stridedSlice);
export const reverse: Traced<typeof arranging.reverse> = traced("reverse", arranging.reverse);
export const pad: Traced<typeof arranging.pad> = traced("pad", arranging.pad);
export const tile: Traced<typeof arranging.tile> = traced("tile", arranging.tile);
export const repeat: Traced<typeof arranging.repeat> = traced("repeat", arranging.repeat);
export const oneHot: Traced<typeof makeOneHot> = traced("oneHot", makeOneHot);
export const einsum: Traced<typeof sumEinstein> = traced("einsum", sumEinstein);
export const dot: Traced<typeof products.dot> = traced("dot", products.dot);
export const outer: Traced<typeof products.outer> = traced("outer", products.outer);
export const argSort: Traced<typeof selecting.argSort> = traced("argSort", selecting.argSort);
export const gather: Traced<typeof selecting.gather> = traced("gather", selecting.gather);
export const scatterAdd: Traced<typeof selecting.scatterAdd> = traced("scatterAdd", selecting.scatterAdd);
export const sort: Traced<typeof selecting.sort> = traced("sort", selecting.sort);
export const take: Traced<typeof selecting.take> = traced("take", selecting.take);
export const takeAlongAxis: Traced<typeof selecting.takeAlongAxis> = traced("takeAlongAxis", selecting.takeAlongAxis);
export const topK: Traced<typeof selecting.topK> = traced("topK", selecting.topK);
export { argSort as argsort, topK as topk };

/** Running sums along an axis; `exclusive` leaves out the element itself, `reverse` sums from the end. */
export const cumsum: Scan = scan(cumsumOp);
/** Running products likewise. */
export const cumprod: Scan = scan(cumprodOp);

// Losses on logits

type Logits = Traced<(target: TensorLike, logits: TensorLike) => Tensor>;

/** −Σ t·logsoftmax(z) for each row. target and logits: (…, classes). */
export const softmaxCrossEntropy: Logits = traced(
  "softmaxCrossEntropy",
  (target: TensorLike, logits: TensorLike) =>
    apply(softmaxCrossEntropyOp, [toTensor(target).cast("float32"), toTensor(logits).cast("float32")], {})[0]!,
);
/** −logsoftmax(z)[label] for each row. labels: (…) int32, logits: (…, classes). Labels outside are a ValueError. */
export const sparseSoftmaxCrossEntropy: Logits = traced(
  "sparseSoftmaxCrossEntropy",
  (labels: TensorLike, logits: TensorLike) =>
    apply(sparseSoftmaxCrossEntropyOp, [toTensor(labels).cast("int32"), toTensor(logits).cast("float32")], {})[0]!,
);
/** max(z, 0) − z·t + ln(1 + exp(−|z|)), element by element; equal shapes. */
export const sigmoidCrossEntropy: Logits = traced(
  "sigmoidCrossEntropy",
  (target: TensorLike, logits: TensorLike) =>
    apply(sigmoidCrossEntropyOp, [toTensor(target).cast("float32"), toTensor(logits).cast("float32")], {})[0]!,
);

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
export function dropout(
  x: TensorLike,
  { rate, seed, noiseShape }: { rate: number; seed: Tensor; noiseShape?: Dims },
): Tensor {
  if (!(rate >= 0 && rate <= 1))
    throw new ValueError(`[dropout] rate: expected a number in [0, 1], got ${describe(rate)}.`);
  const input = toTensor(x).cast("float32");
  const keep = Math.fround(1 - rate);
  if (noiseShape === undefined || formatShape(noiseShape) === formatShape(input.shape)) {
    // in a scope of its own when there is none: the mask is no tensor that could leave it
    return runScoped(() => apply(draws.dropoutOp, [input, seed], { keep })[0]!);
  }
  if (
    noiseShape.length > input.rank ||
    noiseShape.some((n, i) => n !== 1 && n !== input.shape[i + input.rank - noiseShape.length])
  ) {
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
export const randomBits = (seed: Tensor, shape: Dims): Tensor =>
  apply(draws.randomBitsOp, [seed], { shape: [...shape] })[0]!;
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
export const adamCoefficient = (
  learningRate: TensorLike,
  iteration: TensorLike,
  beta1: number,
  beta2: number,
): Tensor => apply(steps.adamCoefficientOp, [learningRate, iteration], { beta1, beta2 })[0]!;

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
