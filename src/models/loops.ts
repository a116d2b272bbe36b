import type { CallbackHooks, Logs, PredictLogs } from "../callbacks/callback.ts";
import { CallbackList, isThenable } from "../callbacks/callback-list.ts";
import { History } from "../callbacks/history.ts";
import { withProgress } from "../callbacks/progbar-logger.ts";
import { Tensor } from "../ops/tensor.ts";
import { arrayOf } from "../util/dtype.ts";
import { fail, ShapeError, ValueError } from "../util/errors.ts";
import { settings } from "../util/settings.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { flattenStructure, packStructure, type Structure } from "../util/structure.ts";
import { warn } from "../util/warn.ts";
import { type AnyData, IterableFeed, isBatches, refuseBeside } from "./batches.ts";
import { type Batch, type BatchSource, feedOf } from "./feed.ts";
import type { DataLike } from "./host-data.ts";
import type { CheckedFitOptions, CheckedOptions, FitOptions } from "./options.ts";
import { type PreparedData, sliceData, withClassWeight } from "./prepare.ts";
import type { Mode, StepResult } from "./steps.ts";
import type { Results, Trainer } from "./trainer.ts";

/**
 * The loops over batches. They are generators of what must be waited for (hooks, data, other tasks, a pause), so that
 * `fit` can wait while `evaluate` and `predict` run through at once where nothing has to be waited for.
 */
export type Loop<T> = Generator<unknown, T, unknown>;

/** What is to be waited for before the next step, if anything; throws when the run is aborted. */
type Pace = () => Promise<void> | undefined;

/** Runs a loop, waiting for promises. An abort is thrown into the loop wherever it waits. */
export async function runWaiting<T>(loop: Loop<T>, signal?: AbortSignal): Promise<T> {
  let step = loop.next();
  while (step.done !== true) {
    let value: unknown = step.value;
    try {
      if (isThenable(value)) value = await orAborted(value, signal);
    } catch (error) {
      step = loop.throw(error);
      continue;
    }
    step = loop.next(value);
  }
  return step.value;
}

function orAborted(promise: PromiseLike<unknown>, signal: AbortSignal | undefined): PromiseLike<unknown> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const settled = (): void => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).then(settled);
  });
}

/** Runs a loop through at once; what returns a promise cannot be waited for here. */
export function runAtOnce<T>(loop: Loop<T>, call: string): T {
  let step = loop.next();
  while (step.done !== true) {
    const { value } = step;
    if (isThenable(value)) {
      value.then(undefined, () => {});
      const expected = "expected hooks that return nothing and batches that come at once, got a promise";
      step = loop.throw(new ValueError(`[${call}] callbacks: ${expected}; only \`fit\` and async data wait for one.`));
    } else step = loop.next(value);
  }
  return step.value;
}

const KINDS = { train: "Train", test: "Test", predict: "Predict" } as const;

/** One pass over the data. */
interface Pass {
  readonly trainer: Trainer;
  readonly mode: Mode;
  readonly source: BatchSource;
  /** Steps asked for; without, the pass goes on for as long as there are data. */
  readonly steps: number | undefined;
  readonly callbacks: CallbackList;
  readonly pace?: Pace | undefined;
  /** Takes what a step gave. */
  take(result: StepResult): void;
  /** What the end hook of a batch gets. */
  logs(): Logs | PredictLogs;
}

/** The steps of a pass. */
function* runPass({ trainer, mode, source, steps, callbacks, pace, take, logs }: Pass): Loop<void> {
  const begin = `on${KINDS[mode]}BatchBegin` as const;
  const end = `on${KINDS[mode]}BatchEnd` as const;
  const size = trainer.compiled?.stepsPerExecution ?? 1;
  for (let step = 0; steps === undefined || step < steps; step += size) {
    let batch = source.next();
    if (isThenable(batch)) batch = yield* arriving(batch);
    if (batch === undefined && step === 0) {
      // An epoch of so many steps has taken the last batch: this one starts anew.
      source.begin();
      batch = yield* arriving(source.next());
    }
    if (batch === undefined) return source.ended(step, steps);
    if (callbacks.has(begin)) yield callbacks.call(begin, step, {});
    for (let i = 1; batch !== undefined; i++) {
      for (let wait = pace?.(); wait !== undefined; wait = pace?.()) yield wait;
      try {
        take(trainer.step(mode, batch as Batch));
      } catch (error) {
        // What level 5 finds needs to be found again.
        if (settings().debug > 4 && error instanceof ValueError) {
          error.message += `\n  in ${mode} step ${step + i - 1} of epoch ${trainer.epoch}`;
        }
        throw error;
      }
      batch = i < size ? yield* arriving(source.next()) : undefined;
    }
    if (callbacks.has(end)) yield callbacks.call(end, step + size - 1, logs());
    if (mode === "train" && trainer.model.stopTraining) return;
  }
}

