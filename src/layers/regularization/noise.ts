import type { Tensor } from "../../ops/tensor.ts";
import { SeedGenerator } from "../../random/seed-generator.ts";
import { describe, ValueError } from "../../util/errors.ts";
import { markBuilt } from "../build.ts";
import type { CallOptions } from "../call-context.ts";
import type { LayerConfig } from "../config.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, type LayerOptions } from "../options.ts";

/** What every noise layer takes. */
export interface SeedLayerOptions extends LayerOptions {
  /** An integer, or null for a default seed drawn when the layer is made. */
  readonly seed?: number | null;
}

/** Base of the layers that change values at random in training, as strongly as a number in [0, 1] says. */
export abstract class Noise extends Layer {
  readonly seed: number | null;
  /** Present unless the strength is 0. */
  seedGenerator: SeedGenerator | undefined = undefined;
  readonly #argument: "rate" | "stddev";
  #strength = 0;

  protected constructor(argument: "rate" | "stddev", className: string, options: object, own: readonly string[] = []) {
    super(baseOptions(className, options, [argument, "seed", ...own]));
    const given = options as { readonly seed?: number | null } & Record<string, unknown> | undefined;
    this.#argument = argument;
    this.seed = given?.seed ?? null;
    this.strength = given?.[argument] as number;
    markBuilt(this);
  }

  /** The rate or the standard deviation. */
  protected get strength(): number {
    return this.#strength;
  }

  protected set strength(value: number) {
    this.#strength = checkUnit(value, whereOf(this), this.#argument);
    if (value > 0) this.seedGenerator ??= new SeedGenerator(this.seed);
    markChanged(this);
  }

  /** What training does to x; `key` makes a random tensor with a key of its own. */
  protected abstract disturb(x: Tensor, key: Tensor): Tensor;

  override call(inputs: Tensor, { training }: CallOptions): Tensor {
    // Decided while tracing: a plan for inference has no random node at all.
    if (!training || this.#strength === 0) return inputs;
    return this.disturb(asFloat(inputs), this.seedGenerator!.next());
  }

  /** For what divides by 1 − rate. */
  protected belowOne(): number {
    if (this.#strength < 1) return this.#strength;
    throw new ValueError(`[${whereOf(this)}] rate: expected a number below 1 in training, got 1.`);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), [this.#argument]: this.#strength, seed: this.seed };
  }
}

/** A number in [0, 1]; Keras's wording. */
export function checkUnit(value: unknown, where: string, argument: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ValueError(
    `[${where}] ${argument}: Invalid value received for argument \`${argument}\`. Expected a float value between 0 ` +
      `and 1, got ${describe(value)}.`,
  );
}
