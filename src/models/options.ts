import type { CallbackHooks } from "../callbacks/callback.ts";
import { checkCallbacks } from "../callbacks/callback-list.ts";
import type { Verbose } from "../callbacks/progbar-logger.ts";
import { refuse } from "../util/errors.ts";
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../util/names.ts";
import type { AsyncBatches, Batches } from "./batches.ts";
import type { ClassWeight } from "./class-weight.ts";
import type { DataLike } from "./host-data.ts";

export type { CompileOptions } from "./compiled.ts";

/** Callbacks: one or several. */
export type CallbacksLike = CallbackHooks | readonly CallbackHooks[];

/** Validation data: inputs, targets, and weights if there are any; or batches of such. */
export type ValidationData = readonly [x: DataLike, y?: DataLike, sampleWeight?: DataLike] | Batches | AsyncBatches;

/** What `fit` takes. */
export interface FitOptions {
  /** Epoch after the last one. Default 1. */
  epochs?: number;
  /** Samples in a step. Default 32. */
  batchSize?: number;
  /** Data to evaluate after epochs; overrides `validationSplit`. */
  validationData?: ValidationData | null;
  /** Share of the data, from its end and before shuffling, that is kept for validation. */
  validationSplit?: number;
  /** Default: `batchSize`. */
  validationBatchSize?: number;
  /** Steps of each validation, from the beginning of the data. Default: all there are. */
  validationSteps?: number;
  /** Validate every this many epochs, or after the epochs listed (counted from 1). Default 1. */
  validationFreq?: number | readonly number[];
  /** A new order in each epoch; "batch" keeps batches together and shuffles within each. Default true. */
  shuffle?: boolean | "batch";
  callbacks?: CallbacksLike;
  classWeight?: ClassWeight;
  sampleWeight?: DataLike;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /**
   * Steps in an epoch; the next epoch goes on where the last one stopped. Without a batch size, arrays are cut into so
   * many batches.
   */
  stepsPerEpoch?: number;
  /** 0 silent, 1 bar, 2 one line for each epoch. "auto" (default) shows a bar on a terminal only. */
  verbose?: Verbose;
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
  /** Most steps. Default: all there are. */
  steps?: number;
  /** 0 silent, 1 bar, 2 one line. "auto" (default) shows a bar on a terminal only. */
  verbose?: Verbose;
}

/** What `predict` takes. */
export interface PredictOptions {
  batchSize?: number;
  callbacks?: CallbacksLike;
  /** Most steps. Default: all there are. */
  steps?: number;
  /** 0 silent, 1 bar, 2 one line. "auto" (default) shows a bar on a terminal only. */
  verbose?: Verbose;
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

/** Calls with options that data go with. */
export type Call = "fit" | "evaluate" | "predict" | "trainOnBatch" | "testOnBatch";

const KEYS: Readonly<Record<Call, readonly string[]>> = {
  fit: [
    ...["epochs", "batchSize", "validationData", "validationSplit", "validationBatchSize", "validationFreq", "shuffle"],
    ...[
      "callbacks",
      "classWeight",
      "sampleWeight",
      "initialEpoch",
      "stepsPerEpoch",
      "validationSteps",
      "verbose",
      "signal",
    ],
  ],
  evaluate: ["batchSize", "sampleWeight", "callbacks", "returnDict", "steps", "verbose"],
  predict: ["batchSize", "callbacks", "steps", "verbose"],
  trainOnBatch: ["sampleWeight", "classWeight", "returnDict"],
  testOnBatch: ["sampleWeight", "returnDict"],
};

/** Options that several calls have, with defaults filled in. */
export interface CheckedOptions {
  readonly batchSize: number | undefined;
  /** `steps`, or `stepsPerEpoch` of `fit`. */
  readonly steps: number | undefined;
  readonly callbacks: readonly CallbackHooks[];
  readonly returnDict: boolean;
  readonly verbose: Verbose;
}

/** An integer from 1 on that may be left out. */
function checkCount(value: unknown, call: string, name: string): number | undefined {
  return value === undefined || value === null ? undefined : checkInteger(value, call, name, 1);
}

/** Checks that a call knows its options, and those that several calls have. */
export function checkCallOptions(options: FitOptions & EvaluateOptions, call: Call): CheckedOptions {
  checkOptions(options, KEYS[call], call);
  const { batchSize, callbacks, steps, stepsPerEpoch, returnDict = false, verbose = "auto" } = options;
  if (![0, 1, 2, "auto"].includes(verbose)) refuse(call, "verbose", '0, 1, 2 or "auto"', verbose);
  return {
    batchSize: checkCount(batchSize, call, "batchSize"),
    steps: checkCount(steps, call, "steps") ?? checkCount(stepsPerEpoch, call, "stepsPerEpoch"),
    callbacks: checkCallbacks(callbacks, call),
    returnDict: checkBoolean(returnDict, call, "returnDict"),
    verbose,
  };
}

/** The options of `fit` with defaults filled in and everything checked that needs no data. */
export interface CheckedFitOptions extends CheckedOptions {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly validationSteps: number | undefined;
  readonly validationSplit: number;
  readonly validationBatchSize: number | undefined;
  readonly shuffle: boolean | "batch";
  /** Whether the epoch (from 0) is one to validate after. */
  validatesAfter(epoch: number): boolean;
}

/** Checks the options of `fit`. */
export function checkFitOptions(options: FitOptions): CheckedFitOptions {
  const call = "fit";
  const common = checkCallOptions(options, call);
  const { shuffle = true, signal, validationFreq = 1 } = options;
  if (shuffle !== "batch" && typeof shuffle !== "boolean") refuse(call, "shuffle", 'true, false or "batch"', shuffle);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    refuse(call, "signal", "an AbortSignal", signal);
  }
  const due = [validationFreq].flat().map((epoch) => checkInteger(epoch, call, "validationFreq", 1));
  return {
    ...common,
    epochs: checkInteger(options.epochs ?? 1, call, "epochs", 0),
    initialEpoch: checkInteger(options.initialEpoch ?? 0, call, "initialEpoch", 0),
    validationSplit: checkNumber(options.validationSplit ?? 0, call, "validationSplit", { min: 0, max: 1 }),
    validationSteps: checkCount(options.validationSteps, call, "validationSteps"),
    validationBatchSize: checkCount(options.validationBatchSize, call, "validationBatchSize"),
    shuffle,
    validatesAfter: (epoch) => (Array.isArray(validationFreq) ? due.includes(epoch + 1) : (epoch + 1) % due[0]! === 0),
  };
}
