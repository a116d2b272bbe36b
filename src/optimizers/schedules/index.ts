import {
  CosineDecay,
  type CosineDecayOptions,
  CosineDecayRestarts,
  type CosineDecayRestartsOptions,
} from "./cosine.ts";
import {
  type DecayOptions,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstantDecay,
  type PiecewiseConstantDecayOptions,
  PolynomialDecay,
  type PolynomialDecayOptions,
} from "./decays.ts";

export type { CosineDecayOptions, CosineDecayRestartsOptions } from "./cosine.ts";
export type { DecayOptions, PiecewiseConstantDecayOptions, PolynomialDecayOptions } from "./decays.ts";
export type { Schedule, ScheduleLike } from "./get.ts";
export { LearningRateSchedule, type ScheduleOptions } from "./schedule.ts";
export {
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstantDecay,
  PolynomialDecay,
};

/** η₀·r^(s/n). */
export const exponentialDecay = (options: DecayOptions): ExponentialDecay => new ExponentialDecay(options);
/** η₀/(1 + r·s/n). */
export const inverseTimeDecay = (options: DecayOptions): InverseTimeDecay => new InverseTimeDecay(options);
/** (η₀ − end)·(1 − s/n)^power + end. */
export const polynomialDecay = (options: PolynomialDecayOptions): PolynomialDecay => new PolynomialDecay(options);
/** One value for each piece of the way. */
export const piecewiseConstantDecay = (options: PiecewiseConstantDecayOptions): PiecewiseConstantDecay =>
  new PiecewiseConstantDecay(options);
/** Half a wave of the cosine, after a warm-up if wanted. */
export const cosineDecay = (options: CosineDecayOptions): CosineDecay => new CosineDecay(options);
/** Half waves of the cosine, one after another. */
export const cosineDecayRestarts = (options: CosineDecayRestartsOptions): CosineDecayRestarts =>
  new CosineDecayRestarts(options);
