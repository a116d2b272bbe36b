import { dropout } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { SeedGenerator } from "../../random/seed-generator.ts";
import { describe, fail, refuse, ShapeError } from "../../util/errors.ts";
import { formatShape, type Shape } from "../../util/shape.ts";
import { markBuilt } from "../build.ts";
import type { CallOptions } from "../call-context.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values that are dropped, in [0, 1]. */
  readonly rate: number;
  /** Shape of the mask, which is broadcast to the input; null stands for the input's size at that axis. */
  readonly noiseShape?: Shape | null;
  /** An integer, or null for a default seed drawn when the layer is made. */
  readonly seed?: number | null;
}

/**
 * In training sets each value to 0 with probability `rate` and divides the others by 1 − rate; otherwise returns its
 * input as it is, without any scaling.
 *
 * Each use in training draws a new mask: the layer's seed generator counts the draws. Freezing the layer
 * (`trainable = false`) changes nothing. No weights; one entry in `variables`, the seed's state.
 */
export class Dropout extends Layer {
  static override readonly className: string = "Dropout";

  readonly noiseShape: Shape | null;
  readonly seed: number | null;
  /** Present unless the rate is 0. */
  seedGenerator: SeedGenerator | undefined = undefined;
  #rate: number;

  constructor(options: DropoutOptions) {
    super(options, ["rate", "noiseShape", "seed"]);
    const where = whereOf(this);
    const { rate, noiseShape = null, seed = null } = options ?? {};
    this.#rate = checkRate(rate, where);
    this.noiseShape = checkNoiseShape(noiseShape, where);
    this.seed = seed;
    if (this.#rate > 0) this.seedGenerator = new SeedGenerator(seed);
    markBuilt(this);
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.#rate = checkRate(rate, whereOf(this));
    if (this.#rate > 0) this.seedGenerator ??= new SeedGenerator(this.seed);
    markChanged(this);
  }

  override call(inputs: Tensor, { training }: CallOptions): Tensor {
    // Decided while tracing: a plan for inference has no dropout node at all.
    if (!training || this.#rate === 0) return inputs;
    const x = asFloat(inputs);
    // All is dropped: nothing to draw, so the seed does not move either.
    if (this.#rate === 1) return x.clip(0, 0);
    return dropout(x, { rate: this.#rate, seed: this.seedGenerator!.next(), noiseShape: this.#maskShape(x.shape) });
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

function checkRate(rate: unknown, where: string): number {
  if (typeof rate === "number" && rate >= 0 && rate <= 1) return rate;
  const problem = "Invalid value received for argument `rate`. Expected a float value between 0 and 1";
  return fail(where, `${problem}, got ${describe(rate)}`);
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
