import type { Tensor } from "../ops/tensor.ts";
import { drawSeed } from "../random/draw-seed.ts";
import { SeedGenerator } from "../random/seed-generator.ts";
import { checkSeed, drawDefaultSeed } from "../random/streams.ts";
import { describe, ValueError } from "../util/errors.ts";
import type { InitializerConfig } from "./base.ts";
import { camelCaseKeys, Initializer } from "./base.ts";

/**
 * Where an initializer's numbers come from: an integer gives the same numbers each time, a `SeedGenerator` others each time.
 * Without one, an integer is drawn when the initializer is made.
 */
export type InitializerSeed = number | SeedGenerator | InitializerConfig | null;

/** Base of the initializers that draw random numbers. */
export abstract class RandomInitializer extends Initializer {
  /** The seed in use: the given one, or the default drawn at construction. */
  readonly seed: number | SeedGenerator;
  private readonly given: number | SeedGenerator | null;

  constructor(name: string, seed: InitializerSeed | undefined) {
    super();
    this.given = readSeed(name, seed ?? null);
    this.seed = this.given ?? drawDefaultSeed();
  }

  override getConfig(): InitializerConfig {
    const given = this.given;
    if (!(given instanceof SeedGenerator)) return { seed: given };
    return { seed: { class_name: SeedGenerator.className, config: given.getConfig() } };
  }

  /** The key of one application. */
  protected drawKey(): Tensor {
    return drawSeed(this.seed);
  }
}

function readSeed(name: string, seed: InitializerSeed): number | SeedGenerator | null {
  if (seed === null || seed instanceof SeedGenerator) return seed;
  if (typeof seed === "object") {
    const { className, config } = camelCaseKeys(seed);
    if (className === SeedGenerator.className) return SeedGenerator.fromConfig(config as { seed: number | null });
  }
  return checkSeed(seed, name);
}

/** A standard deviation: finite and not negative. */
export function checkDeviation(name: string, stddev: unknown): number {
  if (typeof stddev === "number" && Number.isFinite(stddev) && stddev >= 0) return stddev;
  throw new ValueError(`[${name}] stddev: expected a finite number that is not negative, got ${describe(stddev)}.`);
}
