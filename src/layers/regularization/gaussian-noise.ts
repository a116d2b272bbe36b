import { randomNormal } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { Noise, type SeedLayerOptions } from "./noise.ts";

/** Options of {@link GaussianNoise}. */
export interface GaussianNoiseOptions extends SeedLayerOptions {
  /** Standard deviation of the noise, in [0, 1]. */
  readonly stddev: number;
}

/** In training adds normal noise of mean 0; otherwise returns its input as it is. */
export class GaussianNoise extends Noise {
  static override readonly className: string = "GaussianNoise";

  constructor(options: GaussianNoiseOptions) {
    super("stddev", options);
  }

  get stddev(): number {
    return this.strength;
  }

  set stddev(stddev: number) {
    this.strength = stddev;
  }

  protected override disturb(x: Tensor, draw: () => Tensor): Tensor {
    return x.add(randomNormal(draw(), x.shape, 0, this.stddev));
  }
}
