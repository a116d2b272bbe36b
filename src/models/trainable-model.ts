import type { ValueSpec } from "../layers/infer.ts";
import type { Metric } from "../metrics/metric.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import type { Structure } from "../util/structure.ts";

/** Data of a step: inputs, and targets and weights if there are any, in the structures they were given in. */
export type StepArguments<X = Structure<Tensor>, Y = Structure<Tensor>, W = Structure<Tensor>> = readonly [
  x: X,
  y?: Y | undefined,
  sampleWeight?: W | undefined,
];

/** Numbers by name that a step gives for logs: scalars, or vectors (logged as `name_0`, `name_1`, …). */
export type StepLogs = Readonly<Record<string, TensorLike>>;

/**
 * What the trainer needs of a model. `Model` (functional, sequential, subclassed) implements it; the trainer never
 * looks at layers.
 *
 * Who does what with user data:
 * - The *trainer* splits what the user passed to `fit`, `predict`, … into leaves on the host (`arrangeData`): one
 *   array, a list or a dict of arrays, each a Tensor, nested array or typed array. A bare nested array is one leaf
 *   where the model declares one input, and the list of the inputs where it declares several (`inputSpecs`).
 * - The *model* fits the structure of tensors it is then called with (`callForTrainer`) to its declared inputs, with
 *   the rules of every call: match a dict by names, check the number of inputs, cast to the declared dtype, repair a
 *   rank that is off by a trailing 1, check every static size. All of that is decided by shapes alone, so it throws
 *   while the step is traced, before anything has run.
 */
export interface TrainableModel {
  readonly name: string;

  /** True once all weights exist. */
  readonly built: boolean;

  /** Set to true (by a callback, from anywhere) to end `fit` after the running step. `fit` resets it. */
  stopTraining: boolean;

  /**
   * Declared inputs in the structure given at construction (`hb.model({inputs})`); undefined while the model does not
   * know them (deferred Sequential, subclass).
   */
  readonly inputSpecs: Structure<ValueSpec> | undefined;

  /**
   * Names of the flattened outputs, duplicates kept; undefined while unknown (then a single output is `"output"`, a
   * dict's are its keys, a list's are `output_0`, `output_1`, …).
   */
  readonly outputNames: readonly string[] | undefined;

  /**
   * A number that changes with everything a kept plan may have baked in: compile, any `trainable` setter below this
   * model, add and pop, hyper-parameter setters of built-in layers, `invalidate()`.
   */
  modelEpoch(): number;

  /**
   * Makes all weights exist and returns what the outputs look like for these inputs. Runs with value-less tensors and
   * training = false, so it touches no state: no seed counter moves, no statistic changes, no random number of a draw
   * is used up (only default seeds of initializers, as in Keras). Must be cheap to call again and throw what
   * `callForTrainer` would throw for these shapes. If it throws, the model is as before.
   */
  buildFromInputs(inputs: Structure<ValueSpec>): Structure<ValueSpec>;

  /**
   * One forward pass inside a scope (a plan's trace or an immediate scope). `training` is this call's explicit
   * argument and resolves through the call context. Returns the outputs in the model's output structure. The tensors
   * must be the very ones the layers made (no copy, no identity op), so that losses can find the softmax behind them.
   */
  callForTrainer(inputs: Structure<Tensor>, training: boolean): Structure<Tensor>;

  /** Losses of the last `callForTrainer` in this scope: `addLoss`, activity terms, weight penalties; any shape. */
  readonly losses: readonly Tensor[];

  /** In Keras's order, recomputed on each read. */
  readonly trainableVariables: readonly Variable[];
  readonly nonTrainableVariables: readonly Variable[];

  /** The steps of `fit`, `evaluate` and `predict`, as traced into plans; a subclass may have its own. */
  trainStep(data: StepArguments): StepLogs;
  testStep(data: StepArguments): StepLogs;
  predictStep(data: StepArguments): Structure<Tensor>;

  /** The total loss of predictions, and logs of a step; a subclass may have its own. */
  computeLoss(
    x: Structure<Tensor>,
    y: Structure<Tensor> | undefined,
    yPred: Structure<Tensor>,
    sampleWeight?: Structure<Tensor>,
    training?: boolean,
  ): Tensor;
  computeMetrics(
    x: Structure<Tensor>,
    y: Structure<Tensor> | undefined,
    yPred: Structure<Tensor>,
    sampleWeight?: Structure<Tensor>,
  ): StepLogs;

  /** Whether a method is not the one every model has. */
  overrides(method: "trainStep" | "testStep" | "predictStep" | "computeLoss"): boolean;

  /** Whether all layers inside are built. */
  readonly partsBuilt: boolean;

  /** Metrics on properties of the model and the layers inside. */
  ownMetrics(): readonly Metric[];
}
