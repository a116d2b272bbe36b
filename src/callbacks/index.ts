import { BackupAndRestore, type BackupAndRestoreOptions } from "./backup-and-restore.ts";
import type { CallbackHooks } from "./callback.ts";
import { CSVLogger, type CSVLoggerOptions } from "./csv-logger.ts";
import { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
import { History } from "./history.ts";
import { LambdaCallback } from "./lambda-callback.ts";
import {
  LearningRateScheduler,
  type LearningRateSchedulerOptions,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
} from "./learning-rate.ts";
import { ModelCheckpoint, type ModelCheckpointOptions } from "./model-checkpoint.ts";
import { ProgbarLogger, type ProgbarLoggerOptions } from "./progbar-logger.ts";
import { SwapEMAWeights, type SwapEMAWeightsOptions } from "./swap-ema-weights.ts";
import { TerminateOnNaN, type TerminateOnNaNOptions } from "./terminate-on-nan.ts";

export type { FilePath, Sink } from "../util/files.ts";
export type { BackupAndRestoreOptions, BackupStore } from "./backup-and-restore.ts";
export {
  Callback,
  type CallbackHooks,
  type CallbackModel,
  type CallbackParams,
  type HookResult,
  type Logs,
  type PredictLogs,
} from "./callback.ts";
export type { CSVLoggerOptions } from "./csv-logger.ts";
export type { EarlyStoppingOptions } from "./early-stopping.ts";
export type { LearningRateSchedulerOptions, ReduceLROnPlateauOptions, ScheduleFunction } from "./learning-rate.ts";
export type { ModelCheckpointOptions } from "./model-checkpoint.ts";
export type { MonitorOptions } from "./monitor.ts";
export type { ProgbarLoggerOptions, Terminal } from "./progbar-logger.ts";
export type { SwapEMAWeightsOptions } from "./swap-ema-weights.ts";
export type { TerminateOnNaNOptions } from "./terminate-on-nan.ts";
export {
  BackupAndRestore,
  CSVLogger,
  EarlyStopping,
  History,
  LambdaCallback,
  LearningRateScheduler,
  ModelCheckpoint,
  ProgbarLogger,
  ReduceLROnPlateau,
  SwapEMAWeights,
  TerminateOnNaN,
};

/** Lets an interrupted training go on where it stopped. */
export function backupAndRestore(options: BackupAndRestoreOptions): BackupAndRestore {
  return new BackupAndRestore(options);
}

/** Writes a line of comma-separated values for each epoch. */
export function csvLogger(options: CSVLoggerOptions): CSVLogger {
  return new CSVLogger(options);
}

/** Stops training when a number in the logs no longer improves. */
export function earlyStopping(options?: EarlyStoppingOptions): EarlyStopping {
  return new EarlyStopping(options);
}

/** Records the logs of each epoch, as every `fit` does. */
export function history(): History {
  return new History();
}

/** A callback made of functions. */
export function lambdaCallback(hooks: CallbackHooks): LambdaCallback {
  return new LambdaCallback(hooks);
}

/** Sets the learning rate at the beginning of each epoch. */
export function learningRateScheduler(options: LearningRateSchedulerOptions): LearningRateScheduler {
  return new LearningRateScheduler(options);
}

/** Saves the model, or its weights, while it is trained. */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  return new ModelCheckpoint(options);
}

/** Shows the progress of a run, as every run on a terminal does. */
export function progbarLogger(options?: ProgbarLoggerOptions): ProgbarLogger {
  return new ProgbarLogger(options);
}

/** Reduces the learning rate when a number in the logs no longer improves. */
export function reduceLROnPlateau(options?: ReduceLROnPlateauOptions): ReduceLROnPlateau {
  return new ReduceLROnPlateau(options);
}

/** Evaluates with the moving averages of the weights. */
export function swapEMAWeights(options?: SwapEMAWeightsOptions): SwapEMAWeights {
  return new SwapEMAWeights(options);
}

/** Ends the training after the first batch whose loss is NaN or infinite. */
export function terminateOnNaN(options?: TerminateOnNaNOptions): TerminateOnNaN {
  return new TerminateOnNaN(options);
}
