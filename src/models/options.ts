import type { CallbackHooks } from "../callbacks/callback.ts";
import type { OptimizerLike } from "../optimizers/registry.ts";
import { describe, ValueError } from "../util/errors.ts";
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../util/names.ts";
import type { ClassWeight } from "./class-weight.ts";
import type { LossSpec, LossWeights } from "./compiled-loss.ts";
import type { MetricsSpec } from "./compiled-metrics.ts";
import type { DataLike } from "./host-data.ts";

/** What `compile` takes. */
export interface CompileOptions {
  optimizer: OptimizerLike;
  loss?: LossSpec | undefined;
  /** Factors of the losses of several outputs; they do not show in the logged losses of the outputs. */
  lossWeights?: LossWeights | undefined;
  metrics?: MetricsSpec | undefined;
  /** Metrics that take sample and class weights into account. */
  weightedMetrics?: MetricsSpec | undefined;
  /** Runs every step op by op, so that values can be read inside layers. Much slower. Default false. */
  runEagerly?: boolean | undefined;
}

/** Callbacks: one or several. */
export type CallbacksLike = CallbackHooks | readonly CallbackHooks[];

/** Validation data: inputs, targets, and weights if there are any. */
export type ValidationData = readonly [x: DataLike, y: DataLike, sampleWeight?: DataLike];

/** What `fit` takes. */
export interface FitOptions {
  /** Epoch after the last one. Default 1. */
  epochs?: number;
  /** Samples in a step. Default 32. */
  batchSize?: number;
  validationData?: ValidationData;
  /** Share of the data, from its end and before shuffling, that is kept for validation. */
  validationSplit?: number;
  validationBatchSize?: number;
  /** Validate every this many epochs, or after the epochs listed (counted from 1). Default 1. */
  validationFreq?: number | readonly number[];
  /** A new order in each epoch; "batch" keeps batches together and shuffles within each. Default true. */
  shuffle?: boolean | "batch";
  callbacks?: CallbacksLike;
  classWeight?: ClassWeight;
  sampleWeight?: DataLike;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /** Steps in an epoch; the next epoch goes on where the last one stopped. */
  stepsPerEpoch?: number;
  /** 0 silent, 1 bar, 2 one line for each epoch. "auto" (default) shows a bar on a terminal only. */
  verbose?: 0 | 1 | 2 | "auto";
  /** Ends the training between two steps: `fit` rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What `evaluate` takes. */
export interface EvaluateOptions {
  batchSize?: number;
  sampleWeight?: DataLike;
  callbacks?: CallbacksLike;
  /** Give the results by name. Default false. */
  returnDict?: boolean;
}

/** What `predict` takes. */
export interface PredictOptions {
  batchSize?: number;
  callbacks?: CallbacksLike;
}

/** What `trainOnBatch` takes. */
export interface TrainOnBatchOptions {
  sampleWeight?: DataLike;
  classWeight?: ClassWeight;
  returnDict?: boolean;
}

/** What `testOnBatch` takes. */
export interface TestOnBatchOptions {
  sampleWeight?: DataLike;
  returnDict?: boolean;
}

export const COMPILE_KEYS: readonly string[] = [
  ...["optimizer", "loss", "lossWeights", "metrics", "weightedMetrics", "runEagerly"],
];
const FIT_KEYS: readonly string[] = [
  ...["epochs", "batchSize", "validationData", "validationSplit", "validationBatchSize", "validationFreq", "shuffle"],
  ...["callbacks", "classWeight", "sampleWeight", "initialEpoch", "stepsPerEpoch", "verbose", "signal"],
];

/** The options of `fit` with defaults filled in and everything checked that needs no data. */
export interface CheckedFitOptions {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number | undefined;
  readonly stepsPerEpoch: number | undefined;
  readonly validationSplit: number;
  readonly validationBatchSize: number | undefined;
  readonly shuffle: boolean | "batch";
  readonly verbose: 0 | 1 | 2 | "auto";
  /** Whether the epoch (from 0) is one to validate after. */
  validatesAfter(epoch: number): boolean;
}

/** Checks the options of `fit`. */
export function checkFitOptions(options: FitOptions): CheckedFitOptions {
  checkOptions(options, FIT_KEYS, "fit");
  const {
    batchSize,
    stepsPerEpoch,
    validationBatchSize,
    validationSplit = 0,
    shuffle = true,
    verbose = "auto",
  } = options;
  if (shuffle !== "batch" && typeof shuffle !== "boolean") {
    throw new ValueError(`[fit] shuffle: expected true, false or "batch", got ${describe(shuffle)}.`);
  }
  if (![0, 1, 2, "auto"].includes(verbose)) {
    throw new ValueError(`[fit] verbose: expected 0, 1, 2 or "auto", got ${describe(verbose)}.`);
  }
  if (options.signal !== undefined && !isSignal(options.signal)) {
    throw new ValueError(`[fit] signal: expected an AbortSignal, got ${describe(options.signal)}.`);
  }
  const optional = (value: unknown, name: string): number | undefined =>
    value === undefined || value === null ? undefined : checkInteger(value, "fit", name, 1);
  return {
    epochs: checkInteger(options.epochs ?? 1, "fit", "epochs", 0),
    initialEpoch: checkInteger(options.initialEpoch ?? 0, "fit", "initialEpoch", 0),
    batchSize: optional(batchSize, "batchSize"),
    stepsPerEpoch: optional(stepsPerEpoch, "stepsPerEpoch"),
    validationSplit: checkNumber(validationSplit, "fit", "validationSplit", { min: 0, max: 1 }),
    validationBatchSize: optional(validationBatchSize, "validationBatchSize"),
    shuffle,
    verbose,
    validatesAfter: validationRule(options.validationFreq ?? 1),
  };
}

function validationRule(freq: number | readonly number[]): (epoch: number) => boolean {
  if (Array.isArray(freq)) {
    const epochs = freq.map((epoch: unknown) => checkInteger(epoch, "fit", "validationFreq", 1));
    return (epoch) => epochs.includes(epoch + 1);
  }
  const every = checkInteger(freq, "fit", "validationFreq", 1);
  return (epoch) => (epoch + 1) % every === 0;
}

function isSignal(signal: unknown): boolean {
  return typeof signal === "object" && signal !== null && "aborted" in signal && "addEventListener" in signal;
}

/** A batch size given to `evaluate` or `predict`. */
export function checkBatchSize(value: unknown, call: string): number {
  return checkInteger(value ?? 32, call, "batchSize", 1);
}

/** Checks `returnDict`. */
export function checkReturnDict(value: unknown, call: string): boolean {
  return checkBoolean(value ?? false, call, "returnDict");
}
