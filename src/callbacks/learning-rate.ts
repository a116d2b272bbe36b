import type { Optimizer } from "../optimizers/optimizer.ts";
import { fail, refuse, StateError } from "../util/errors.ts";
import { count, finite, type Settled, settle } from "../util/settle.ts";
import { Callback, type CallbackModel, type Logs } from "./callback.ts";
import { MONITOR, MonitorCallback, type MonitorOptions } from "./monitor.ts";

/** What ReduceLROnPlateau takes. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** The learning rate is multiplied by this number below 1. Default 0.1. */
  readonly factor?: number | undefined;
  /** Epochs without improvement after which the learning rate is reduced. Default 10. */
  readonly patience?: number | undefined;
  /** Changes of at most this much are no improvement. Default 0.0001. */
  readonly minDelta?: number | undefined;
  /** Epochs after a reduction in which none is counted. Default 0. */
  readonly cooldown?: number | undefined;
  /** The learning rate never gets below this one. Default 0. */
  readonly minLr?: number | undefined;
}

const PLATEAU = "ReduceLROnPlateau";
const SCHEDULER = "LearningRateScheduler";

function optimizerOf({ optimizer, name }: CallbackModel, where: string): Optimizer {
  return optimizer ?? fail(where, `expected model "${name}" to be compiled with an optimizer`, StateError);
}

/** The rate as the optimizer's float32 cell has it: what follows from it is the same after a reload. */
function rateOf(optimizer: Optimizer): number {
  return Math.fround(optimizer.learningRate);
}

/**
 * Reduces the learning rate when a number in the logs no longer improves, and writes `learning_rate` into the logs.
 * Where the logs lack the number, it warns and goes on. Keras 3.15.1's rule.
 */
export class ReduceLROnPlateau extends MonitorCallback<ReduceLROnPlateauOptions> {
  static override readonly className: string = PLATEAU;
  /** Epochs since the last improvement or reduction. */
  wait = 0;
  cooldownCounter = 0;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    const settled = settle<ReduceLROnPlateauOptions>(PLATEAU, options, {
      ...MONITOR,
      factor: [0.1, finite],
      patience: [10, count],
      minDelta: [1e-4, finite],
      cooldown: [0, count],
      minLr: [0, finite],
    });
    if (settled.factor >= 1) fail(PLATEAU, `factor: does not support a factor >= 1.0, got ${settled.factor}`);
    super(settled, settled.minDelta);
  }

  override onTrainBegin(): void {
    this.wait = this.cooldownCounter = 0;
    this.best = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const { patience, cooldown } = this.options;
    this.resolveMode(PLATEAU);
    const optimizer = optimizerOf(this.model, PLATEAU);
    logs.learning_rate = optimizer.learningRate;
    const current = this.watch(logs, PLATEAU);
    if (current === undefined) return;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.wait = 0;
    }
    if (this.improves(current, this.best)) {
      this.best = current;
      this.wait = 0;
    } else if (this.cooldownCounter === 0 && ++this.wait >= patience && this.#reduce(optimizer, epoch)) {
      this.cooldownCounter = cooldown;
      this.wait = 0;
    }
  }

  #reduce(optimizer: Optimizer, epoch: number): boolean {
    const { factor, minLr } = this.options;
    const old = rateOf(optimizer);
    if (!(old > Math.fround(minLr))) return false;
    optimizer.learningRate = Math.max(old * factor, minLr);
    const rate = optimizer.learningRate;
    this.say(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${rate}.`);
    return true;
  }
}

/** The learning rate of an epoch (from 0), given the one now. */
export type ScheduleFunction = (epoch: number, learningRate: number) => number;

/** What LearningRateScheduler takes. */
export interface LearningRateSchedulerOptions {
  readonly schedule: ScheduleFunction;
  /** 1: say on the console what is done. Default 0. */
  readonly verbose?: number | undefined;
}

/** Sets the learning rate at the beginning of each epoch, and writes `learning_rate` into the logs at its end. */
export class LearningRateScheduler extends Callback {
  static override readonly className: string = SCHEDULER;
  readonly options: Settled<LearningRateSchedulerOptions>;

  constructor(options: LearningRateSchedulerOptions) {
    super();
    this.options = settle<LearningRateSchedulerOptions>(SCHEDULER, options, {
      schedule: [
        undefined,
        (value, where, argument) =>
          typeof value === "function" ? value : refuse(where, argument, "a function of epoch and learning rate", value),
      ],
      verbose: [0, count],
    });
  }

  override onEpochBegin(epoch: number): void {
    const { schedule, verbose } = this.options;
    const optimizer = optimizerOf(this.model, SCHEDULER);
    const rate = schedule(epoch, rateOf(optimizer));
    if (!Number.isFinite(rate)) refuse(SCHEDULER, "The output of the `schedule` function", "a finite number", rate);
    optimizer.learningRate = rate;
    if (verbose) console.log(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs.learning_rate = optimizerOf(this.model, SCHEDULER).learningRate;
  }
}
