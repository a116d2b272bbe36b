import { refuse } from "../util/errors.ts";
import { Adafactor, type AdafactorOptions } from "./adafactor.ts";
import { Adam, Adamax, type AdamOptions, AdamW, Lamb, type MomentsOptions, Nadam } from "./adam.ts";
import {
  Adadelta,
  type AdadeltaOptions,
  Adagrad,
  type AdagradOptions,
  Ftrl,
  type FtrlOptions,
  Lion,
  type LionOptions,
  RMSprop,
  type RMSpropOptions,
} from "./adaptive.ts";
import { Muon, type MuonOptions } from "./muon.ts";
import { Optimizer } from "./optimizer.ts";
import { serialized } from "./options.ts";
import { getOptimizer, type OptimizerLike } from "./registry.ts";
import { SGD, type SGDOptions } from "./sgd.ts";

export type { AdafactorOptions } from "./adafactor.ts";
export type { AdamOptions, MomentsOptions } from "./adam.ts";
export type { AdadeltaOptions, AdagradOptions, FtrlOptions, LionOptions, RMSpropOptions } from "./adaptive.ts";
export type { MuonOptions } from "./muon.ts";
export { type GradientPair, Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.ts";
export type { OptimizerLike, OptimizerName } from "./registry.ts";
export type { SGDOptions } from "./sgd.ts";
export { Adadelta, Adafactor, Adagrad, Adam, Adamax, AdamW, Ftrl, Lamb, Lion, Muon, Nadam, RMSprop, SGD };

/** Gradient descent, with momentum if wanted. */
export const sgd = (options?: SGDOptions): SGD => new SGD(options);
/** Adam: step sizes adapted to each weight. */
export const adam = (options?: AdamOptions): Adam => new Adam(options);
/** Adam with weight decay. */
export const adamW = (options?: AdamOptions): AdamW => new AdamW(options);
/** Steps divided by the size of recent gradients. */
export const rmsprop = (options?: RMSpropOptions): RMSprop => new RMSprop(options);
/** Steps divided by the size of all gradients so far. */
export const adagrad = (options?: AdagradOptions): Adagrad => new Adagrad(options);
/** Steps in units of recent changes. */
export const adadelta = (options?: AdadeltaOptions): Adadelta => new Adadelta(options);
/** Adam by the largest gradient. */
export const adamax = (options?: MomentsOptions): Adamax => new Adamax(options);
/** Adam with Nesterov's look-ahead. */
export const nadam = (options?: MomentsOptions): Nadam => new Nadam(options);
/** Follow the regularised leader. */
export const ftrl = (options?: FtrlOptions): Ftrl => new Ftrl(options);
/** Steps of one size, by the sign of the momentum. */
export const lion = (options?: LionOptions): Lion => new Lion(options);
/** Adam's steps in units of each variable's length, for large batches. */
export const lamb = (options?: MomentsOptions): Lamb => new Lamb(options);
/** Orthogonal steps for matrices, AdamW for the rest. */
export const muon = (options?: MuonOptions): Muon => new Muon(options);
/** Adaptive rates by rows and columns. */
export const adafactor = (options?: AdafactorOptions): Adafactor => new Adafactor(options);

/** The optimizer that a name, config or object stands for. */
export const get = (spec: OptimizerLike): Optimizer => getOptimizer(spec, "optimizers.get");
/** A config with the class's name, from which `get` makes an equal optimizer. State is not part of it. */
export function serialize(optimizer: Optimizer): Record<string, unknown> {
  if (!(optimizer instanceof Optimizer)) refuse("optimizers.serialize", "optimizer", "an optimizer", optimizer);
  return serialized("keras.optimizers", optimizer);
}
