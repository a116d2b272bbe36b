import { randomNormal } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { Noise, type SeedLayerOptions } from "./noise.ts";

/** Options of {@link GaussianDropout}. */
export interface GaussianDropoutOptions extends SeedLayerOptions {
  /** The noise has the variance that dropping this share would have: rate / (1 − rate). In [0, 1). */
  readonly rate: number;
}

/** In training multiplies by normal noise of mean 1; otherwise returns its input as it is. */
export class GaussianDropout extends Noise {
  static override readonly className: string = "GaussianDropout";

  constructor(options: GaussianDropoutOptions) {
    super("rate", options);
  }

  get rate(): number {
    return this.strength;
  }

  set rate(rate: number) {
    this.strength = rate;
  }

  protected override disturb(x: Tensor, draw: () => Tensor): Tensor {
    const rate = this.belowOne();
    return x.mul(randomNormal(draw(), x.shape, 1, Math.sqrt(rate / (1 - rate))));
  }
}
