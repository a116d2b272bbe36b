import { describe, refuse, ShapeError, ValueError } from "../util/errors.ts";
import { checkAxis, checkDims, type Dims, formatShape } from "../util/shape.ts";
import * as arranging from "./arranging.ts";
import {
  batchNormCoefficientsOp,
  batchNormStatsOp,
  batchNormTrainOp,
  movingUpdateOp,
  scaleShiftOp,
} from "./batch-norm.ts";
import { oneHot as makeOneHot } from "./creation.ts";
import { einsum as sumEinstein } from "./einsum.ts";
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
  return traced(name, (x: TensorLike, ...args: Parameters<Tensor[K]>) => methodOp(name)(x, ...args) as Tensor);
}

type Scan = Traced<(x: TensorLike, axis?: number, exclusive?: boolean, reverse?: boolean) => Tensor>;

function scan(record: typeof cumsumOp): Scan {
  return traced(record.name, (x: TensorLike, axis = 0, exclusive = false, reverse = false) => {
    const source = toTensor(x);
    const whole = source.dtype === "int32" || source.dtype === "bool";
    const numbers = source.cast(whole && record === cumsumOp ? "int32" : "float32");
    const attrs = { axis: checkAxis(record.name, axis, source.shape), exclusive: !!exclusive, reverse: !!reverse };
    return apply(record, [numbers], attrs)[0]!;
  });
}

export const add: Method<"add"> = /* @__PURE__ */ method("add");
export const sub: Method<"sub"> = /* @__PURE__ */ method("sub");
export const mul: Method<"mul"> = /* @__PURE__ */ method("mul");
export const div: Method<"div"> = /* @__PURE__ */ method("div");
export const pow: Method<"pow"> = /* @__PURE__ */ method("pow");
export const maximum: Method<"maximum"> = /* @__PURE__ */ method("maximum");
export const minimum: Method<"minimum"> = /* @__PURE__ */ method("minimum");
export const mod: Method<"mod"> = /* @__PURE__ */ method("mod");
export const floorDiv: Method<"floorDiv"> = /* @__PURE__ */ method("floorDiv");
export const atan2: Method<"atan2"> = /* @__PURE__ */ method("atan2");
export const squaredDifference: Method<"squaredDifference"> = /* @__PURE__ */ method("squaredDifference");
export const equal: Method<"equal"> = /* @__PURE__ */ method("equal");
export const notEqual: Method<"notEqual"> = /* @__PURE__ */ method("notEqual");
export const greater: Method<"greater"> = /* @__PURE__ */ method("greater");
export const greaterEqual: Method<"greaterEqual"> = /* @__PURE__ */ method("greaterEqual");
export const less: Method<"less"> = /* @__PURE__ */ method("less");
export const lessEqual: Method<"lessEqual"> = /* @__PURE__ */ method("lessEqual");
export const logicalAnd: Method<"logicalAnd"> = /* @__PURE__ */ method("logicalAnd");
export const logicalOr: Method<"logicalOr"> = /* @__PURE__ */ method("logicalOr");
export const logicalNot: Method<"logicalNot"> = /* @__PURE__ */ method("logicalNot");

export const logicalXor: Method<"logicalXor"> = /* @__PURE__ */ method("logicalXor");

const isNaNs: Method<"isNaN"> = /* @__PURE__ */ method("isNaN");
const areFinite: Method<"isFinite"> = /* @__PURE__ */ method("isFinite");

