import type { Tensor } from "../ops/tensor.ts";
import { drawSeed } from "../random/draw-seed.ts";
import { SeedGenerator } from "../random/seed-generator.ts";
import { checkSeed, drawDefaultSeed } from "../random/streams.ts";
import type { DType } from "../util/dtype.ts";
import { DTypeError, refuse } from "../util/errors.ts";
import { camelCaseKeys } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { BuiltIn, type InitializerConfig, type NumberOptions } from "./base.ts";

/**
 * Where an initializer's numbers come from: an integer gives the same numbers each time, a `SeedGenerator` others each time.
 * Without one, an integer is drawn when the initializer is made.
 */
export type InitializerSeed = number | SeedGenerator | InitializerConfig | null;

/** Base of the initializers that draw random numbers. */
export abstract class RandomInitializer extends BuiltIn {
  /** The seed in use: the given one, or the default drawn at construction. */
  readonly seed: number | SeedGenerator;
  readonly #given: number | SeedGenerator | null;

  constructor(options: { seed?: InitializerSeed }, numbers: NumberOptions, others: readonly string[] = []) {
    super(options, numbers, [...others, "seed"]);
    this.#given = readSeed(this.where, options.seed ?? null);
    this.seed = this.#given ?? drawDefaultSeed();
  }

  protected override make(shape: Dims, dtype: DType): Tensor {
    // Random numbers are made in float32 only.
    if (dtype !== "float32") refuse(this.where, "dtype", "float32", dtype, DTypeError);
    return this.draw(() => drawSeed(this.seed), shape);
  }

  /** The numbers; `key` gives the key of this application. */
  protected abstract draw(key: () => Tensor, shape: Dims): Tensor;

  override getConfig(): InitializerConfig {
    const given = this.#given;
    const seed =
      given instanceof SeedGenerator ? { class_name: SeedGenerator.className, config: given.getConfig() } : given;
    return { ...super.getConfig(), seed };
  }
}

function readSeed(where: string, seed: InitializerSeed): number | SeedGenerator | null {
  if (seed === null || seed instanceof SeedGenerator) return seed;
  const { className, config } = camelCaseKeys(Object(seed));
  return className === SeedGenerator.className
    ? SeedGenerator.fromConfig(config as { seed: number | null })
    : checkSeed(seed, where);
}
