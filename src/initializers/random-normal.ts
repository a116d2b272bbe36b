import { randomNormal } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkFloat, checkShape } from "./base.ts";
import type { InitializerSeed } from "./random-base.ts";
import { checkDeviation, RandomInitializer } from "./random-base.ts";

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
  readonly mean: number;
  readonly stddev: number;

  constructor(options: RandomNormalOptions = {}) {
    checkOptions(options, ["mean", "stddev", "seed"], "RandomNormal");
    const mean = checkNumber(options.mean ?? 0, "RandomNormal", "mean");
    const stddev = checkDeviation("RandomNormal", options.stddev ?? 0.05);
    super("RandomNormal", options.seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    checkFloat("RandomNormal", dtype);
    return randomNormal(this.drawKey(), checkShape("RandomNormal", shape), this.mean, this.stddev);
  }

  override getConfig(): InitializerConfig {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}