export { areFinite as isFinite, isNaNs as isNaN };
export const isInf: Method<"isInf"> = /* @__PURE__ */ method("isInf");
export const neg: Method<"neg"> = /* @__PURE__ */ method("neg");
export const abs: Method<"abs"> = /* @__PURE__ */ method("abs");
export const sign: Method<"sign"> = /* @__PURE__ */ method("sign");
export const exp: Method<"exp"> = /* @__PURE__ */ method("exp");
export const log: Method<"log"> = /* @__PURE__ */ method("log");
export const log1p: Method<"log1p"> = /* @__PURE__ */ method("log1p");
export const expm1: Method<"expm1"> = /* @__PURE__ */ method("expm1");
export const sqrt: Method<"sqrt"> = /* @__PURE__ */ method("sqrt");
export const rsqrt: Method<"rsqrt"> = /* @__PURE__ */ method("rsqrt");
export const square: Method<"square"> = /* @__PURE__ */ method("square");
export const reciprocal: Method<"reciprocal"> = /* @__PURE__ */ method("reciprocal");
export const floor: Method<"floor"> = /* @__PURE__ */ method("floor");
export const ceil: Method<"ceil"> = /* @__PURE__ */ method("ceil");
export const round: Method<"round"> = /* @__PURE__ */ method("round");
export const erf: Method<"erf"> = /* @__PURE__ */ method("erf");
export const sin: Method<"sin"> = /* @__PURE__ */ method("sin");
export const cos: Method<"cos"> = /* @__PURE__ */ method("cos");
export const tan: Method<"tan"> = /* @__PURE__ */ method("tan");
export const asin: Method<"asin"> = /* @__PURE__ */ method("asin");
export const acos: Method<"acos"> = /* @__PURE__ */ method("acos");
export const atan: Method<"atan"> = /* @__PURE__ */ method("atan");
export const sinh: Method<"sinh"> = /* @__PURE__ */ method("sinh");
export const cosh: Method<"cosh"> = /* @__PURE__ */ method("cosh");
export const asinh: Method<"asinh"> = /* @__PURE__ */ method("asinh");
export const acosh: Method<"acosh"> = /* @__PURE__ */ method("acosh");
export const atanh: Method<"atanh"> = /* @__PURE__ */ method("atanh");
export const clip: Method<"clip"> = /* @__PURE__ */ method("clip");
export { clip as clipByValue };

export const relu: Method<"relu"> = /* @__PURE__ */ method("relu");
export const sigmoid: Method<"sigmoid"> = /* @__PURE__ */ method("sigmoid");
export const tanh: Method<"tanh"> = /* @__PURE__ */ method("tanh");
export const softplus: Method<"softplus"> = /* @__PURE__ */ method("softplus");
export const softsign: Method<"softsign"> = /* @__PURE__ */ method("softsign");
export const silu: Method<"silu"> = /* @__PURE__ */ method("silu");
export const selu: Method<"selu"> = /* @__PURE__ */ method("selu");
export const hardSigmoid: Method<"hardSigmoid"> = /* @__PURE__ */ method("hardSigmoid");
export const gelu: Method<"gelu"> = /* @__PURE__ */ method("gelu");
export const elu: Method<"elu"> = /* @__PURE__ */ method("elu");
export const leakyRelu: Method<"leakyRelu"> = /* @__PURE__ */ method("leakyRelu");
export const softmax: Method<"softmax"> = /* @__PURE__ */ method("softmax");
export const logSoftmax: Method<"logSoftmax"> = /* @__PURE__ */ method("logSoftmax");

export const sum: Method<"sum"> = /* @__PURE__ */ method("sum");
export const mean: Method<"mean"> = /* @__PURE__ */ method("mean");
export const max: Method<"max"> = /* @__PURE__ */ method("max");
export const min: Method<"min"> = /* @__PURE__ */ method("min");
export const prod: Method<"prod"> = /* @__PURE__ */ method("prod");
export const any: Method<"any"> = /* @__PURE__ */ method("any");
export const all: Method<"all"> = /* @__PURE__ */ method("all");
export const variance: Method<"variance"> = /* @__PURE__ */ method("variance");
export const std: Method<"std"> = /* @__PURE__ */ method("std");
export const logSumExp: Method<"logSumExp"> = /* @__PURE__ */ method("logSumExp");
export const argMax: Method<"argMax"> = /* @__PURE__ */ method("argMax");
export const argMin: Method<"argMin"> = /* @__PURE__ */ method("argMin");
export { argMax as argmax, argMin as argmin, logSumExp as logsumexp };

