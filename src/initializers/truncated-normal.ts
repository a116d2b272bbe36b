import { randomTruncatedNormal } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkFloat, checkShape } from "./base.ts";
import type { InitializerSeed } from "./random-base.ts";
import { checkDeviation, RandomInitializer } from "./random-base.ts";

/** Options of {@link TruncatedNormal}. */
export interface TruncatedNormalOptions {
  /** 0 by default. */
  mean?: number;
  /** Standard deviation before the cut; 0.05 by default. */
  stddev?: number;
  seed?: InitializerSeed;
}

/** Normally distributed numbers, none of them more than two standard deviations from the mean. */
export class TruncatedNormal extends RandomInitializer {
  static override readonly className: string = "TruncatedNormal";
  readonly mean: number;
  readonly stddev: number;

  constructor(options: TruncatedNormalOptions = {}) {
    checkOptions(options, ["mean", "stddev", "seed"], "TruncatedNormal");
    const mean = checkNumber(options.mean ?? 0, "TruncatedNormal", "mean");
    const stddev = checkDeviation("TruncatedNormal", options.stddev ?? 0.05);
    super("TruncatedNormal", options.seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    checkFloat("TruncatedNormal", dtype);
    return randomTruncatedNormal(this.drawKey(), checkShape("TruncatedNormal", shape), this.mean, this.stddev);
  }

  override getConfig(): InitializerConfig {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}
