import { fromWords, toWords, type VariableSnapshot } from "../graph/variable.ts";
import type { Variable } from "../ops/variable.ts";
import { getRandomState, type RandomState, sourceFrom, withRandomSource } from "../random/global.ts";
import { arrayOf, type DType, type TensorData } from "../util/dtype.ts";
import { describe, fail, refuse, ShapeError, StateError } from "../util/errors.ts";
import { checkInteger } from "../util/names.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import { isPlainObject } from "../util/structure.ts";
import type { Trainer } from "./trainer.ts";

/** The values of one variable. */
export interface SavedTensor {
  /** The variable's path in its model: `dense/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: TensorData;
}

/** What is kept of an optimizer: `T` is a variable's values, or the variable. */
export interface OptimizerState<T = SavedTensor> {
  readonly className: string;
  /** Indices of the weights it has slots for, null before the first step; −1 for a variable that is none of the model's. */
  readonly served: readonly number[] | null;
  /** In the order of `optimizer.variables`: step counter, learning rate, slots. */
  readonly variables: readonly T[];
}

/**
 * All that training depends on, beside the model's layers and what `compile` was given. Plain objects and typed arrays,
 * so `structuredClone`, `postMessage` and IndexedDB take it as it is.
 */
export interface ModelState<T = SavedTensor> {
  /** In the order of `model.weights`. */
  readonly weights: readonly T[];
  /** States of the seed generators of layers, in the order of `model.variables`. */
  readonly seeds: readonly T[];
  /** Null for a model that is not compiled. */
  readonly optimizer: OptimizerState<T> | null;
  /** The generators of the order of samples (`numpy`), of default seeds (`python`) and of unseeded draws. */
  readonly random: RandomState;
  /** Number of the epoch to go on with: `fit(x, y, {initialEpoch: state.epoch, …})`. */
  readonly epoch: number;
}

/** The trainer's model, as far as its state is concerned. */
export interface StatefulModel {
  readonly name: string;
  readonly built: boolean;
  readonly weights: readonly Variable[];
  readonly variables: readonly Variable[];
}

/** States of seed generators: the variables that are no weights. */
export function seedsOf({ variables, weights }: StatefulModel): Variable[] {
  const known = new Set(weights);
  return variables.filter((variable) => !known.has(variable));
}

/** The state of a model with its variables themselves. */
export function liveState(model: StatefulModel, { compiled, random, epoch }: Trainer): ModelState<Variable> {
  const { weights } = model;
  const optimizer = compiled?.optimizer;
  return {
    weights,
    seeds: seedsOf(model),
    optimizer:
      optimizer === undefined
        ? null
        : {
            className: (optimizer.constructor as unknown as { className: string }).className,
            served: optimizer.built ? optimizer.served.map((variable) => weights.indexOf(variable)) : null,
            variables: optimizer.variables,
          },
    random: withRandomSource(random, getRandomState),
    epoch,
  };
}

/** The state of a model with the values of its variables made into something. */
export function mapState<A, B>(state: ModelState<A>, fn: (value: A) => B): ModelState<B> {
  const { weights, seeds, optimizer } = state;
  return {
    ...state,
    weights: weights.map(fn),
    seeds: seeds.map(fn),
    optimizer: optimizer && { ...optimizer, variables: optimizer.variables.map(fn) },
  };
}

/** A variable whose values stay readable as they are now, however it changes: nothing is copied until it does. */
export interface Held {
  readonly variable: Variable;
  readonly snapshot: VariableSnapshot;
}

/** Holds a variable's values; `release` them in the end. */
export function hold(variable: Variable): Held {
  return { variable, snapshot: variable.snapshot() };
}

export function release({ snapshot }: Held): void {
  snapshot.readers--;
}

/** A copy of the state of a model. */
export function readState(model: StatefulModel, trainer: Trainer): ModelState {
  return mapState(liveState(model, trainer), (variable) => {
    const { path: name, shape, dtype } = variable;
    return { name, shape: [...shape], dtype, data: fromWords(variable.words(), dtype) };
  });
}

/** Puts a model into a state, or throws and leaves it as it was. */
export function writeState(model: StatefulModel, trainer: Trainer, state: ModelState): void {
  const where = `model "${model.name}" setState`;
  if (!isPlainObject(state)) refuse(where, "state", "what getState() gave", state);
  const { weights, seeds, optimizer, random, epoch } = state;
  const writes = [
    ...pairUp(model.weights, weights, where, "weights", model.built),
    ...pairUp(seedsOf(model), seeds, where, "seeds", model.built),
  ];
  checkInteger(epoch, where, "epoch", 0);
  const source = sourceFrom(isPlainObject(random) ? random : refuse(where, "random", "an object", random));
  if (optimizer) writes.push(...optimizerWrites(model, trainer, optimizer, where));
  for (const [variable, data] of writes) variable.writeWords(toWords(data));
  trainer.goOn(epoch, source, optimizer?.served === null);
}

type Write = readonly [variable: Variable, data: TensorData];

/** Which variable gets which values: by position, of equal shape, and called alike in their layers. */
function pairUp(
  variables: readonly Variable[],
  saved: readonly SavedTensor[],
  where: string,
  what: string,
  built = true,
): Write[] {
  if (!Array.isArray(saved)) refuse(where, what, "an array", saved);
  if (saved.length !== variables.length) {
    const hint = built ? "" : "; the model is not built yet";
    fail(where, `${what}: expected ${variables.length} tensors, got ${saved.length}${hint}`);
  }
  return saved.map((given: SavedTensor, i) => {
    const variable = variables[i]!;
    const { path, shape, dtype } = variable;
    const { data, name } = given ?? {};
    const which = `${what}[${i}]: expected`;
    if (!Array.isArray(given?.shape) || !sameShape(given.shape, shape)) {
      fail(where, `${which} shape ${formatShape(shape)} of "${path}", got ${describe(given?.shape)}`, ShapeError);
    }
    if (data?.constructor !== arrayOf(dtype, 0).constructor || data.length !== variable.size) {
      fail(where, `${which} ${variable.size} values as ${dtype} for "${path}", got ${describe(data)}`);
    }
    if (what !== "optimizer" && lastPart(name) !== lastPart(path)) {
      fail(where, `${which} values of "${path}", got those of ${describe(name)}`);
    }
    return [variable, data];
  });
}

/** Names of layers are numbered by the process; what a variable is called in its layer is not. */
function lastPart(path: string): string {
  return String(path).split("/").at(-1)!;
}

function optimizerWrites(
  model: StatefulModel,
  trainer: Trainer,
  { className, served, variables }: OptimizerState,
  where: string,
): Write[] {
  const optimizer = trainer.compiled?.optimizer;
  const own = (optimizer?.constructor as { className?: string } | undefined)?.className;
  if (optimizer === undefined || own !== className) {
    fail(where, `optimizer: expected a model compiled with ${className}, got ${own ?? "one not compiled"}`, StateError);
  }
  const before = optimizer.built ? optimizer.served : null;
  const { weights } = model; // gathered anew each time
  const wanted = served?.map((i, slot) => (i < 0 ? before?.[slot] : weights[i])) ?? null;
  const same = before?.length === wanted?.length && wanted?.every((variable, i) => variable === before![i]);
  if (same === true) return pairUp(optimizer.variables, variables, where, "optimizer");
  if (wanted?.includes(undefined)) fail(where, "optimizer: expected slots of this model's weights only");
  const undo = optimizer.rebuild(wanted as Variable[] | null);
  try {
    return pairUp(optimizer.variables, variables, where, "optimizer");
  } catch (error) {
    undo();
    throw error;
  }
}
