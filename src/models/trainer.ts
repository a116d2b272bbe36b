import { gradients } from "../autodiff/gradients.ts";
import type { History } from "../callbacks/history.ts";
import { packVariables } from "../graph/variable.ts";
import { ValueSpec } from "../layers/infer.ts";
import type { Metric } from "../metrics/metric.ts";
import { runScoped } from "../ops/scopes.ts";
import { Tensor, toTensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { globalPermutation, type RandomSource, withRandomSource } from "../random/global.ts";
import { fail, HornbeamError, refuse, StateError } from "../util/errors.ts";
import { flattenStructure, isPlainObject, mapStructure, type Structure } from "../util/structure.ts";
import { type AnyData, IterableFeed, isBatches, refuseBeside } from "./batches.ts";
import { Compiled, type CompileOptions, resultsOf } from "./compiled.ts";
import { eventLoopGate } from "./event-loop.ts";
import { type Batch, Feed, feedOf } from "./feed.ts";
import { arrangeData, type DataLike, formKey, type HostLeaf, type StepData } from "./host-data.ts";
import { evaluate, fit, type Loop, predict, runAtOnce, runWaiting } from "./loops.ts";
import {
  checkCallOptions,
  checkFitOptions,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  type TestOnBatchOptions,
  type TrainOnBatchOptions,
} from "./options.ts";
import { outputInfos } from "./outputs.ts";
import {
  arrangeParts,
  byOutput,
  checkWeights,
  commonSamples,
  type OutputForm,
  type PreparedData,
  withClassWeight,
} from "./prepare.ts";
import { type Mode, type StepResult, Steps } from "./steps.ts";
import type { StepArguments, StepLogs, TrainableModel } from "./trainable-model.ts";

/** Numbers of a call: one, a list in the order of `metricsNames`, or by name. */
export type Results = number | number[] | Record<string, number>;

const STEPS = { train: "trainStep", test: "testStep", predict: "predictStep" } as const;

/** Everything around training that a model does not do itself: compiling, checking data, steps as plans, loops. */
export class Trainer {
  readonly model: TrainableModel;
  /** What the last `compile` made. */
  compiled: Compiled | undefined;
  /** Number of samples in the largest batch trained on so far. */
  largestTrainedBatch = 0;
  /** Number of the epoch to go on with: one more than the last one that `fit` finished. */
  epoch = 0;
  #random: RandomSource | undefined;
  /** Whether the state that training goes on from was one of before the first training call. */
  #untrained: boolean | undefined;
  readonly #steps: Steps = new Steps();
  readonly #outputs: Map<string, OutputForm> = new Map();
  #epoch = -1;
  /** Metrics on properties of the model and its layers. */
  #ownMetrics: readonly Metric[] = [];
  #fitting = false;
  #paused: { readonly until: Promise<void>; readonly resume: () => void } | undefined;

  constructor(model: TrainableModel) {
    this.model = model;
  }

  compile(options: CompileOptions): void {
    this.compiled = new Compiled(options);
    this.goOn(0);
  }

  /** Where the model takes random numbers from, once it goes on from a saved state; before, from the process's. */
  get random(): RandomSource | undefined {
    return this.#random;
  }

  /** Sets where training goes on. Plans are traced anew: they hold their source, and may hold the optimizer's slots. */
  goOn(epoch: number, random?: RandomSource, untrained?: boolean): void {
    this.epoch = epoch;
    this.#random = random;
    this.#untrained = untrained;
    this.#steps.clear();
  }

  /** A random order of 0 … n − 1, from where the model takes random numbers. */
  readonly permute = (n: number): Int32Array => withRandomSource(this.#random, () => globalPermutation(n));

  /** True while a first training call would have something to build: Keras's `fit` then uses a permutation up. */
  get unbuilt(): boolean {
    return this.#untrained ?? (!this.model.built || this.compiled?.built !== true);
  }

  /** What was compiled, for calls that need it. */
  needCompiled(call: string): Compiled {
    const text = `You must call \`compile()\` before \`${call}()\` on model "${this.model.name}"`;
    return this.compiled ?? fail(call, text, StateError);
  }

  // Data

  /**
   * Splits and checks inputs, and but for predictions targets and weights too; builds the model, losses, metrics and (to
   * train) the optimizer. A model with a step or a loss of its own may make what it likes of targets and weights.
   */
  prepare(x: unknown, y: unknown, sampleWeight: unknown, call: string, mode: Mode): PreparedData {
    const { model } = this;
    const compiled = mode === "predict" ? undefined : this.needCompiled(call.split(" ")[0]!);
    const inputs = arrangeData(x, model.inputSpecs, call, "x");
    const ownStep = model.overrides(STEPS[mode]);
    const free = ownStep || (compiled !== undefined && model.overrides("computeLoss"));
    const outputs = ownStep && model.partsBuilt && !compiled?.measures ? undefined : this.#outputsFor(inputs, call);
    const targets = arrangeParts(y, outputs, call, "y");
    const weights = arrangeParts(sampleWeight, outputs, call, "sampleWeight");
    const data: StepData<HostLeaf> = [inputs, targets, weights];
    const checked = compiled === undefined || outputs === undefined || free ? undefined : outputs.infos;
    const byEach = checked && byOutput(targets, checked, call, "y");
    if (checked !== undefined) checkWeights(weights, checked, call);
    const samples = commonSamples(data, call);
    if (compiled !== undefined && outputs !== undefined) this.#buildCompiled(compiled, outputs, targets, call, free);
    if (checked !== undefined) compiled!.checkTargets(byEach!, checked, call);
    if (mode === "train") {
      this.#buildOptimizer(compiled!.optimizer);
      this.#untrained = undefined;
    }
    return { data, outputs, samples };
  }

  #buildCompiled(compiled: Compiled, { infos }: OutputForm, y: Structure<HostLeaf>, call: string, free: boolean): void {
    if (compiled.built) return;
    try {
      compiled.build(infos, byOutput(y, infos, call, "y"));
    } catch (error) {
      // Targets that are not those of the outputs are the business of the model's own step.
      if (!free || !(error instanceof HornbeamError)) throw error;
    }
  }

  /** A model with nothing to train leaves the optimizer open for later. */
  #buildOptimizer(optimizer: Optimizer): void {
    if (optimizer.built) return;
    const { trainableVariables, nonTrainableVariables } = this.model;
    if (trainableVariables.length === 0) return;
    // Side by side in memory: a model enters and leaves linear memory as a whole.
    packVariables([...trainableVariables, ...nonTrainableVariables], "variables");
    optimizer.build(trainableVariables);
  }

  /** The model's outputs for inputs of this form; found once for each. */
  #outputsFor(inputs: Structure<HostLeaf>, call: string): OutputForm {
    this.#dropStalePlans();
    const key = formKey(inputs);
    let outputs = this.#outputs.get(key);
    if (outputs === undefined) {
      commonSamples([inputs, {}, {}], call);
      const form = this.compiled?.runEagerly === true ? this.#tryOutputs(inputs) : this.#inferOutputs(inputs);
      outputs = { form, infos: outputInfos(form, this.model.outputNames) };
      this.#dropStalePlans();
      this.#outputs.set(key, outputs);
    }
    return outputs;
  }

  #inferOutputs(inputs: Structure<HostLeaf>): Structure<ValueSpec> {
    return this.model.buildFromInputs(mapStructure(inputs, anyBatch));
  }

  /** For layers that read values, which cannot be run by shapes alone: the outputs for one sample, nothing kept. */
  #tryOutputs(inputs: Structure<HostLeaf>): Structure<ValueSpec> {
    let outputs: Structure<ValueSpec> | undefined;
    const done = new Error("done");
    try {
      runScoped(() => {
        const sample = mapStructure(inputs, (leaf) => asTensor(leaf.slice(0, 1)));
        outputs = mapStructure(this.model.callForTrainer(sample, false), anyBatch);
        // A scope that throws does not commit what was assigned.
        throw done;
      });
    } catch (error) {
      if (error !== done) throw error;
    }
    return outputs!;
  }

  /** Data of `evaluate` and `predict` as a loop takes them. */
  #source(x: unknown, y: unknown, options: EvaluateOptions, call: "evaluate" | "predict"): Feed | IterableFeed {
    const mode = call === "predict" ? call : "test";
    if (mode === "test") this.needCompiled(call);
    if (isBatches(x)) {
      refuseBeside(call, { y, sampleWeight: options.sampleWeight, batchSize: options.batchSize });
      return new IterableFeed(x, call, (...parts) => this.prepare(...parts, mode));
    }
    return feedOf(this.prepare(x, y, options.sampleWeight, call, mode), options.batchSize, options.steps);
  }

  // Steps

  /** Runs one step on a batch. */
  step(mode: Mode, batch: Batch): StepResult {
    if (mode === "train") this.largestTrainedBatch = Math.max(this.largestTrainedBatch, batch.samples);
    this.#dropStalePlans();
    const eagerly = this.compiled?.runEagerly === true;
    return withRandomSource(this.#random, () =>
      this.#steps.run(mode, batch, (data) => this.#body(mode, data), eagerly),
    );
  }

  #body(mode: Mode, [x, y, sampleWeight]: StepData<Tensor>): Structure<Tensor> {
    const data: StepArguments = [x, presentOf(y), presentOf(sampleWeight)];
    if (mode === "predict") return this.model.predictStep(data);
    const logs = this.model[STEPS[mode]](data);
    if (!isPlainObject(logs)) refuse(`model "${this.model.name}" ${STEPS[mode]}`, "logs", "numbers by name", logs);
    return logsOf(logs);
  }

  /** Plans hold what the model was when they were traced. */
  #dropStalePlans(): void {
    const epoch = this.model.modelEpoch();
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#steps.clear();
    this.#outputs.clear();
    this.#ownMetrics = this.model.ownMetrics();
  }

  /** The step of `fit` for models without one of their own. */
  trainStep([x, y, sampleWeight]: StepArguments): StepLogs {
    const { model } = this;
    const compiled = this.needCompiled("trainStep");
    const yPred = model.callForTrainer(x, true);
    const loss = model.computeLoss(x, y, yPred, sampleWeight, true);
    const variables = model.trainableVariables;
    if (variables.length > 0) {
      const grads = gradients(compiled.optimizer.scaleLoss(loss), variables);
      compiled.optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
    }
    compiled.trackLoss(loss, samplesOf(x));
    return model.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** The step of `evaluate` for models without one of their own. */
  testStep([x, y, sampleWeight]: StepArguments): StepLogs {
    const { model } = this;
    const yPred = model.callForTrainer(x, false);
    this.needCompiled("testStep").trackLoss(model.computeLoss(x, y, yPred, sampleWeight, false), samplesOf(x));
    return model.computeMetrics(x, y, yPred, sampleWeight);
  }

  /** The loss that `compile` chose and what layers add to it. */
  computeLoss(y: PartOf, yPred: Structure<Tensor>, sampleWeight: PartOf, training: boolean): Tensor {
    return this.needCompiled("computeLoss").computeLoss(this.model, y ?? {}, yPred, sampleWeight ?? {}, training);
  }

  /** Takes a batch into the metrics of `compile`; gives all results, also those of the model's own metrics. */
  computeMetrics(y: PartOf, yPred: Structure<Tensor>, sampleWeight: PartOf): Record<string, Tensor> {
    const compiled = this.needCompiled("computeMetrics");
    compiled.updateMetrics(this.model, y ?? {}, yPred, sampleWeight ?? {});
    const own = this.model.ownMetrics().map((metric) => ({ name: metric.name, of: metric }));
    return { ...compiled.results(), ...resultsOf(own) };
  }

  /** Losses and metrics forget everything. */
  reset(): void {
    this.#dropStalePlans();
    for (const metric of this.compiled!.metrics) metric.resetState();
    for (const metric of this.#ownMetrics) metric.resetState();
  }

  // Calls

  trainOnBatch(x: DataLike, y?: DataLike, options: TrainOnBatchOptions = {}): Results {
    return this.#onBatch("train", x, y, options, "trainOnBatch");
  }

  testOnBatch(x: DataLike, y?: DataLike, options: TestOnBatchOptions = {}): Results {
    return this.#onBatch("test", x, y, options, "testOnBatch");
  }

  #onBatch(
    mode: "train" | "test",
    x: DataLike,
    y: DataLike | undefined,
    options: TrainOnBatchOptions,
    call: "trainOnBatch" | "testOnBatch",
  ): Results {
    const { returnDict } = checkCallOptions(options, call);
    const prepared = this.prepare(x, y, options.sampleWeight, call, mode);
    const data = withClassWeight(prepared, options.classWeight, call);
    this.reset();
    const result = this.step(mode, new Feed(data).next()!);
    return this.results(result.names, result.numbers(), returnDict);
  }

  predictOnBatch(x: DataLike): Structure<Tensor> {
    const data = this.prepare(x, undefined, undefined, "predictOnBatch", "predict");
    return this.step("predict", new Feed(data).next()!).structure();
  }

  /** Two runs at once would mix their steps. */
  async fit(x: AnyData, y?: DataLike | null, options: FitOptions = {}): Promise<History> {
    if (this.#fitting) {
      const expected = `expected model "${this.model.name}" not to be training`;
      fail("fit", `${expected}, got a second call of \`fit\``, StateError);
    }
    this.#fitting = true;
    try {
      const checked = checkFitOptions(options);
      const { signal } = options;
      const gate = eventLoopGate();
      const pace = (): Promise<void> | undefined => {
        signal?.throwIfAborted();
        return this.#paused?.until ?? gate();
      };
      return await runWaiting(fit(this, x, y, options, checked, pace), signal);
    } finally {
      this.#fitting = false;
      this.resume();
    }
  }

  /** Makes `fit` wait before its next step. */
  pause(): void {
    if (this.#paused !== undefined) return;
    let resume = (): void => {};
    const until = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#paused = { until, resume };
  }

  resume(): void {
    this.#paused?.resume();
    this.#paused = undefined;
  }

  evaluate(x: AnyData, y?: DataLike | null, options: EvaluateOptions = {}): Results | Promise<Results> {
    const checked = checkCallOptions(options, "evaluate");
    const source = this.#source(x, y, options, "evaluate");
    return run(evaluate(this, source, checked), source, "evaluate");
  }

  predict(x: AnyData, options: PredictOptions = {}): Structure<Tensor> | Promise<Structure<Tensor>> {
    const checked = checkCallOptions(options, "predict");
    const source = this.#source(x, undefined, options, "predict");
    return run(predict(this, source, checked), source, "predict");
  }

  /** Numbers in the form a caller asked for: those of `compile` first, then the model's own, then others by name. */
  results(names: readonly string[], numbers: readonly number[], returnDict: boolean): Results {
    const values = Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
    if (returnDict) return values;
    const all = [...this.compiled!.names, ...this.#ownMetrics.map(({ name }) => name)];
    // A name that two outputs share stands there for each of them, as in Keras.
    const known = all.filter((name) => name in values);
    const list = [...known, ...names.filter((name) => !known.includes(name))].map((name) => values[name]!);
    return list.length === 1 ? list[0]! : list;
  }
}

type PartOf = Structure<Tensor> | undefined;

function run<T>(loop: Loop<T>, source: Feed | IterableFeed, call: string): T | Promise<T> {
  return source instanceof IterableFeed && source.isAsync ? runWaiting(loop) : runAtOnce(loop, call);
}

/** Data in JavaScript memory as a tensor. */
export function asTensor({ shape, dtype, data }: HostLeaf): Tensor {
  return new Tensor(shape, dtype, data);
}

/** What a value looks like whatever the size of the batch. */
function anyBatch({ shape, dtype }: HostLeaf | Tensor): ValueSpec {
  return new ValueSpec([null, ...shape.slice(1)], dtype);
}

/** Targets or weights; undefined for `{}`, which stands for none. */
function presentOf(part: Structure<Tensor>): PartOf {
  return isPlainObject(part) && Object.keys(part).length === 0 ? undefined : part;
}

function samplesOf(x: Structure<Tensor>): number {
  return flattenStructure(x)[0]!.shape[0]!;
}

/** Logs as tensors; what has one element is a number. */
function logsOf(logs: StepLogs): Record<string, Tensor> {
  const entries = Object.entries(logs).map(([name, value]) => [name, toTensor(value)] as const);
  return Object.fromEntries(entries.map(([name, log]) => [name, log.size === 1 ? log.reshape([]) : log]));
}
