import type { CallbackHooks, CallbackModel, HookResult, Logs } from "../callbacks/callback.ts";
import { refuse } from "../util/errors.ts";
import { checkTarget, type FilePath, fileIn, isPath, makeFolder, withFiles } from "../util/files.ts";
import { count, flag, type Settled, settle } from "../util/settle.ts";
import { header, histogram, type Summary, scalar, summaries } from "./events.ts";
import { join } from "./protobuf.ts";

/** Takes the bytes that are to be appended to a file, which is named by its path below `logDir`. */
export interface FileSink {
  write(bytes: Uint8Array, file: string): HookResult;
}

/** What TensorBoard takes. */
export interface TensorBoardOptions {
  /** The folder that `tensorboard --logdir` is to be given, or a sink. Default "logs". */
  readonly logDir?: FilePath | FileSink | undefined;
  /** Write histograms of all weights after every so many epochs, from the first on. Default 0: never. */
  readonly histogramFreq?: number | undefined;
  /** "epoch" (default): logs of epochs only; "batch" or a number: besides, those of every so many batches. */
  readonly updateFreq?: "epoch" | "batch" | number | undefined;
  /** Write the training steps done in a second, for epochs and for batches as `updateFreq` says. Default false. */
  readonly writeStepsPerSecond?: boolean | undefined;
}

const NAME = "TensorBoard";

/** Bytes that wait before they are written within an epoch. */
const WAITING = 2 ** 16;

/** An event file that grows. */
interface EventFile {
  readonly name: string;
  readonly waiting: Uint8Array[];
}

/** The logs that are numbers: a vector is no scalar summary. */
function numbersOf(logs: Logs): [name: string, value: number][] {
  return Object.entries(logs).filter(([, value]) => typeof value === "number");
}

/**
 * Writes event files that TensorBoard shows: under `logDir/train` and `logDir/validation` the scalars `epoch_loss` and so on
 * by epoch (from 0), `epoch_learning_rate`, `batch_loss` and so on by batch (from 1), `evaluation_loss_vs_iterations` by the
 * optimizer's steps, and histograms of weights under `<path of the weight>/histogram`. Names and steps as in Keras 3.15.1.
 *
 * It extends no class, so that this entry holds nothing of the core.
 */
export class TensorBoard implements CallbackHooks {
  static readonly className: string = NAME;
  readonly options: Settled<TensorBoardOptions>;
  readonly #every: number;
  #model: CallbackModel | undefined;
  #files: Map<string, EventFile> = new Map();
  #batches = 0;
  #batchStart = 0;
  #epochStart = 0;
  #epochIterations = 0;
  onTrainBatchBegin?: () => void;
  onTrainBatchEnd?: (batch: number, logs: Logs) => HookResult;

  constructor(options: TensorBoardOptions = {}) {
    this.options = settle<TensorBoardOptions>(NAME, options, {
      logDir: ["logs", checkTarget],
      histogramFreq: [0, count],
      updateFreq: ["epoch", checkUpdates],
      writeStepsPerSecond: [false, flag],
    });
    const { updateFreq } = this.options;
    this.#every = updateFreq === "batch" ? 1 : Number(updateFreq);
    if (updateFreq === "epoch") return;
    this.onTrainBatchBegin = () => {
      this.#batchStart = seconds();
    };
    // Only where it is wanted: reading the logs of each batch has a price.
    this.onTrainBatchEnd = (_batch, logs) => this.#batchEnd(logs);
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
    this.#files = new Map();
  }

  onTrainBegin(): void {
    this.#batches = 0;
  }

  onEpochBegin(): void {
    this.#epochStart = seconds();
    this.#epochIterations = this.#iterations;
  }

  #batchEnd(logs: Logs): HookResult {
    if (++this.#batches % this.#every !== 0) return;
    const written = numbersOf(logs).map(([name, value]) => scalar(`batch_${name}`, value));
    if (this.options.writeStepsPerSecond) {
      written.unshift(scalar("batch_steps_per_second", 1 / (seconds() - this.#batchStart)));
    }
    if (this.#add("train", this.#batches, written) > WAITING) return this.#flush();
  }

  onTestEnd(logs: Logs): HookResult {
    if (!this.#model?.optimizer) return;
    const written = numbersOf(logs).map(([name, value]) => scalar(`evaluation_${name}_vs_iterations`, value));
    this.#add("validation", this.#iterations, written);
    return this.#flush();
  }

  onEpochEnd(epoch: number, logs: Logs): HookResult {
    const [train, validation]: [Summary[], Summary[]] = [[], []];
    for (const [name, value] of numbersOf(logs)) {
      if (name.startsWith("val_")) validation.push(scalar(`epoch_${name.slice(4)}`, value));
      else if (name !== "learning_rate") train.push(scalar(`epoch_${name}`, value));
    }
    const rate = this.#model?.optimizer?.learningRate;
    if (rate !== undefined) train.push(scalar("epoch_learning_rate", rate));
    if (this.options.writeStepsPerSecond) {
      const steps = this.#iterations - this.#epochIterations;
      train.push(scalar("epoch_steps_per_second", steps / (seconds() - this.#epochStart)));
    }
    const { histogramFreq } = this.options;
    if (histogramFreq > 0 && epoch % histogramFreq === 0) train.push(...this.#histograms());
    this.#add("train", epoch, train);
    this.#add("validation", epoch, validation);
    return this.#flush();
  }

  onTrainEnd(): HookResult {
    return this.#flush();
  }

  /** What an interrupted run has logged is worth keeping. */
  onInterrupt(): void {
    Promise.resolve(this.#flush()).catch(() => {});
  }

  get #iterations(): number {
    return this.#model?.optimizer?.iterations ?? 0;
  }

  #histograms(): Summary[] {
    const weights = new Set(this.#model!.layers.flatMap((layer) => layer.weights));
    return [...weights].map((weight) => histogram(`${weight.path}/histogram`, weight.readSync()));
  }

  /** Puts summaries into a run's file; the bytes that wait there. */
  #add(run: string, step: number, values: readonly Summary[]): number {
    if (values.length === 0) return 0;
    const now = Date.now() / 1000;
    let file = this.#files.get(run);
    if (file === undefined) {
      // TensorBoard reads files in the order of their names; runs of several processes must not share one.
      const unique = `${now.toFixed(3)}.hornbeam.${Math.random().toString(36).slice(2, 12)}`;
      file = { name: `${run}/events.out.tfevents.${unique}.v2`, waiting: [header(now)] };
      this.#files.set(run, file);
    }
    file.waiting.push(summaries(now, step, values));
    return file.waiting.reduce((sum, { length }) => sum + length, 0);
  }

  #flush(): HookResult {
    const full = [...this.#files.values()].filter(({ waiting }) => waiting.length > 0);
    const waits = full.map((file) => this.#write(join(file.waiting.splice(0)), file.name));
    if (waits.some((wait) => wait !== undefined)) return Promise.all(waits).then(() => {});
  }

  #write(bytes: Uint8Array, file: string): HookResult {
    const { logDir } = this.options;
    if (!isPath(logDir)) return logDir.write(bytes, file);
    const path = fileIn(logDir, file);
    return withFiles(NAME, (files) => {
      makeFolder(files, path);
      files.appendFileSync(path, bytes);
    });
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

function checkUpdates(value: unknown, where: string, argument: string): unknown {
  if (value === "epoch" || value === "batch" || (Number.isInteger(value) && (value as number) > 0)) return value;
  return refuse(where, argument, '"epoch", "batch" or a number of batches', value);
}
