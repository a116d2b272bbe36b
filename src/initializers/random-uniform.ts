import { randomUniform } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { ValueError } from "../util/errors.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkFloat, checkShape } from "./base.ts";
import type { InitializerSeed } from "./random-base.ts";
import { RandomInitializer } from "./random-base.ts";

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
  readonly minval: number;
  readonly maxval: number;

  constructor(options: RandomUniformOptions = {}) {
    checkOptions(options, ["minval", "maxval", "seed"], "RandomUniform");
    const minval = checkNumber(options.minval ?? -0.05, "RandomUniform", "minval");
    const maxval = checkNumber(options.maxval ?? 0.05, "RandomUniform", "maxval");
    if (minval > maxval) {
      throw new ValueError(`[RandomUniform] maxval: expected at least minval = ${minval}, got ${maxval}.`);
    }
    super("RandomUniform", options.seed);
    this.minval = minval;
    this.maxval = maxval;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    checkFloat("RandomUniform", dtype);
    return randomUniform(this.drawKey(), checkShape("RandomUniform", shape), this.minval, this.maxval);
  }

  override getConfig(): InitializerConfig {
    return { ...super.getConfig(), minval: this.minval, maxval: this.maxval };
  }
}