export const matMul: Method<"matMul"> = /* @__PURE__ */ method("matMul");
export const reshape: Method<"reshape"> = /* @__PURE__ */ method("reshape");
export const transpose: Method<"transpose"> = /* @__PURE__ */ method("transpose");
export const slice: Method<"slice"> = /* @__PURE__ */ method("slice");
export const squeeze: Method<"squeeze"> = /* @__PURE__ */ method("squeeze");
export const expandDims: Method<"expandDims"> = /* @__PURE__ */ method("expandDims");
export const broadcastTo: Method<"broadcastTo"> = /* @__PURE__ */ method("broadcastTo");
export const cast: Method<"cast"> = /* @__PURE__ */ method("cast");
export const stopGradient: Method<"stopGradient"> = /* @__PURE__ */ method("stopGradient");
/** The tensor's method comes first in graphs, as its config has it. */
const choose: Traced<(a: TensorLike, condition: TensorLike, b: TensorLike) => Tensor> = /* @__PURE__ */ traced(
  "where",
  methodOp("where") as (a: TensorLike, condition: TensorLike, b: TensorLike) => Tensor,
);
/** a where the condition holds, else b. */
export const where: Traced<(condition: TensorLike, a: TensorLike, b: TensorLike) => Tensor> = ((
  condition: TensorLike,
  a: TensorLike,
  b: TensorLike,
) => choose(a, condition, b)) as Traced<(condition: TensorLike, a: TensorLike, b: TensorLike) => Tensor>;

export type { Paddings, PadMode } from "./arranging.ts";
export const concat: Traced<typeof arranging.concat> = /* @__PURE__ */ traced("concat", arranging.concat);
export const stack: Traced<typeof arranging.stack> = /* @__PURE__ */ traced("stack", arranging.stack);
export const split: Traced<typeof arranging.split> = /* @__PURE__ */ traced("split", arranging.split);
export const unstack: Traced<typeof arranging.unstack> = /* @__PURE__ */ traced("unstack", arranging.unstack);
export const stridedSlice: Traced<typeof arranging.stridedSlice> = /* @__PURE__ */ traced(
  "stridedSlice",
  arranging.stridedSlice,
);
export const reverse: Traced<typeof arranging.reverse> = /* @__PURE__ */ traced("reverse", arranging.reverse);
export const pad: Traced<typeof arranging.pad> = /* @__PURE__ */ traced("pad", arranging.pad);
export const tile: Traced<typeof arranging.tile> = /* @__PURE__ */ traced("tile", arranging.tile);
export const repeat: Traced<typeof arranging.repeat> = /* @__PURE__ */ traced("repeat", arranging.repeat);
export const oneHot: Traced<typeof makeOneHot> = /* @__PURE__ */ traced("oneHot", makeOneHot);
export const einsum: Traced<typeof sumEinstein> = /* @__PURE__ */ traced("einsum", sumEinstein);
export const dot: Traced<typeof products.dot> = /* @__PURE__ */ traced("dot", products.dot);
export const outer: Traced<typeof products.outer> = /* @__PURE__ */ traced("outer", products.outer);
export const argSort: Traced<typeof selecting.argSort> = /* @__PURE__ */ traced("argSort", selecting.argSort);
export const gather: Traced<typeof selecting.gather> = /* @__PURE__ */ traced("gather", selecting.gather);
export const scatterAdd: Traced<typeof selecting.scatterAdd> = /* @__PURE__ */ traced(
  "scatterAdd",
  selecting.scatterAdd,
);
export const sort: Traced<typeof selecting.sort> = /* @__PURE__ */ traced("sort", selecting.sort);
export const take: Traced<typeof selecting.take> = /* @__PURE__ */ traced("take", selecting.take);
export const takeAlongAxis: Traced<typeof selecting.takeAlongAxis> = /* @__PURE__ */ traced(
  "takeAlongAxis",
  selecting.takeAlongAxis,
);
export const topK: Traced<typeof selecting.topK> = /* @__PURE__ */ traced("topK", selecting.topK);
export { argSort as argsort, topK as topk };

