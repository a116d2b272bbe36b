import type { Variable } from "../ops/variable.ts";
import { describe, fail } from "../util/errors.ts";
import type { MersenneTwisterState } from "./mersenne-twister.ts";
import { NumpyRandom } from "./numpy-random.ts";
import { PythonRandom } from "./python-random.ts";

/**
 * What numbers come from: the two sequences that Keras's `set_random_seed` seeds (Python's for default seeds, NumPy's for
 * the order of samples), and the generator of unseeded draws. One serves the process; a model that goes on from a saved
 * state has its own.
 */
export class RandomSource {
  readonly python: PythonRandom = new PythonRandom();
  readonly numpy: NumpyRandom = new NumpyRandom();
  /** A variable, so that functions which are traced draw anew at each call; made at the first draw. */
  generator: Variable | undefined;
  /** False while the generator has yet to draw its seed: it does so on first use, as in Keras. */
  seeded = false;
  /** What functions traced earlier find in the generator until then. */
  preset = 0;

  constructor() {
    // Weights are no secrets: engines seed `Math.random` from the system too, and Node takes 3 ms to load its `crypto`.
    const word = (): number => Math.random() * 2 ** 32;
    for (const stream of [this.python, this.numpy]) stream.seedByArray(Uint32Array.from({ length: 8 }, word));
  }

  /** Whether the generator has been drawn from since the last seed, be it only by a function traced before. */
  get used(): boolean {
    if (this.seeded || this.generator === undefined) return this.seeded;
    const [seed, count] = this.generator.readSync();
    return seed !== this.preset || count !== 0;
  }
}

/** Copies of the states of both sequences. */
export interface StreamStates {
  python: MersenneTwisterState;
  numpy: MersenneTwisterState;
}

let processWide: RandomSource | undefined;
let inUse: RandomSource | undefined;

/** Where numbers come from now; the process's source is seeded from the platform's entropy unless a seed was set before. */
export function randomSource(): RandomSource {
  processWide ??= new RandomSource();
  return inUse ?? processWide;
}

/** Runs something whose draws are to come from a source of its own; without one from the process's. */
export function withRandomSource<T>(source: RandomSource | undefined, body: () => T): T {
  const outer = inUse;
  inUse = source;
  try {
    return body();
  } finally {
    inUse = outer;
  }
}

/** A seed given by a caller: an integer that 32 bits hold. */
export function checkSeed(seed: unknown, where: string): number {
  if (typeof seed === "number" && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  return fail(where, `Argument \`seed\` must be an integer in [0, 2^32), got ${describe(seed)}`);
}

/** Seeds both as Python and NumPy seed themselves from an integer. */
export function seedStreams(seed: number): void {
  const { python, numpy } = randomSource();
  python.seed(seed);
  numpy.seed(seed);
}

/** The seed of an object that was given none: Python's `randint(1, 10^9)`. Drawn when the object is constructed. */
export function drawDefaultSeed(): number {
  return randomSource().python.randint(1, 1e9);
}

/** The default seed that would come next. */
export function peekDefaultSeed(): number {
  const { python } = randomSource();
  const state = python.getState();
  const seed = drawDefaultSeed();
  python.setState(state);
  return seed;
}

/** A random order of 0 … n − 1: NumPy's `permutation(n)`, with which `fit` shuffles. */
export function globalPermutation(n: number): Int32Array {
  return randomSource().numpy.permutation(n);
}

/** Copies of both states. */
export function getStreamStates(): StreamStates {
  const { python, numpy } = randomSource();
  return { python: python.getState(), numpy: numpy.getState() };
}

/** Goes on from states got earlier. */
export function setStreamStates(states: StreamStates): void {
  const { python, numpy } = randomSource();
  python.setState(states.python);
  numpy.setState(states.numpy);
}
