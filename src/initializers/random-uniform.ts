import { randomUniform } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { ValueError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { checkFinite, checkFloat, checkOptions, checkShape } from "./base.ts";
import type { InitializerConfig } from "./base.ts";
import { RandomInitializer } from "./random-base.ts";
import type { InitializerSeed } from "./random-base.ts";

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
    checkOptions("RandomUniform", options, ["minval", "maxval", "seed"]);
    const minval = checkFinite("RandomUniform", "minval", options.minval ?? -0.05);
    const maxval = checkFinite("RandomUniform", "maxval", options.maxval ?? 0.05);
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