function* arriving(batch: ReturnType<BatchSource["next"]>): Loop<Batch | undefined> {
  return (isThenable(batch) ? yield batch : batch) as Batch | undefined;
}

/** Logs of a pass under way: what the last step gave, since losses and metrics count from the pass's beginning. */
class LastLogs {
  #names: readonly string[] = [];
  #numbers: readonly number[] = [];

  readonly take = (result: StepResult): void => {
    this.#names = result.names;
    this.#numbers = result.numbers();
  };

  readonly logs = (): Logs => Object.fromEntries(this.#names.map((name, i) => [name, this.#numbers[i]!]));

  results(trainer: Trainer, returnDict: boolean): Results {
    return trainer.results(this.#names, this.#numbers, returnDict);
  }
}

function callbackList(
  { model }: Trainer,
  options: CheckedOptions,
  run: { steps: number | undefined; epochs?: number },
  last: readonly CallbackHooks[] = [],
): CallbackList {
  const { verbose, callbacks } = withProgress(options.verbose, options.callbacks);
  return new CallbackList([...callbacks, ...last], model, { epochs: 1, ...run, verbose });
}

/** Evaluates batch by batch. */
function* testPass(pass: Omit<Pass, "mode" | "take" | "logs">): Loop<LastLogs> {
  const { trainer, callbacks } = pass;
  const last = new LastLogs();
  yield callbacks.call("onTestBegin", {});
  trainer.reset();
  yield* runPass({ ...pass, mode: "test", take: last.take, logs: last.logs });
  yield callbacks.call("onTestEnd", last.logs());
  return last;
}

/** The loop of `evaluate`. */
export function* evaluate(trainer: Trainer, source: BatchSource, options: CheckedOptions): Loop<Results> {
  const { steps, returnDict } = options;
  let callbacks: CallbackList | undefined;
  try {
    yield source.peek?.();
    callbacks = callbackList(trainer, options, { steps: steps ?? source.count });
    const last = yield* testPass({ trainer, source, steps, callbacks });
    return last.results(trainer, returnDict);
  } catch (error) {
    callbacks?.interrupt();
    throw error;
  } finally {
    source.close();
  }
}

/** The loop of `predict`: joins the outputs of the batches along the first axis. */
export function* predict(trainer: Trainer, source: BatchSource, options: CheckedOptions): Loop<Structure<Tensor>> {
  const { steps } = options;
  let callbacks: CallbackList | undefined;
  try {
    yield source.peek?.();
    callbacks = callbackList(trainer, options, { steps: steps ?? source.count });
    const batches: Structure<Tensor>[] = [];
    let told = 0;
    const take = (result: StepResult): void => void batches.push(result.structure());
    const logs = (): PredictLogs => {
      const outputs = joinBatches(batches.slice(told));
      told = batches.length;
      return { outputs };
    };
    yield callbacks.call("onPredictBegin", {});
    yield* runPass({ trainer, mode: "predict", source, steps, callbacks, take, logs });
    yield callbacks.call("onPredictEnd", {});
    return joinBatches(batches);
  } catch (error) {
    callbacks?.interrupt();
    throw error;
  } finally {
    source.close();
  }
}

function joinBatches(batches: readonly Structure<Tensor>[]): Structure<Tensor> {
  if (batches.length === 1) return batches[0]!;
  const flat = batches.map((batch) => flattenStructure(batch));
  const joined = flat[0]!.map((_, i) => joinRows(flat.map((outputs) => outputs[i]!)));
  return packStructure(batches[0]!, joined);
}

function joinRows(parts: readonly Tensor[]): Tensor {
  const first = parts[0]!;
  const row = first.shape.slice(1);
  for (const { rank, shape } of parts) {
    if (rank > 0 && sameShape(shape.slice(1), row)) continue;
    const shapes = `${formatShape(first.shape)} and ${formatShape(shape)}`;
    fail("predict", `outputs: expected rows of one shape to join, got ${shapes}`, ShapeError);
  }
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const data = arrayOf(first.dtype, rows * sizeOf(row));
  let at = 0;
  for (const part of parts) {
    data.set(part.hostData(), at);
    at += part.size;
  }
  return new Tensor([rows, ...row], first.dtype, data);
}

/** The loop of `fit`: trains for some epochs. Whatever throws, the model is as after the last finished step. */
export function* fit(
  trainer: Trainer,
  x: AnyData,
  y: DataLike | null | undefined,
  given: FitOptions,
  options: CheckedFitOptions,
  pace: Pace,
): Loop<History> {
  const { epochs, initialEpoch, steps, validationSteps } = options;
  pace();
  const { unbuilt, model } = trainer;
  const [source, held] = sourcesOf(trainer, x, y, given, options);
  let callbacks: CallbackList | undefined;
  try {
    if (unbuilt) source.discardFirstDraws?.();
    yield source.peek?.();
    const own = options.callbacks.find((callback) => callback instanceof History);
    const history = own ?? new History();
    const run = { epochs, steps: steps ?? source.count };
    callbacks = callbackList(trainer, options, run, own === undefined ? [history] : []);
    const last = new LastLogs();
    const training = {
      trainer,
      callbacks,
      pace,
      source,
      steps,
      mode: "train",
      take: last.take,
      logs: last.logs,
    } as const;
    model.stopTraining = false;
    let logs: Logs = {};
    trainer.epoch = initialEpoch;
    yield callbacks.call("onTrainBegin", {});
    // A callback that brought a saved state back sets where to go on.
    const first = trainer.epoch;
    for (let epoch = first; epoch < epochs; epoch++) {
      trainer.epoch = epoch;
      trainer.reset();
      yield callbacks.call("onEpochBegin", epoch, {});
      if (steps === undefined || epoch === first) source.begin(epoch);
      yield* runPass(training);
      logs = last.logs();
      if (held !== undefined && options.validatesAfter(epoch)) {
        held.begin();
        const tested = yield* testPass({ trainer, callbacks, pace, source: held, steps: validationSteps });
        for (const [name, value] of Object.entries(tested.logs())) logs[`val_${name}`] = value;
        logs = sortedByName(logs);
      }
      trainer.epoch = epoch + 1;
      yield callbacks.call("onEpochEnd", epoch, logs);
      if (model.stopTraining) break;
    }
    if (epochs > 0) trainer.compiled?.optimizer.finalizeVariableValues(model.trainableVariables);
    yield callbacks.call("onTrainEnd", logs);
    return history;
  } catch (error) {
    callbacks?.interrupt();
    throw error;
  } finally {
    source.close();
    held?.close();
  }
}

function sortedByName(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Training data, and validation data if there are any. A split takes the end of the data, before any shuffling. */
function sourcesOf(
  trainer: Trainer,
  x: AnyData,
  y: DataLike | null | undefined,
  given: FitOptions,
  options: CheckedFitOptions,
): [training: BatchSource, validation?: BatchSource] {
  const { validationData, sampleWeight, classWeight, shuffle } = given;
  const { batchSize, steps, validationSplit, validationSteps } = options;
  const withWeights = (data: PreparedData, call: string): PreparedData => withClassWeight(data, classWeight, call);
  const split = (validationData ?? undefined) === undefined ? validationSplit : 0;
  const held = (data: PreparedData) => feedOf(data, options.validationBatchSize ?? batchSize, validationSteps);
  let source: BatchSource;
  if (isBatches(x)) {
    refuseBeside("fit", { y, sampleWeight, batchSize, validationSplit: split || undefined });
    if (shuffle) warn("[fit] shuffle: ignored, as the batches come from an iterable; shuffle there.");
    const prepare = (x: unknown, y: unknown, weights: unknown, call: string): PreparedData =>
      withWeights(trainer.prepare(x, y, weights, call, "train"), call);
    const batches = new IterableFeed(x, "fit", prepare, options.initialEpoch);
    if (batches.once && steps === undefined && options.epochs - options.initialEpoch > 1) {
      fail(
        "fit",
        "x: expected data for several epochs, got an iterator under way, which can be walked through once; give the function that makes it",
      );
    }
    source = batches;
  } else {
    const all = trainer.prepare(x, y, sampleWeight, "fit", "train");
    const at = split === 0 ? all.samples : Math.floor(all.samples * (1 - split));
    if (split !== 0 && (at === 0 || at === all.samples)) {
      const wanted = `a share that leaves samples on both sides of ${all.samples}`;
      fail("fit", `validationSplit: expected ${wanted}, got ${split}`);
    }
    const training = withWeights(split === 0 ? all : sliceData(all, 0, at), "fit");
    source = feedOf(training, batchSize, steps, options.shuffle, trainer.permute);
    if (split !== 0) return [source, held(sliceData(all, at, all.samples))];
  }
  if ((validationData ?? undefined) === undefined) return [source];
  const call = "fit validationData";
  if (isBatches(validationData)) {
    return [source, new IterableFeed(validationData, call, (...parts) => trainer.prepare(...parts, "test"))];
  }
  if (!Array.isArray(validationData) || validationData.length < 1 || validationData.length > 3) {
    fail("fit", "validationData: expected [x, y], [x, y, sampleWeight] or an iterable of batches");
  }
  const [valX, valY, weights] = validationData;
  return [source, held(trainer.prepare(valX, valY, weights, call, "test"))];
}
