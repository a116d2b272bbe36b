import type { CallbackHooks, HookResult, Logs } from "../callbacks/callback.ts";
import { CallbackList, isThenable } from "../callbacks/callback-list.ts";
import { History } from "../callbacks/history.ts";
import { withProgress } from "../callbacks/progbar-logger.ts";
import { Tensor } from "../ops/tensor.ts";
import { arrayOf } from "../util/dtype.ts";
import { fail, ShapeError } from "../util/errors.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { warn } from "../util/warn.ts";
import type { Compiled } from "./compiled.ts";
import { eventLoopGate } from "./event-loop.ts";
import { Feed } from "./feed.ts";
import type { DataLike } from "./host-data.ts";
import type { CheckedFitOptions, CheckedOptions, FitOptions } from "./options.ts";
import { type PreparedData, sliceData, withClassWeight } from "./prepare.ts";
import type { Mode, Trainer } from "./trainer.ts";

/**
 * The loops over batches. They are generators of what hooks return, so that `fit` can wait for it and let other tasks
 * have their turn, while `evaluate` and `predict` run through at once.
 */
type Loop<T> = Generator<HookResult, T>;

/** Runs a loop, waiting for promises and letting other tasks have their turn. */
export async function runWaiting<T>(loop: Loop<T>, signal: AbortSignal | undefined): Promise<T> {
  const pause = eventLoopGate();
  for (;;) {
    signal?.throwIfAborted();
    const step = loop.next();
    if (step.done === true) return step.value;
    const wait = isThenable(step.value) ? step.value : pause();
    if (wait !== undefined) await wait;
  }
}

/** Runs a loop through at once; a hook that returns a promise cannot be waited for here. */
export function runAtOnce<T>(loop: Loop<T>, call: string): T {
  for (;;) {
    const step = loop.next();
    if (step.done === true) return step.value;
    if (isThenable(step.value)) {
      step.value.then(undefined, () => {});
      fail(call, "callbacks: expected hooks that return nothing, got a promise; only `fit` waits for one");
    }
  }
}

const KINDS = { train: "Train", test: "Test", predict: "Predict" } as const;

/** The steps of one pass over the data. `take` gets what each gives, and makes the logs of the pass so far. */
function* pass(
  trainer: Trainer,
  mode: Mode,
  feed: Feed,
  callbacks: CallbackList,
  take: Taker,
  steps: number = feed.count,
): Loop<void> {
  const begin = `on${KINDS[mode]}BatchBegin` as const;
  const end = `on${KINDS[mode]}BatchEnd` as const;
  for (let step = 0; step < steps; step++) {
    if (!feed.hasMore) {
      return warn(`[fit] stepsPerEpoch: the data ran out with ${steps - step} steps of the epoch to go.`);
    }
    yield callbacks.call(begin, step, {});
    const arrays = feed.next();
    take.add(trainer.step(mode, feed, arrays), arrays[0]!.samples);
    yield callbacks.has(end) ? callbacks.call(end, step, take.logs()) : undefined;
    if (mode === "train" && trainer.model.stopTraining) return;
  }
}

/** What becomes of the results of steps. */
interface Taker {
  add(results: readonly Tensor[], samples: number): void;
  logs(): Logs;
}

/** Logs of a pass under way: losses as means over batches weighted by their size, metrics as last reported. */
class RunningLogs implements Taker {
  readonly #names: readonly string[];
  readonly #sums: number[];
  #samples = 0;
  #last: readonly number[] = [];

  constructor({ names, lossNames }: Compiled) {
    this.#names = names;
    this.#sums = lossNames.map(() => 0);
  }

  add(results: readonly Tensor[], samples: number): void {
    this.#last = results.map((result) => result.item());
    this.#samples += samples;
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! += this.#last[i]! * samples;
  }

  /** In the order of the names. */
  get values(): number[] {
    return this.#last.map((value, i) => (i < this.#sums.length ? this.#sums[i]! / this.#samples : value));
  }

