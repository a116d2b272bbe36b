import { tensor } from "../ops/creation.ts";
import type { Tensor } from "../ops/tensor.ts";
import { nextGlobalKey } from "./global.ts";
import { SeedGenerator } from "./seed-generator.ts";
import { checkSeed } from "./streams.ts";

/** What random functions take as a seed. */
export type Seed = number | SeedGenerator | null;

/**
 * The key of one draw. An integer gives the same key each time, a generator counts on; without a seed the process-wide
 * generator is used.
 */
export function drawSeed(seed: Seed | undefined, where = "random"): Tensor {
  if (seed === null || seed === undefined) return nextGlobalKey();
  if (seed instanceof SeedGenerator) return seed.next();
  return tensor(new Uint32Array([checkSeed(seed, where), 0]));
}