/** Running sums along an axis; `exclusive` leaves out the element itself, `reverse` sums from the end. */
export const cumsum: Scan = /* @__PURE__ */ scan(cumsumOp);
/** Running products likewise, always float32. */
export const cumprod: Scan = /* @__PURE__ */ scan(cumprodOp);

// Losses on logits

type Logits = Traced<(target: TensorLike, logits: TensorLike) => Tensor>;

/** −Σ t·logsoftmax(z) for each row. target and logits: (…, classes). */
export const softmaxCrossEntropy: Logits = /* @__PURE__ */ traced(
  "softmaxCrossEntropy",
  (target: TensorLike, logits: TensorLike) =>
    apply(softmaxCrossEntropyOp, [toTensor(target).cast("float32"), toTensor(logits).cast("float32")], {})[0]!,
);
/** −logsoftmax(z)[label] for each row. labels: (…) int32, logits: (…, classes). Labels outside are a ValueError. */
export const sparseSoftmaxCrossEntropy: Logits = /* @__PURE__ */ traced(
  "sparseSoftmaxCrossEntropy",
  (labels: TensorLike, logits: TensorLike) =>
    apply(sparseSoftmaxCrossEntropyOp, [toTensor(labels).cast("int32"), toTensor(logits).cast("float32")], {})[0]!,
);
/** max(z, 0) − z·t + ln(1 + exp(−|z|)), element by element; equal shapes. */
export const sigmoidCrossEntropy: Logits = /* @__PURE__ */ traced(
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

/** Options of an op, which have to be given. */
function object<T>(name: string, options: T): T {
  return Object(options) === options ? options : refuse(name, "options", "an object", options);
}

function given(...parameters: (TensorLike | null)[]): TensorLike[] {
  return parameters.filter((parameter) => parameter !== null);
}

/** Normalises by the batch's own statistics, which it also returns: mean and biased variance of each channel. */
export function batchNormTrain(
  x: TensorLike,
  gamma: TensorLike | null,
  beta: TensorLike | null,
  options: BatchNormOptions,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const { axis, epsilon } = object("batchNormTrain", options);
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
  options: BatchNormOptions,
): Tensor {
  const { axis, epsilon } = object("batchNormInference", options);
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
export function dropout(x: TensorLike, options: { rate: number; seed: Tensor; noiseShape?: Dims }): Tensor {
  const { rate, seed, noiseShape } = object("dropout", options);
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
  apply(draws.randomUniformOp, [seed], { shape: checkDims(shape, "randomUniform"), a: low, b: high })[0]!;
export const randomNormal = (seed: Tensor, shape: Dims, mean = 0, stddev = 1): Tensor =>
  apply(draws.randomNormalOp, [seed], { shape: checkDims(shape, "randomNormal"), a: mean, b: stddev })[0]!;
export const randomTruncatedNormal = (seed: Tensor, shape: Dims, mean = 0, stddev = 1): Tensor =>
  apply(draws.randomTruncatedNormalOp, [seed], {
    shape: checkDims(shape, "randomTruncatedNormal"),
    a: mean,
    b: stddev,
  })[0]!;
export const randomBernoulli = (seed: Tensor, shape: Dims, p = 0.5): Tensor =>
  apply(draws.randomBernoulliOp, [seed], { shape: checkDims(shape, "randomBernoulli"), p })[0]!;
export const randomBits = (seed: Tensor, shape: Dims): Tensor =>
  apply(draws.randomBitsOp, [seed], { shape: checkDims(shape, "randomBits") })[0]!;
export const seedNext = (seed: TensorLike): Tensor => apply(draws.seedNextOp, [seed], {})[0]!;
export const seedScramble = (seed: TensorLike): Tensor => apply(draws.seedScrambleOp, [seed], {})[0]!;
