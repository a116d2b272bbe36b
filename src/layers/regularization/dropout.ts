import { dropout } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { describe, fail, refuse, ShapeError } from "../../util/errors.ts";
import { formatShape, type Shape } from "../../util/shape.ts";
import { whereOf } from "../internals.ts";
import { Noise, type SeedLayerOptions } from "./noise.ts";

/** Options of {@link Dropout}. */
export interface DropoutOptions extends SeedLayerOptions {
  /** Share of the values that are dropped, in [0, 1]. */
  readonly rate: number;
  /** Shape of the mask, which is broadcast to the input; null stands for the input's size at that axis. */
  readonly noiseShape?: Shape | null;
}

/**
 * In training sets each value to 0 with probability `rate` and divides the others by 1 − rate; otherwise returns its
 * input as it is, without any scaling.
 *
 * Each use in training draws a new mask: the layer's seed generator counts the draws. Freezing the layer
 * (`trainable = false`) changes nothing. No weights; one entry in `variables`, the seed's state.
 */
export class Dropout extends Noise {
  static override readonly className: string = "Dropout";

  readonly noiseShape: Shape | null;

  constructor(options: DropoutOptions) {
    super("rate", options, ["noiseShape"]);
    this.noiseShape = checkNoiseShape(options.noiseShape ?? null, whereOf(this));
  }

  get rate(): number {
    return this.strength;
  }

  set rate(rate: number) {
    this.strength = rate;
  }

  protected override disturb(x: Tensor, draw: () => Tensor): Tensor {
    // All is dropped: nothing to draw, so the seed does not move either.
    if (this.rate === 1) return x.clip(0, 0);
    return dropout(x, { rate: this.rate, noiseShape: this.#maskShape(x.shape), seed: draw() });
  }

  #maskShape(shape: readonly number[]): readonly number[] {
    const wanted = this.noiseShape;
    if (wanted === null) return shape;
    const mask = wanted.map((dim, axis) => dim ?? shape[axis]!);
    const fits = mask.length === shape.length && mask.every((dim, axis) => dim === 1 || dim === shape[axis]);
    if (fits) return mask;
    return refuse(whereOf(this), "noiseShape", `a shape that broadcasts to ${formatShape(shape)}`, wanted, ShapeError);
  }
}

function checkNoiseShape(shape: Shape | null, where: string): Shape | null {
  if (shape === null) return null;
  const check = (fits: boolean, expected: string): void => {
    if (!fits) fail(where, `noiseShape: Expected ${expected}, got ${describe(shape)}`);
  };
  check(Array.isArray(shape), "a tuple or list of integers (an array)");
  check(
    shape.every((dim) => Number.isInteger(dim ?? 1)),
    "all elements to be integers or None (null)",
  );
  check(
    shape.every((dim) => (dim ?? 1) > 0),
    "all dimensions to be positive integers or None (null)",
  );
  return Object.freeze([...shape]);
}