  logs(): Logs {
    const { values } = this;
    return Object.fromEntries(this.#names.map((name, i) => [name, values[i]!]));
  }
}

function callbackList(
  { model }: Trainer,
  options: CheckedOptions,
  run: { steps: number; epochs?: number },
  last: readonly CallbackHooks[] = [],
): CallbackList {
  const { verbose, callbacks } = withProgress(options.verbose, options.callbacks);
  return new CallbackList([...callbacks, ...last], model, { epochs: 1, ...run, verbose });
}

/** Evaluates batch by batch. */
function* testPass(trainer: Trainer, feed: Feed, callbacks: CallbackList): Loop<RunningLogs> {
  const compiled = trainer.compiled!;
  compiled.reset();
  const running = new RunningLogs(compiled);
  yield callbacks.call("onTestBegin", {});
  yield* pass(trainer, "test", feed, callbacks, running);
  yield callbacks.call("onTestEnd", running.logs());
  return running;
}

/** The loop of `evaluate`: gives the numbers of `metricsNames`. */
export function* evaluate(trainer: Trainer, data: PreparedData, options: CheckedOptions): Loop<number[]> {
  const feed = new Feed(data, options.batchSize ?? 32);
  return (yield* testPass(trainer, feed, callbackList(trainer, options, { steps: feed.count }))).values;
}

/** The loop of `predict`: joins the flattened outputs of the batches along the first axis. */
export function* predict(trainer: Trainer, data: PreparedData, options: CheckedOptions): Loop<Tensor[]> {
  const feed = new Feed(data, options.batchSize ?? 32);
  const callbacks = callbackList(trainer, options, { steps: feed.count });
  const batches: (readonly Tensor[])[] = [];
  yield callbacks.call("onPredictBegin", {});
  yield* pass(trainer, "predict", feed, callbacks, { add: (outputs) => batches.push(outputs), logs: () => ({}) });
  yield callbacks.call("onPredictEnd", {});
  return batches[0]!.map((_, i) => joinRows(batches.map((outputs) => outputs[i]!)));
}

function joinRows(parts: readonly Tensor[]): Tensor {
  const first = parts[0]!;
  const row = first.shape.slice(1);
  for (const { rank, shape } of parts) {
    if (rank > 0 && sameShape(shape.slice(1), row)) continue;
    const shapes = `${formatShape(first.shape)} and ${formatShape(shape)}`;
    fail("predict", `outputs: expected rows of one shape to join, got ${shapes}`, ShapeError);
  }
  if (parts.length === 1) return first;
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
  x: DataLike,
  y: DataLike | undefined,
  given: FitOptions,
  options: CheckedFitOptions,
): Loop<History> {
  const { epochs, initialEpoch, stepsPerEpoch } = options;
  const { unbuilt, model } = trainer;
  const all = trainer.prepare(x, y, given.sampleWeight, "fit", "train");
  const [training, validation] = splitData(trainer, all, given, options);
  const data = withClassWeight(training, given.classWeight, "fit");
  const compiled = trainer.compiled!;
  const usual = stepsPerEpoch === undefined ? 32 : Math.ceil(data.samples / stepsPerEpoch);
  const feed = new Feed(data, options.batchSize ?? usual, options.shuffle, trainer.permute);
  const held = validation && new Feed(validation, options.validationBatchSize ?? feed.batchSize);
  if (unbuilt) feed.discardFirstDraws();
  const own = options.callbacks.find((callback) => callback instanceof History);
  const history = own ?? new History();
  const steps = stepsPerEpoch ?? feed.count;
  const callbacks = callbackList(trainer, options, { epochs, steps }, own === undefined ? [history] : []);
  model.stopTraining = false;
  let logs: Logs = {};
  trainer.epoch = initialEpoch;
  yield callbacks.call("onTrainBegin", {});
  // A callback that brought a saved state back sets where to go on.
  const first = trainer.epoch;
  for (let epoch = first; epoch < epochs; epoch++) {
    trainer.epoch = epoch;
    compiled.reset();
    yield callbacks.call("onEpochBegin", epoch, {});
    const running = new RunningLogs(compiled);
    if (stepsPerEpoch === undefined || epoch === first || !feed.hasMore) feed.begin();
    yield* pass(trainer, "train", feed, callbacks, running, steps);
    const trained = running.logs();
    logs = Object.fromEntries(
      Object.keys(trained)
        .sort()
        .map((name) => [name, trained[name]!]),
    );
    if (held !== undefined && options.validatesAfter(epoch)) {
      held.begin();
      const tested = yield* testPass(trainer, held, callbacks);
      for (const [name, value] of Object.entries(tested.logs())) logs[`val_${name}`] = value;
    }
    trainer.epoch = epoch + 1;
    yield callbacks.call("onEpochEnd", epoch, logs);
    if (model.stopTraining) break;
  }
  yield callbacks.call("onTrainEnd", logs);
  return history;
}

/** Training and validation data. The split takes the end of the data, before any shuffling. */
function splitData(
  trainer: Trainer,
  all: PreparedData,
  { validationData }: FitOptions,
  { validationSplit }: CheckedFitOptions,
): [training: PreparedData, validation?: PreparedData] {
  if (validationData !== undefined && validationData !== null) {
    if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
      fail("fit", "validationData: expected [x, y] or [x, y, sampleWeight]");
    }
    const [x, y, weights] = validationData;
    return [all, trainer.prepare(x, y, weights, "fit validationData", "test")];
  }
  if (validationSplit === 0) return [all];
  const at = Math.floor(all.samples * (1 - validationSplit));
  if (at === 0 || at === all.samples) {
    const wanted = `a share that leaves samples on both sides of ${all.samples}`;
    fail("fit", `validationSplit: expected ${wanted}, got ${validationSplit}`);
  }
  return [sliceData(all, 0, at), sliceData(all, at, all.samples)];
}
