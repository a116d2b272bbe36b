import { tensor } from "../ops/creation.ts";
import { seedScramble } from "../ops/index.ts";
import { isInferringShapes } from "../ops/scopes.ts";
import type { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import type { StreamStates } from "./streams.ts";
import {
  checkSeed,
  drawDefaultSeed,
  getStreamStates,
  peekDefaultSeed,
  RandomSource,
  randomSource,
  seedStreams,
  setStreamStates,
  withRandomSource,
} from "./streams.ts";

export { drawDefaultSeed, globalPermutation, type RandomSource, withRandomSource } from "./streams.ts";

/** All that unseeded randomness depends on, for saving and going on. */
export interface RandomState extends StreamStates {
  /** State of the generator behind unseeded `random.*`; null when it has not been used since the last seed. */
  generator: readonly [number, number] | null;
}

/**
 * Makes all that follows repeatable: default seeds of layers and initializers, the order of samples in `fit`, and unseeded
 * `random.*`. The numbers are those of Keras on JAX after `keras.utils.set_random_seed(seed)`.
 * Existing layers keep their seeds.
 */
export function setRandomSeed(seed: number): void {
  seedStreams(checkSeed(seed, "setRandomSeed"));
  presetGenerator();
}

/** Leaves the generator to draw its seed; a function compiled earlier uses it without passing by here. */
function presetGenerator(): void {
  const source = randomSource();
  source.seeded = false;
  if (source.generator === undefined) return;
  source.preset = peekDefaultSeed();
  source.generator.writeWords(new Uint32Array([source.preset, 0]));
}

/** The key of one unseeded draw; the generator moves on, inside a trace at each call of the traced function. */
export function nextGlobalKey(): Tensor {
  if (isInferringShapes()) return tensor(new Uint32Array(2));
  const source = randomSource();
  if (!source.used) writeGenerator([drawDefaultSeed(), 0]);
  source.seeded = true;
  const state = source.generator!;
  const key = state.value();
  state.assign(seedScramble(key));
  return key;
}

function writeGenerator(words: readonly [number, number]): void {
  const source = randomSource();
  const state = new Uint32Array(words);
  if (source.generator !== undefined) source.generator.writeWords(state);
  else source.generator = new Variable(state, { name: "global_seed_generator_state", trainable: false });
}

/** The present state, as plain data. */
export function getRandomState(): RandomState {
  const { generator, used } = randomSource();
  const [first, second] = used ? generator!.readSync() : [];
  return { ...getStreamStates(), generator: first === undefined ? null : [first, second!] };
}

/** Goes on from a state got earlier. */
export function setRandomState(state: RandomState): void {
  const { generator } = state;
  if (generator !== null && generator?.length !== 2)
    refuse("random state", "generator", "two numbers or null", generator);
  setStreamStates(state);
  if (generator === null) presetGenerator();
  else {
    writeGenerator(generator);
    randomSource().seeded = true;
  }
}

/** A source of its own that goes on from a state. */
export function sourceFrom(state: RandomState): RandomSource {
  const source = new RandomSource();
  withRandomSource(source, () => setRandomState(state));
  return source;
}
