import { describe, ValueError } from "../util/errors.ts";
import { NumpyRandom } from "./numpy-random.ts";
import { PythonRandom } from "./python-random.ts";

/** The two sequences that Keras's `set_random_seed` seeds: Python's for default seeds, NumPy's for the order of samples. */
export interface Streams {
  readonly python: PythonRandom;
  readonly numpy: NumpyRandom;
}

let current: Streams | undefined;

/** The process's streams; seeded from the platform's entropy unless a seed was set before. */
export function streams(): Streams {
  if (current === undefined) {
    current = { python: new PythonRandom(), numpy: new NumpyRandom() };
    current.python.seedByArray(entropy());
    current.numpy.seedByArray(entropy());
  }
  return current;
}

/** Seeds both as Python and NumPy seed themselves from an integer. */
export function seedStreams(seed: unknown): void {
  if (typeof seed !== "number" || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new ValueError(`[setRandomSeed] seed: expected an integer in [0, 2^32), got ${describe(seed)}.`);
  }
  const { python, numpy } = streams();
  python.seed(seed);
  numpy.seed(seed);
}

function entropy(): Uint32Array {
  return globalThis.crypto.getRandomValues(new Uint32Array(8));
}
