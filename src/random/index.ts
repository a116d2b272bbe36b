import { randomBernoulli, randomNormal, randomTruncatedNormal, randomUniform } from "../ops/index.ts";
import { permuteOp, randomIntOp, randomOrderOp } from "../ops/random-integers.ts";
import { apply, runScoped, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { checkInteger, checkNumber, checkOptions } from "../util/names.ts";
import { checkAxis, checkDims, type Dims } from "../util/shape.ts";
import type { Seed } from "./draw-seed.ts";
import { drawSeed } from "./draw-seed.ts";

export type { Seed } from "./draw-seed.ts";
export { SeedGenerator } from "./seed-generator.ts";

/** The seed of a draw: an integer (the same numbers each time), a `SeedGenerator`, or null for the process-wide one. */
export interface SeedOption {
  seed?: Seed;
}

/** Options of {@link uniform}. */
export interface UniformOptions extends SeedOption {
  /** Lower end, included; 0 by default. */
  minval?: number;
  /** Upper end, excluded; 1 by default. */
  maxval?: number;
}

/** Options of {@link normal} and {@link truncatedNormal}. */
export interface NormalOptions extends SeedOption {
  /** 0 by default. */
  mean?: number;
  /** Standard deviation; 1 by default. */
  stddev?: number;
}

/** Options of {@link bernoulli}. */
export interface BernoulliOptions extends SeedOption {
  /** Probability of a 1; 0.5 by default. */
  p?: number;
}

/** Uniform numbers in [minval, maxval). */
export function uniform(shape: Dims, options: UniformOptions = {}): Tensor {
  const where = "random.uniform";
  checkOptions(options, ["minval", "maxval", "seed"], where);
  const low = checkNumber(options.minval ?? 0, where, "minval");
  const high = checkNumber(options.maxval ?? 1, where, "maxval", { min: low });
  const dims = checkDims(shape, where);
  return randomUniform(drawSeed(options.seed, where), dims, low, high);
}

/** Normally distributed numbers. */
export function normal(shape: Dims, options: NormalOptions = {}): Tensor {
  return drawNormal(randomNormal, shape, options, "random.normal");
}

/** Normally distributed numbers, none more than two standard deviations from the mean. */
export function truncatedNormal(shape: Dims, options: NormalOptions = {}): Tensor {
  return drawNormal(randomTruncatedNormal, shape, options, "random.truncatedNormal");
}

function drawNormal(draw: typeof randomNormal, shape: Dims, options: NormalOptions, where: string): Tensor {
  checkOptions(options, ["mean", "stddev", "seed"], where);
  const mean = checkNumber(options.mean ?? 0, where, "mean");
  const stddev = checkNumber(options.stddev ?? 1, where, "stddev", { min: 0 });
  const dims = checkDims(shape, where);
  return draw(drawSeed(options.seed, where), dims, mean, stddev);
}

/** int32 numbers: 1 with probability p, else 0. */
export function bernoulli(shape: Dims, options: BernoulliOptions = {}): Tensor {
  const where = "random.bernoulli";
  checkOptions(options, ["p", "seed"], where);
  const p = checkNumber(options.p ?? 0.5, where, "p", { min: 0, max: 1 });
  const dims = checkDims(shape, where);
  return randomBernoulli(drawSeed(options.seed, where), dims, p);
}

/** Options of {@link randint}. */
export interface RandintOptions extends SeedOption {
  /** Lower end, included; an integer of 32 bits. */
  minval: number;
  /** Upper end, excluded. */
  maxval: number;
}

/** int32 numbers in [minval, maxval); minval everywhere when that range is empty. */
export function randint(shape: Dims, options: RandintOptions): Tensor {
  const where = "random.randint";
  checkOptions(options, ["minval", "maxval", "seed"], where);
  const low = checkInteger(options?.minval, where, "minval", -(2 ** 31), 2 ** 31 - 1);
  const high = checkInteger(options.maxval, where, "maxval", -(2 ** 31), 2 ** 31 - 1);
  const attrs = { shape: [...checkDims(shape, where)], low, span: Math.max(high - low, 1) };
  return apply(randomIntOp, [drawSeed(options.seed, where)], attrs)[0]!;
}

/** Options of {@link shuffle}. */
export interface ShuffleOptions extends SeedOption {
  /** Default 0. */
  axis?: number;
}

/** The elements of x in a random order along an axis: each run along it is shuffled on its own. */
export function shuffle(x: TensorLike, options: ShuffleOptions = {}): Tensor {
  const where = "random.shuffle";
  checkOptions(options, ["axis", "seed"], where);
  const tensor = toTensor(x);
  const axis = checkAxis(where, options.axis ?? 0, tensor.shape);
  return runScoped(() => {
    const [order] = apply(randomOrderOp, [drawSeed(options.seed, where)], { shape: [...tensor.shape], axis });
    return apply(permuteOp, [tensor, order!], { back: false })[0]!;
  });
}
