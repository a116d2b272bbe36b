import { tensor } from "../ops/creation.ts";
import { seedScramble } from "../ops/index.ts";
import { isInferringShapes } from "../ops/scopes.ts";
import type { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import type { StreamStates } from "./streams.ts";
import {
  checkSeed,
  drawDefaultSeed,
  getStreamStates,
  peekDefaultSeed,
  seedStreams,
  setStreamStates,
} from "./streams.ts";

export { drawDefaultSeed, globalPermutation } from "./streams.ts";

/** All that unseeded randomness depends on, for saving and going on. */
export interface RandomState extends StreamStates {
  /** State of the generator behind unseeded `random.*`; null when it has not been used since the last seed. */
  generator: readonly [number, number] | null;
}

/** The process-wide generator: a variable, so that functions which are traced draw anew at each call. */
let generator: Variable | undefined;
/** True while the generator has yet to draw its seed: it does so on first use, as in Keras. */
let unseeded = true;

/**
 * Makes all that follows repeatable: default seeds of layers and initializers, the order of samples in `fit`, and unseeded
 * `random.*`. The numbers are those of Keras on JAX after `keras.utils.set_random_seed(seed)`.
 * Existing layers keep their seeds.
 */
export function setRandomSeed(seed: number): void {
  seedStreams(checkSeed(seed, "setRandomSeed"));
  unseeded = true;
  // A function compiled earlier draws from the variable without passing by here: it must be repeatable, too.
  generator?.writeWords(new Uint32Array([peekDefaultSeed(), 0]));
}

/** The key of one unseeded draw; the generator moves on, inside a trace at each call of the traced function. */
export function nextGlobalKey(): Tensor {
  if (isInferringShapes()) return tensor(new Uint32Array(2));
  const state = seededGenerator();
  const key = state.value();
  state.assign(seedScramble(key));
  return key;
}

function seededGenerator(): Variable {
  if (unseeded || generator === undefined) writeGenerator([drawDefaultSeed(), 0]);
  unseeded = false;
  return generator!;
}

function writeGenerator(words: readonly [number, number]): void {
  const state = new Uint32Array(words);
  if (generator !== undefined) generator.writeWords(state);
  else generator = new Variable(state, { name: "global_seed_generator_state", trainable: false });
}

/** The present state, as plain data. */
export function getRandomState(): RandomState {
  const [first, second] = generator === undefined || unseeded ? [] : generator.readSync();
  return { ...getStreamStates(), generator: first === undefined ? null : [first, second!] };
}

/** Goes on from a state got earlier. */
export function setRandomState(state: RandomState): void {
  setStreamStates(state);
  unseeded = state.generator === null;
  if (state.generator !== null) writeGenerator(state.generator);
}
