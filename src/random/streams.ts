import { describe, fail } from "../util/errors.ts";
import type { MersenneTwisterState } from "./mersenne-twister.ts";
import { NumpyRandom } from "./numpy-random.ts";
import { PythonRandom } from "./python-random.ts";

/** The two sequences that Keras's `set_random_seed` seeds: Python's for default seeds, NumPy's for the order of samples. */
interface Streams {
  readonly python: PythonRandom;
  readonly numpy: NumpyRandom;
}

/** Copies of the states of both. */
export interface StreamStates {
  python: MersenneTwisterState;
  numpy: MersenneTwisterState;
}

let current: Streams | undefined;

/** The process's streams; seeded from the platform's entropy unless a seed was set before. */
function streams(): Streams {
  if (current === undefined) {
    current = { python: new PythonRandom(), numpy: new NumpyRandom() };
    current.python.seedByArray(entropy());
    current.numpy.seedByArray(entropy());
  }
  return current;
}

function entropy(): Uint32Array {
  return globalThis.crypto.getRandomValues(new Uint32Array(8));
}

/** A seed given by a caller: an integer that 32 bits hold. */
export function checkSeed(seed: unknown, where: string): number {
  if (typeof seed === "number" && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  return fail(where, `Argument \`seed\` must be an integer in [0, 2^32), got ${describe(seed)}`);
}

/** Seeds both as Python and NumPy seed themselves from an integer. */
export function seedStreams(seed: number): void {
  const { python, numpy } = streams();
  python.seed(seed);
  numpy.seed(seed);
}

/** The seed of an object that was given none: Python's `randint(1, 10^9)`. Drawn when the object is constructed. */
export function drawDefaultSeed(): number {
  return streams().python.randint(1, 1e9);
}

/** The default seed that would come next. */
export function peekDefaultSeed(): number {
  const { python } = streams();
  const state = python.getState();
  const seed = drawDefaultSeed();
  python.setState(state);
  return seed;
}

/** A random order of 0 … n − 1: NumPy's `permutation(n)`, with which `fit` shuffles. */
export function globalPermutation(n: number): Int32Array {
  return streams().numpy.permutation(n);
}

/** Copies of both states. */
export function getStreamStates(): StreamStates {
  const { python, numpy } = streams();
  return { python: python.getState(), numpy: numpy.getState() };
}

/** Goes on from states got earlier. */
export function setStreamStates(states: StreamStates): void {
  const { python, numpy } = streams();
  python.setState(states.python);
  numpy.setState(states.numpy);
}
