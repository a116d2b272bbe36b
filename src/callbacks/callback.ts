import type { Model } from "../models/model.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { Structure } from "../util/structure.ts";

/** Numbers by name, as `loss`, `accuracy`, `val_loss`. */
export type Logs = Record<string, number>;

/** What a batch of `predict` gives. */
export interface PredictLogs {
  /** Outputs of the batch, in the form of the model's outputs. */
  readonly outputs: Structure<Tensor>;
}

/** The model a callback watches. */
export type CallbackModel = Model;

/** What a callback is told about a run. */
export interface CallbackParams {
  /** Last epoch, or 1. */
  readonly epochs: number;
  /** Steps in an epoch, or in the run of `evaluate` and `predict`; undefined where the data do not tell. */
  readonly steps: number | undefined;
  readonly verbose: 0 | 1 | 2;
}

/** A hook may return a promise, which `fit` awaits before it goes on. */
export type HookResult = void | Promise<void>;

/** The hooks, in the form of a plain object: `{onEpochEnd(epoch, logs) {…}}`. */
export interface CallbackHooks {
  setModel?(model: CallbackModel): void;
  setParams?(params: CallbackParams): void;
  onTrainBegin?(logs: Logs): HookResult;
  onTrainEnd?(logs: Logs): HookResult;
  onEpochBegin?(epoch: number, logs: Logs): HookResult;
  onEpochEnd?(epoch: number, logs: Logs): HookResult;
  onTrainBatchBegin?(batch: number, logs: Logs): HookResult;
  onTrainBatchEnd?(batch: number, logs: Logs): HookResult;
  /** The same as onTrainBatchBegin. */
  onBatchBegin?(batch: number, logs: Logs): HookResult;
  /** The same as onTrainBatchEnd. */
  onBatchEnd?(batch: number, logs: Logs): HookResult;
  onTestBegin?(logs: Logs): HookResult;
  onTestEnd?(logs: Logs): HookResult;
  onTestBatchBegin?(batch: number, logs: Logs): HookResult;
  onTestBatchEnd?(batch: number, logs: Logs): HookResult;
  onPredictBegin?(logs: Logs): HookResult;
  onPredictEnd?(logs: Logs): HookResult;
  onPredictBatchBegin?(batch: number, logs: Logs): HookResult;
  onPredictBatchEnd?(batch: number, logs: PredictLogs): HookResult;
  /**
   * Called instead of the end hooks when a run ends by an error or an abort: put back what a begin hook has changed. What
   * it throws is only told on the console.
   */
  onInterrupt?(): void;
}

/**
 * Base class of callbacks: override the hooks you want. `model` and `params` are set before the first is called. Logs of
 * begin hooks are empty; those of end hooks may be changed, and later callbacks and the history see the change.
 */
export class Callback implements CallbackHooks {
  static readonly className: string = "Callback";
  model!: CallbackModel;
  params!: CallbackParams;

  setModel(model: CallbackModel): void {
    this.model = model;
  }

  setParams(params: CallbackParams): void {
    this.params = params;
  }

  onTrainBegin(_logs: Logs): HookResult {}
  onTrainEnd(_logs: Logs): HookResult {}
  onEpochBegin(_epoch: number, _logs: Logs): HookResult {}
  onEpochEnd(_epoch: number, _logs: Logs): HookResult {}
  onTrainBatchBegin(_batch: number, _logs: Logs): HookResult {}
  onTrainBatchEnd(_batch: number, _logs: Logs): HookResult {}
  onTestBegin(_logs: Logs): HookResult {}
  onTestEnd(_logs: Logs): HookResult {}
  onTestBatchBegin(_batch: number, _logs: Logs): HookResult {}
  onTestBatchEnd(_batch: number, _logs: Logs): HookResult {}
  onPredictBegin(_logs: Logs): HookResult {}
  onPredictEnd(_logs: Logs): HookResult {}
  onPredictBatchBegin(_batch: number, _logs: Logs): HookResult {}
  onPredictBatchEnd(_batch: number, _logs: PredictLogs): HookResult {}
  onInterrupt(): void {}
}
