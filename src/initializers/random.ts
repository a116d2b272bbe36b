import { randomNormal, randomTruncatedNormal, randomUniform } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { type InitializerSeed, RandomInitializer } from "./random-base.ts";

/** Options of {@link RandomNormal}. */
export interface RandomNormalOptions {
  /** 0 by default. */
  mean?: number;
  /** Standard deviation; 0.05 by default. */
  stddev?: number;
  seed?: InitializerSeed;
}

/** Normally distributed numbers. */
export class RandomNormal extends RandomInitializer {
  static override readonly className: string = "RandomNormal";
  declare readonly mean: number;
  declare readonly stddev: number;

  constructor(options: RandomNormalOptions = {}) {
    super(options, { mean: [0], stddev: [0.05, 0] });
  }

  protected override draw(key: () => Tensor, shape: Dims): Tensor {
    return randomNormal(key(), shape, this.mean, this.stddev);
  }
}

/** Options of {@link TruncatedNormal}: the deviation is that before the cut. */
export type TruncatedNormalOptions = RandomNormalOptions;

/** Normally distributed numbers, none of them more than two standard deviations from the mean. */
export class TruncatedNormal extends RandomInitializer {
  static override readonly className: string = "TruncatedNormal";
  declare readonly mean: number;
  declare readonly stddev: number;

  constructor(options: TruncatedNormalOptions = {}) {
    super(options, { mean: [0], stddev: [0.05, 0] });
  }

  protected override draw(key: () => Tensor, shape: Dims): Tensor {
    return randomTruncatedNormal(key(), shape, this.mean, this.stddev);
  }
}

/** Options of {@link RandomUniform}. */
export interface RandomUniformOptions {
  /** Lower end, included; −0.05 by default. */
  minval?: number;
  /** Upper end, excluded; 0.05 by default. */
  maxval?: number;
  seed?: InitializerSeed;
}

/** Uniform numbers in [minval, maxval). */
export class RandomUniform extends RandomInitializer {
  static override readonly className: string = "RandomUniform";
  declare readonly minval: number;
  declare readonly maxval: number;

  constructor(options: RandomUniformOptions = {}) {
    super(options, { minval: [-0.05], maxval: [0.05] });
  }

  protected override read(): void {
    const { minval, maxval } = this;
    if (minval > maxval) refuse(this.where, "maxval", `a number ≥ ${minval}`, maxval);
  }

  protected override draw(key: () => Tensor, shape: Dims): Tensor {
    return randomUniform(key(), shape, this.minval, this.maxval);
  }
}
