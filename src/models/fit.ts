import type { HookResult } from "../callbacks/callback.ts";
import { CallbackList, checkCallbacks, isThenable } from "../callbacks/callback-list.ts";
import { History } from "../callbacks/history.ts";
import { ProgressLogger } from "../callbacks/progress-logger.ts";
import { findTerminal } from "../callbacks/terminal.ts";
import { ValueError } from "../util/errors.ts";
import { Batches } from "./batches.ts";
import { evaluate } from "./evaluate.ts";
import { EventLoopGate } from "./event-loop.ts";
import type { DataLike } from "./host-data.ts";
import { type CheckedFitOptions, checkFitOptions, type FitOptions } from "./options.ts";
import { withClassWeight } from "./prepare.ts";
import type { PreparedData } from "./prepared-data.ts";
import { RunningLogs } from "./running-logs.ts";
import { ShuffledFeed } from "./shuffled-feed.ts";
import type { Trainer } from "./trainer.ts";

/** Everything a run of `fit` needs, checked. */
interface FitRun {
  readonly trainer: Trainer;
  readonly options: CheckedFitOptions;
  readonly data: PreparedData;
  readonly validation: PreparedData | undefined;
  readonly batches: Batches;
  readonly feed: ShuffledFeed;
  readonly steps: number;
  readonly callbacks: CallbackList;
  readonly gate: EventLoopGate;
  readonly signal: AbortSignal | undefined;
}

/** Trains for some epochs. Whatever throws, the model is as after the last finished step. */
export async function fit(trainer: Trainer, x: DataLike, y: DataLike | undefined, given: FitOptions): Promise<History> {
  const { run, history } = prepareRun(trainer, x, y, given);
  const { callbacks, options } = run;
  trainer.model.stopTraining = false;
  await callbacks.call("onTrainBegin", {});
  let logs: Record<string, number> = {};
  for (let epoch = options.initialEpoch; epoch < options.epochs; epoch++) {
    logs = await runEpoch(run, epoch);
    if (trainer.model.stopTraining) break;
  }
  await callbacks.call("onTrainEnd", logs);
  return history;
}

function prepareRun(
  trainer: Trainer,
  x: DataLike,
  y: DataLike | undefined,
  given: FitOptions,
): { run: FitRun; history: History } {
  const options = checkFitOptions(given);
  trainer.compiled("fit");
  const userCallbacks = checkCallbacks(given.callbacks, "fit");
  given.signal?.throwIfAborted();
  const unbuilt = trainer.unbuilt;
  const all = trainer.prepare(x, y, given.sampleWeight, "fit", "train");
  const { training, validation } = splitData(trainer, all, given, options);
  const data = withClassWeight(training, given.classWeight, "fit");
  const batches = new Batches(data.arrays, data.samples, batchSizeFor(data.samples, options));
  const feed = new ShuffledFeed(batches, options.shuffle);
  if (unbuilt) feed.discardFirstDraws();
  const steps = options.stepsPerEpoch ?? batches.count;
  const history = userCallbacks.find((callback) => callback instanceof History) ?? new History();
  const verbose = resolveVerbose(options.verbose);
  const extra = userCallbacks.includes(history) ? [] : [history];
  const params = { epochs: options.epochs, steps, verbose };
  const list = new CallbackList([...userCallbacks, ...progress(verbose), ...extra], trainer.model, params);
  const shared = { trainer, options, data, validation, batches, feed, steps, signal: given.signal };
  return { run: { ...shared, callbacks: list, gate: new EventLoopGate() }, history: history as History };
}

/** Training and validation data. The split takes the end of the data, before any shuffling. */
function splitData(
  trainer: Trainer,
  all: PreparedData,
  given: FitOptions,
  options: CheckedFitOptions,
): { training: PreparedData; validation: PreparedData | undefined } {
  const { validationData } = given;
  if (validationData !== undefined && validationData !== null) {
    if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
      throw new ValueError("[fit] validationData: expected [x, y] or [x, y, sampleWeight].");
    }
    const [x, y, weights] = validationData as readonly unknown[];
    return { training: all, validation: trainer.prepare(x, y, weights, "fit validationData", "test") };
  }
  if (options.validationSplit === 0) return { training: all, validation: undefined };
  const at = Math.floor(all.samples * (1 - options.validationSplit));
  if (at === 0 || at === all.samples) {
    throw new ValueError(
      `[fit] validationSplit: expected a share that leaves samples on both sides of ${all.samples}, ` +
        `got ${options.validationSplit}.`,
    );
  }
  return { training: all.slice(0, at), validation: all.slice(at, all.samples) };
}

function batchSizeFor(samples: number, { batchSize, stepsPerEpoch }: CheckedFitOptions): number {
  if (batchSize !== undefined) return batchSize;
  return stepsPerEpoch === undefined ? 32 : Math.ceil(samples / stepsPerEpoch);
}

function resolveVerbose(verbose: CheckedFitOptions["verbose"]): 0 | 1 | 2 {
  if (verbose !== "auto") return verbose;
  return findTerminal()?.interactive === true ? 1 : 0;
}

function progress(verbose: 0 | 1 | 2): ProgressLogger[] {
  const terminal = verbose === 0 ? undefined : findTerminal();
  return verbose === 0 || terminal === undefined ? [] : [new ProgressLogger(terminal, verbose)];
}

async function runEpoch(run: FitRun, epoch: number): Promise<Record<string, number>> {
  const { trainer, callbacks, options } = run;
  trainer.compiled("fit").metrics.reset();
  await callbacks.call("onEpochBegin", epoch, {});
  const running = new RunningLogs(trainer.metricsNames, trainer.lossCount);
  await trainSteps(run, running);
  const logs = running.sortedLogs();
  if (run.validation !== undefined && options.validatesAfter(epoch)) {
    Object.assign(logs, (await validate(run, run.validation)).logs("val_"));
  }
  await callbacks.call("onEpochEnd", epoch, logs);
  return logs;
}

async function trainSteps(run: FitRun, running: RunningLogs): Promise<void> {
  const { trainer, callbacks, data, feed, gate, signal, options } = run;
  feed.beginEpoch(options.stepsPerEpoch !== undefined);
  for (let step = 0; step < run.steps && feed.hasMore(run.steps - step); step++) {
    signal?.throwIfAborted();
    const begun = callbacks.call("onTrainBatchBegin", step, {});
    if (isThenable(begun)) await begun;
    const { arrays, samples } = feed.next();
    running.add(trainer.runStep("train", data, arrays, "fit"), samples);
    if (callbacks.has("onTrainBatchEnd")) {
      const ended = callbacks.call("onTrainBatchEnd", step, running.logs());
      if (isThenable(ended)) await ended;
    }
    const pause = gate.pause();
    if (pause !== undefined) await pause;
    if (trainer.model.stopTraining) return;
  }
}

async function validate(run: FitRun, data: PreparedData): Promise<RunningLogs> {
  const batchSize = run.options.validationBatchSize ?? run.batches.batchSize;
  const evaluation = evaluate(run.trainer, data, { batchSize, callbacks: run.callbacks, call: "fit" });
  return finishAsync(evaluation, run.gate, run.signal);
}

/** Runs a generator of hook results, waiting for promises and letting other tasks have their turn. */
async function finishAsync<T>(
  steps: Generator<HookResult, T>,
  gate: EventLoopGate,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const step = steps.next();
    if (step.done === true) return step.value;
    if (isThenable(step.value)) await step.value;
    const pause = gate.pause();
    if (pause !== undefined) await pause;
  }
}
