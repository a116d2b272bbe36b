import { Constant, type ConstantOptions, Identity, type IdentityOptions, Ones, Zeros } from "./constant.ts";
import { Orthogonal, type OrthogonalOptions } from "./orthogonal.ts";
import {
  RandomNormal,
  type RandomNormalOptions,
  RandomUniform,
  type RandomUniformOptions,
  TruncatedNormal,
  type TruncatedNormalOptions,
} from "./random.ts";
import {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  type ScaledOptions,
  VarianceScaling,
  type VarianceScalingOptions,
} from "./variance-scaling.ts";

export type { InitializerConfig } from "./base.ts";
export { Initializer } from "./base.ts";
export type { InitializerFunction, InitializerSpec } from "./get.ts";
export { getInitializer as get } from "./get.ts";
export {
  Constant,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  Identity,
  LecunNormal,
  LecunUniform,
  Ones,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  VarianceScaling,
  Zeros,
};

/** All 0. */
export function zeros(): Zeros {
  return new Zeros();
}

/** All 1. */
export function ones(): Ones {
  return new Ones();
}

/** All `value`. */
export function constant(options?: ConstantOptions): Constant {
  return new Constant(options);
}

/** `gain` on the diagonal of a matrix. */
export function identity(options?: IdentityOptions): Identity {
  return new Identity(options);
}

/** Uniform in [minval, maxval). */
export function randomUniform(options?: RandomUniformOptions): RandomUniform {
  return new RandomUniform(options);
}

/** Normal with mean and standard deviation. */
export function randomNormal(options?: RandomNormalOptions): RandomNormal {
  return new RandomNormal(options);
}

/** Normal, cut at two standard deviations. */
export function truncatedNormal(options?: TruncatedNormalOptions): TruncatedNormal {
  return new TruncatedNormal(options);
}

/** Variance set by the number of inputs or outputs. */
export function varianceScaling(options?: VarianceScalingOptions): VarianceScaling {
  return new VarianceScaling(options);
}

/** Dense's default: uniform in ±√(6 / (inputs + outputs)). */
export function glorotUniform(options?: ScaledOptions): GlorotUniform {
  return new GlorotUniform(options);
}

/** Truncated normal, variance 2 / (inputs + outputs). */
export function glorotNormal(options?: ScaledOptions): GlorotNormal {
  return new GlorotNormal(options);
}

/** Uniform in ±√(6 / inputs). */
export function heUniform(options?: ScaledOptions): HeUniform {
  return new HeUniform(options);
}

/** Truncated normal, variance 2 / inputs. */
export function heNormal(options?: ScaledOptions): HeNormal {
  return new HeNormal(options);
}

/** Uniform in ±√(3 / inputs). */
export function lecunUniform(options?: ScaledOptions): LecunUniform {
  return new LecunUniform(options);
}

/** Truncated normal, variance 1 / inputs. */
export function lecunNormal(options?: ScaledOptions): LecunNormal {
  return new LecunNormal(options);
}

/** A random orthogonal matrix times `gain`. */
export function orthogonal(options?: OrthogonalOptions): Orthogonal {
  return new Orthogonal(options);
}
