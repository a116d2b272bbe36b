import type { Tensor } from "../ops/tensor.ts";
import { count, finite, flag, numberOrNone, settle } from "../util/settle.ts";
import type { Logs } from "./callback.ts";
import { MONITOR, MonitorCallback, type MonitorOptions } from "./monitor.ts";

/** What EarlyStopping takes. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Changes of at most this much are no improvement. Default 0. */
  readonly minDelta?: number | undefined;
  /** Epochs without improvement after which training stops. Default 0, which acts as 1. */
  readonly patience?: number | undefined;
  /** Epochs that do not beat this number count as epochs without improvement. Default: none. */
  readonly baseline?: number | null | undefined;
  /** Give the model the weights of the best epoch at the end of training, stopped early or not. Default false. */
  readonly restoreBestWeights?: boolean | undefined;
  /** Number of the first epoch that is watched. Default 0. */
  readonly startFromEpoch?: number | undefined;
}

const NAME = "EarlyStopping";

/**
 * Stops training when a number in the logs no longer improves. Where the logs lack it, it warns and goes on.
 * Keras 3.15.1's rule, with its float32 comparisons.
 */
export class EarlyStopping extends MonitorCallback<EarlyStoppingOptions> {
  static override readonly className: string = NAME;
  /** Epochs since the last improvement. */
  wait = 0;
  /** The epoch that was the last; 0 while not stopped. */
  stoppedEpoch = 0;
  bestEpoch = 0;
  bestWeights: Tensor[] | null = null;

  constructor(options: EarlyStoppingOptions = {}) {
    const settled = settle<EarlyStoppingOptions>(NAME, options, {
      ...MONITOR,
      minDelta: [0, finite],
      patience: [0, count],
      baseline: [null, numberOrNone],
      restoreBestWeights: [false, flag],
      startFromEpoch: [0, count],
    });
    super(settled, settled.minDelta);
  }

  override onTrainBegin(): void {
    this.wait = this.stoppedEpoch = this.bestEpoch = 0;
    this.best = this.bestWeights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const { patience, baseline, restoreBestWeights, startFromEpoch } = this.options;
    this.resolveMode(NAME);
    const current = this.watch(logs, NAME);
    if (current === undefined || epoch < startFromEpoch) return;
    this.wait++;
    if (this.improves(current, this.best)) {
      this.best = current;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.bestWeights = this.model.getWeights();
      if (this.improves(current, baseline)) this.wait = 0;
    } else if (this.wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override onTrainEnd(): void {
    if (this.stoppedEpoch > 0) this.say(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.bestWeights === null) return;
    this.say(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
    this.model.setWeights(this.bestWeights);
  }
}
