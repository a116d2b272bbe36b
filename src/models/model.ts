import type { History } from "../callbacks/history.ts";
import { trainableEpoch } from "../graph/variable.ts";
import type { Sink, Written } from "../io/sink.ts";
import type { Source } from "../io/source.ts";
import { allOrNothing } from "../layers/build.ts";
import { inferByBody, type ValueSpec } from "../layers/infer.ts";
import { internalsOf, layersRevision, markChanged, whereOf } from "../layers/internals.ts";
import { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import type { LayerOptions } from "../layers/options.ts";
import type { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { attributesOf, sublayersOf, withDescendants } from "../layers/tracking.ts";
import type { Metric } from "../metrics/metric.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { describe, fail, suggest, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { mapStructure, type Structure } from "../util/structure.ts";
import type { AnyData, AsyncBatches, Batches } from "./batches.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import { type ExplainOptions, type Explanation, explainTraining } from "./explain.ts";
import type { DataLike } from "./host-data.ts";
import type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  TestOnBatchOptions,
  TrainOnBatchOptions,
} from "./options.ts";
import { type PredictSamplesOptions, predictSamples, type SampledPrediction } from "./predict-samples.ts";
import { type RecalibrateOptions, recalibrate } from "./recalibrate.ts";
import type { LoadWeightsOptions } from "./saving/load-weights.ts";
import type { SaveOptions } from "./saving/save.ts";
import { hold, liveState, type ModelState, mapState, readState, writeState } from "./state.ts";
import { type SummaryOptions, summarize } from "./summary.ts";
import type { StepArguments, StepLogs, TrainableModel } from "./trainable-model.ts";
import { type Results, Trainer } from "./trainer.ts";

/** One symbolic tensor, or a list or object of such. */
export type SymbolicStructure = Structure<SymbolicTensor>;

/**
 * Base of all models: a layer that can be trained. `model()` and `sequential()` make the usual ones; a class of your
 * own extends this one with sublayers as properties and `call(inputs, {training})`.
 *
 * `apply(x)` alone is inference. `fit` and `trainOnBatch` pass `training: true`; `evaluate`, `predict` and their
 * on-batch forms pass `false`.
 */
export class Model extends Layer implements TrainableModel {
  static override readonly className: string = "Model";

  /** Set to true to end `fit` after the running step. */
  #stopTraining = false;
  #trainer: Trainer | undefined;
  #epoch = 0;
  #revision = -1;
  #parts: readonly unknown[] = [];

  constructor(options: LayerOptions = {}, own: readonly string[] = []) {
    if (typeof options === "object" && options !== null && ("inputs" in options || "outputs" in options)) {
      fail("Model", "options: expected hb.model({inputs, outputs}) for a model given by its graph");
    }
    super(options, own);
  }

  /** The layers directly inside. */
  get layers(): Layer[] {
    return [...sublayersOf(this)];
  }

  /** The model's symbolic inputs; undefined for a subclass, which has none. */
  get inputs(): SymbolicTensor[] | undefined {
    return undefined;
  }

  /** The model's symbolic outputs; undefined for a subclass, which has none. */
  get outputs(): SymbolicTensor[] | undefined {
    return undefined;
  }

  get inputNames(): string[] | undefined {
    return undefined;
  }

  get outputNames(): string[] | undefined {
    return undefined;
  }

  get inputSpecs(): Structure<ValueSpec> | undefined {
    return undefined;
  }

  /** The layer of a name or at an index. */
  getLayer(nameOrIndex?: string | number | null, index?: number): Layer {
    const name = typeof nameOrIndex === "string" ? nameOrIndex : undefined;
    const position = typeof nameOrIndex === "number" ? nameOrIndex : typeof index === "number" ? index : undefined;
    const refuse = (problem: string): never => fail(whereOf(this), `getLayer: ${problem}`);
    if (name !== undefined && position !== undefined) refuse("Provide only a layer name or a layer index");
    const layers = this.layers;
    if (position !== undefined) {
      return layers[position] ?? refuse(`model only has ${layers.length} layers, got ${describe(position)}`);
    }
    if (name === undefined) refuse(`Provide either a layer name or layer index, got ${describe(nameOrIndex)}`);
    const names = layers.map((layer) => layer.name);
    const found = layers[names.indexOf(name!)];
    if (found !== undefined) return found;
    const known = `No such layer: ${name}. Existing layers are: [${names.join(", ")}]`;
    throw new ValueError(`[${whereOf(this)}] getLayer: ${known}.${suggest(name!, names)}`);
  }

  /** Prints a table of the layers and returns its text. */
  summary(options: SummaryOptions = {}): string {
    return summarize(this, options);
  }

  // ---- what the trainer asks for ---------------------------------------------------------------------------------

  /** Changes with everything that plans of this model have baked in. */
  modelEpoch(): number {
    const revision = layersRevision() + trainableEpoch();
    if (this.#revision === revision) return this.#epoch;
    this.#revision = revision;
    const layers = withDescendants(this).flatMap((layer) => [layer, internalsOf(layer).epoch]);
    // A variable's flag may be set without its layer knowing.
    const parts = [...layers, ...this.variables.filter((variable) => variable.trainable)];
    const before = this.#parts;
    if (parts.length !== before.length || parts.some((part, i) => part !== before[i])) {
      this.#parts = parts;
      this.#epoch++;
    }
    return this.#epoch;
  }

  /** Makes all weights exist, and tells what comes out for such inputs. */
  buildFromInputs(inputs: Structure<ValueSpec>): Structure<ValueSpec> {
    return allOrNothing(() => {
      if (!this.built) this.build(mapStructure(inputs, (input) => input.shape) as Structure<Shape>);
      return inferByBody(inputs, (tensors) => this.callForTrainer(tensors, false));
    });
  }

  /** One forward pass in the scope under way. */
  callForTrainer(inputs: Structure<Tensor>, training: boolean): Structure<Tensor> {
    return callLayer(this, inputs, { training }) as Structure<Tensor>;
  }

  overrides(method: "trainStep" | "testStep" | "predictStep" | "computeLoss"): boolean {
    return this[method] !== Model.prototype[method];
  }

  get partsBuilt(): boolean {
    return withDescendants(this).every((layer) => layer === this || layer.built);
  }

  ownMetrics(): Metric[] {
    return [...new Set(withDescendants(this).flatMap((layer) => attributesOf(layer).metrics))];
  }

  // ---- steps of one's own ----------------------------------------------------------------------------------------

  /**
   * One training step: what `fit` and `trainOnBatch` run. Override it for a training of your own: compute a loss, take
   * gradients (`valueAndGrads` or a `GradientTape`), apply them, return logs. It is traced once for each shape of data and
   * then runs as a plan, so it must be synchronous and written with ops. The logs of an epoch are those of its last step;
   * a metric on a property of the model counts over the epoch, since it is reset with each.
   */
  trainStep(data: StepArguments): StepLogs {
    return this.#training().trainStep(data);
  }

  /** One step of `evaluate`, of validation and of `testOnBatch`. */
  testStep(data: StepArguments): StepLogs {
    return this.#training().testStep(data);
  }

  /** One step of `predict` and `predictOnBatch`; returns outputs. */
  predictStep([x]: StepArguments): Structure<Tensor> {
    return this.callForTrainer(x, false);
  }

  /**
   * The total loss of predictions: that of `compile`, weighed, and what layers add (`losses`). Override it for a loss of
   * your own; `trainStep` and `testStep` call it.
   */
  computeLoss(
    _x: Structure<Tensor>,
    y: Structure<Tensor> | undefined,
    yPred: Structure<Tensor>,
    sampleWeight?: Structure<Tensor>,
    training = true,
  ): Tensor {
    return this.#training().computeLoss(y, yPred, sampleWeight, training);
  }

  /** Takes a batch into the metrics and returns the logs: mean losses and metrics since the last reset. */
  computeMetrics(
    _x: Structure<Tensor>,
    y: Structure<Tensor> | undefined,
    yPred: Structure<Tensor>,
    sampleWeight?: Structure<Tensor>,
  ): Record<string, TensorLike> {
    return this.#training().computeMetrics(y, yPred, sampleWeight);
  }

  /** The mean of the loss, the metrics of `compile`, the means of the outputs' losses, and metrics on properties. */
  get metrics(): Metric[] {
    return [...(this.#trainer?.compiled?.metrics ?? []), ...this.ownMetrics()];
  }

  // ---- training --------------------------------------------------------------------------------------------------

  #training(): Trainer {
    this.#trainer ??= new Trainer(this);
    return this.#trainer;
  }

  /** Chooses optimizer, loss and metrics. */
  compile(options: CompileOptions): void {
    this.#training().compile(options);
    markChanged(this);
  }

  get compiled(): boolean {
    return this.#trainer?.compiled !== undefined;
  }

  get optimizer(): Optimizer | undefined {
    return this.#trainer?.compiled?.optimizer;
  }

  /** Names of what `evaluate` returns. */
  get metricsNames(): string[] {
    return [...(this.#trainer?.compiled?.names ?? []), ...this.ownMetrics().map(({ name }) => name)];
  }

  /** Set to true (by a callback, say) to end `fit` after the running step. */
  get stopTraining(): boolean {
    return this.#stopTraining;
  }

  set stopTraining(stop: boolean) {
    this.#stopTraining = Boolean(stop);
  }

  /**
   * Trains for a number of epochs. Data are arrays, or batches from an iterable, an async iterable, a `Dataset` or a
   * function that gives one for each epoch (then without `y`); see `BatchLike`.
   */
  fit(x: AnyData, y?: DataLike | null, options?: FitOptions): Promise<History> {
    return this.#training().fit(x, y, options);
  }

  /** Makes `fit` wait before its next step until `resume`. The end of `fit` resumes, too. */
  pause(): void {
    this.#training().pause();
  }

  /** Lets `fit` go on. */
  resume(): void {
    this.#training().resume();
  }

  /** Loss and metrics on data, in inference. A promise of them for async data. */
  evaluate(x: DataLike | Batches, y?: DataLike | null, options?: EvaluateOptions): Results;
  // TypeScript would try a bare `null` before the overload above.
  evaluate(x: AsyncBatches, y?: null | undefined, options?: EvaluateOptions): Promise<Results>;
  evaluate(x: AnyData, y?: DataLike | null, options?: EvaluateOptions): Results | Promise<Results> {
    return this.#training().evaluate(x, y, options);
  }

  /** Outputs for data, in inference, in the form of the model's outputs. A promise of them for async data. */
  predict<R extends Structure<Tensor> = Tensor>(x: DataLike | Batches, options?: PredictOptions): NoInfer<R>;
  predict<R extends Structure<Tensor> = Tensor>(x: AsyncBatches, options?: PredictOptions): Promise<NoInfer<R>>;
  predict(x: AnyData, options?: PredictOptions): Structure<Tensor> | Promise<Structure<Tensor>> {
    return this.#training().predict(x, options);
  }

  /** One training step. */
  trainOnBatch(x: DataLike, y?: DataLike, options?: TrainOnBatchOptions): Results {
    return this.#training().trainOnBatch(x, y, options);
  }

  /** Loss and metrics of one batch, in inference. */
  testOnBatch(x: DataLike, y?: DataLike, options?: TestOnBatchOptions): Results {
    return this.#training().testOnBatch(x, y, options);
  }

  /** Outputs for data with some layers in training, several times: their mean and spread. Monte-Carlo dropout. */
  predictSamples<R extends Structure<Tensor> = Tensor>(
    x: DataLike,
    options?: PredictSamplesOptions,
  ): SampledPrediction<NoInfer<R>> {
    return predictSamples(this, this.#training(), x, options);
  }

  /** Gives each BatchNormalization that can be trained the exact statistics of the data; trains nothing. */
  recalibrate(data: DataLike, options?: RecalibrateOptions): void {
    recalibrate(this, this.#training(), data, options);
  }

  /** What each layer receives as `training`, why, and what it does with it. Changes nothing. */
  explainTraining(options?: ExplainOptions): Explanation {
    return explainTraining(this, options);
  }

  /** Runs a batch in both modes and names what is suspicious, with advice. Changes nothing. */
  diagnose(x: DataLike, y?: DataLike): Diagnosis {
    return diagnose(this, this.#training(), x, y);
  }

  // ---- keeping work ----------------------------------------------------------------------------------------------

  /** Number of the epoch to go on with: one more than the last one that `fit` finished, also in a model that was loaded. */
  get epoch(): number {
    return this.#trainer?.epoch ?? 0;
  }

  /**
   * A copy of all that training depends on: weights, the optimizer's step counter and slots, seeds, the generators behind
   * shuffling and unseeded draws, the epoch. Not what `compile` was given, and not the layers.
   */
  getState(): ModelState {
    return readState(this, this.#training());
  }

  /**
   * Goes on from a state, of this model or of one like it. From then on the model draws from random generators of its own,
   * which leave the process's alone, until it is compiled anew. Called in `onTrainBegin`, it makes `fit` go on at the
   * state's epoch. If something does not fit, nothing changes.
   */
  setState(state: ModelState): void {
    writeState(this, this.#training(), state);
  }

  /**
   * Saves the model as it is now: layers, weights, what it was compiled with, and the state of training, so that
   * `hb.loadModel` gives a model that goes on as this one would. The format is safetensors.
   *
   * `sink` is a path or `file:` URL (written aside and renamed, so that a file of that name is whole at all times), an
   * object with `write(bytes)`, or the class `Blob` or `Uint8Array` of what to give; without one, bytes are given.
   * @throws ValueError for what cannot be made again: functions without a name, objects that are no plain data.
   */
  async save<S extends Sink | undefined = undefined>(sink?: S, options?: SaveOptions): Promise<Written<S>> {
    const trainer = this.#training();
    const held = mapState(liveState(this, trainer), hold);
    const { saveModel } = await import("./saving/save.ts");
    return saveModel(this, held, trainer.compiled?.options, sink as S, options);
  }

  /** Saves the weights alone, to a sink as of `save`. */
  async saveWeights<S extends Sink | undefined = undefined>(sink?: S): Promise<Written<S>> {
    const held = this.weights.map(hold);
    const { saveWeights } = await import("./saving/save.ts");
    return saveWeights(this, held, sink as S);
  }

  /**
   * Reads weights that `saveWeights` or `save` wrote, or Python: tensors are found by their paths
   * (`layers/dense/vars/0`), which depend on the model's structure and not on names of layers.
   * @throws FormatError when a file is broken or, but for `skipMismatch`, its weights are not this model's; nothing changes then.
   */
  async loadWeights(source: Source, options?: LoadWeightsOptions): Promise<void> {
    const { loadWeights } = await import("./saving/load-weights.ts");
    return loadWeights(this, source, options);
  }

  /** Outputs for one batch, in inference. */
  predictOnBatch<R extends Structure<Tensor> = Tensor>(x: DataLike): NoInfer<R> {
    return this.#training().predictOnBatch(x) as NoInfer<R>;
  }
}
