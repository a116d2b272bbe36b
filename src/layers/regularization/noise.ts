import type { Tensor } from "../../ops/tensor.ts";
import { SeedGenerator } from "../../random/seed-generator.ts";
import { describe, fail, refuse } from "../../util/errors.ts";
import { markBuilt } from "../build.ts";
import type { CallOptions } from "../call-context.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

/** What every layer that draws random numbers takes. */
export interface SeedLayerOptions extends LayerOptions {
  /** An integer, or null for a default seed drawn when the layer is made. */
  readonly seed?: number | null;
}

/** Base of the layers that change values at random in training, as strongly as a number in [0, 1] says. */
export abstract class Noise extends Layer {
  readonly seed: number | null;
  /** Present unless the strength is 0. */
  seedGenerator: SeedGenerator | undefined = undefined;
  readonly #argument: string;
  #strength = 0;

  protected constructor(argument: string, options: SeedLayerOptions, own: readonly string[] = []) {
    super(options, [argument, "seed", ...own]);
    this.#argument = argument;
    this.seed = options?.seed ?? null;
    this.strength = (options as Record<string, unknown> | undefined)?.[argument] as number;
    this.supportsMasking = true;
    markBuilt(this);
  }

  /** The rate or the standard deviation. */
  protected get strength(): number {
    return this.#strength;
  }

  protected set strength(value: number) {
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
      const problem = `Invalid value received for argument \`${this.#argument}\`. Expected a float value between 0 and 1`;
      fail(whereOf(this), `${problem}, got ${describe(value)}`);
    }
    this.#strength = value;
    if (value > 0) this.seedGenerator ??= new SeedGenerator(this.seed);
    markChanged(this);
  }

  /** What training makes of x; `draw` counts one draw and gives its key. */
  protected abstract disturb(x: Tensor, draw: () => Tensor): Tensor;

  override call(inputs: Tensor, { training }: CallOptions): Tensor {
    // Decided while tracing: a plan for inference has no random node at all.
    if (!training || this.#strength === 0) return inputs;
    return this.disturb(asFloat(inputs), () => this.seedGenerator!.next());
  }

  /** For what divides by 1 − rate. */
  protected belowOne(): number {
    return this.#strength < 1 ? this.#strength : refuse(whereOf(this), "rate", "a number below 1 in training", 1);
  }
}
