import { checkTarget, type FilePath, isPath, makeFolder, type Sink, withFiles } from "../util/files.ts";
import { flag, numberOrNone, settle } from "../util/settle.ts";
import type { HookResult, Logs } from "./callback.ts";
import { formatNumber, formatPath } from "./format-path.ts";
import { checkFrequency, everyBatches, type Frequency } from "./frequency.ts";
import { MONITOR, MonitorCallback, type MonitorOptions } from "./monitor.ts";

/** What ModelCheckpoint takes. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * Path or URL of the file, in which `{epoch:02d}`, `{batch}` and `{val_loss:.2f}` stand for the epoch and batch (from 1)
   * and the logs; or a sink, which is given each file as a whole.
   */
  readonly filepath: FilePath | Sink<Uint8Array>;
  /** Save only when the number watched is the best so far. Default false. */
  readonly saveBestOnly?: boolean | undefined;
  /** Save with `model.saveWeights` instead of `model.save`. Default false. */
  readonly saveWeightsOnly?: boolean | undefined;
  /** "epoch" (default): at the end of each epoch; a number: after that many batches. */
  readonly saveFreq?: Frequency | undefined;
  /** With `saveBestOnly`: what the first has to be better than. Default: nothing. */
  readonly initialValueThreshold?: number | null | undefined;
}

const NAME = "ModelCheckpoint";

/** Saves the model, or its weights, while it is trained. Folders are made. Keras 3.15.1's rule; any suffix will do. */
export class ModelCheckpoint extends MonitorCallback<ModelCheckpointOptions> {
  static override readonly className: string = NAME;
  #epoch = 0;
  readonly #due: (batch: number) => boolean;

  constructor(options: ModelCheckpointOptions) {
    const settled = settle<ModelCheckpointOptions>(NAME, options, {
      ...MONITOR,
      filepath: [undefined, checkTarget],
      saveBestOnly: [false, flag],
      saveWeightsOnly: [false, flag],
      saveFreq: ["epoch", checkFrequency],
      initialValueThreshold: [null, numberOrNone],
    });
    super(settled);
    this.best = settled.initialValueThreshold;
    this.#due = everyBatches(settled.saveFreq);
    // Reading the logs of each batch has a price.
    if (settled.saveFreq !== "epoch") this.onTrainBatchEnd = this.#afterBatch;
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  #afterBatch(batch: number, logs: Logs): HookResult {
    if (this.#due(batch)) return this.#save(logs, { batch: batch + 1, ...logs });
  }

  override onEpochEnd(_epoch: number, logs: Logs): HookResult {
    if (this.options.saveFreq === "epoch") return this.#save(logs, logs);
  }

  #save(logs: Logs, values: Logs): HookResult {
    const { filepath } = this.options;
    const epoch = this.#epoch + 1;
    const target = fill(filepath, { epoch, ...values });
    const shown = isPath(target) ? String(target) : "the sink";
    if (this.#wanted(logs, `Epoch ${epoch}`, shown)) return this.#write(target, `Epoch ${epoch}`, shown);
  }

  async #write(target: FilePath | Sink<Uint8Array>, when: string, shown: string): Promise<void> {
    if (isPath(target)) await withFiles(NAME, (files) => makeFolder(files, target));
    await (this.options.saveWeightsOnly ? this.model.saveWeights(target) : this.model.save(target));
    this.say(`\n${when}: finished saving model to ${shown}`);
  }

  #wanted(logs: Logs, when: string, shown: string): boolean {
    const { monitor, saveBestOnly } = this.options;
    if (!saveBestOnly) {
      this.say(`\n${when}: saving model to ${shown}`);
      return true;
    }
    this.resolveMode(NAME);
    const current = this.watch(logs, NAME);
    if (current === undefined) return true;
    const before = this.best === null ? "None" : formatNumber(this.best, "f", 5);
    const better = this.improves(current, this.best);
    if (better) this.best = current;
    const change = `improved from ${before} to ${formatNumber(current, "f", 5)}, saving model to ${shown}`;
    this.say(`\n${when}: ${monitor} ${better ? change : `did not improve from ${before}`}`);
    return better;
  }
}

function fill(target: FilePath | Sink<Uint8Array>, values: Logs): FilePath | Sink<Uint8Array> {
  if (typeof target === "string") return formatPath(target, values, NAME);
  if (!(target instanceof URL)) return target;
  // A URL has its braces escaped.
  return new URL(formatPath(target.href.replaceAll("%7B", "{").replaceAll("%7D", "}"), values, NAME));
}
