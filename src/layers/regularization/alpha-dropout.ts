import { randomUniform } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Shape } from "../../util/shape.ts";
import { Noise, type SeedLayerOptions } from "./noise.ts";

/** Options of {@link AlphaDropout}. */
export interface AlphaDropoutOptions extends SeedLayerOptions {
  /** Share of the values that are dropped, in [0, 1). */
  readonly rate: number;
  /** Shape of the mask, which is broadcast to the input; null stands for the input's size at that axis. */
  readonly noiseShape?: Shape | null;
}

/** −α·λ of SELU: what SELU makes of very negative inputs. */
const DROPPED = -1.6732632423543772 * 1.0507009873554805;

/**
 * Dropout for SELU networks: in training sets values to SELU's lower limit, then scales and shifts all so that mean and
 * variance stay; otherwise returns its input as it is. Klambauer et al. 2017, "Self-Normalizing Neural Networks".
 */
export class AlphaDropout extends Noise {
  static override readonly className: string = "AlphaDropout";

  readonly noiseShape: Shape | null;

  constructor(options: AlphaDropoutOptions) {
    super("rate", options, ["noiseShape"]);
    this.noiseShape = options.noiseShape ?? null;
  }

  get rate(): number {
    return this.strength;
  }

  set rate(rate: number) {
    this.strength = rate;
  }

  protected override disturb(x: Tensor, draw: () => Tensor): Tensor {
    const rate = this.belowOne();
    const shape = this.noiseShape?.map((dim, axis) => dim ?? x.shape[axis]!) ?? x.shape;
    const kept = randomUniform(draw(), shape).greaterEqual(rate);
    const a = 1 / Math.sqrt((1 - rate) * (1 + rate * DROPPED ** 2));
    return x
      .where(kept, DROPPED)
      .mul(a)
      .add(-a * DROPPED * rate);
  }
}
