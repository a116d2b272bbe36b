import { checkCallbacks } from "../callbacks/callback-list.ts";
import type { History } from "../callbacks/history.ts";
import { packVariables } from "../graph/variable.ts";
import { ValueSpec } from "../layers/infer.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { runScoped } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { getOptimizer } from "../optimizers/registry.ts";
import { StateError, ValueError } from "../util/errors.ts";
import { checkBoolean, checkOptions } from "../util/names.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { CompiledLoss } from "./compiled-loss.ts";
import { CompiledMetrics } from "./compiled-metrics.ts";
import { evaluate, finishSync } from "./evaluate.ts";
import { fit } from "./fit.ts";
import { arrangeData, type DataLike, type HostLeaf } from "./host-data.ts";
import {
  COMPILE_KEYS,
  type CompileOptions,
  checkBatchSize,
  checkReturnDict,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  type TestOnBatchOptions,
  type TrainOnBatchOptions,
} from "./options.ts";
import { type OutputInfo, outputInfos } from "./outputs.ts";
import { predict } from "./predict.ts";
import { arrangeTargets, arrangeWeights, checkSamples, withClassWeight } from "./prepare.ts";
import { PreparedData } from "./prepared-data.ts";
import { type Compiled, predictStep, testStep, trainStep } from "./steps.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** Numbers of a call: one, a list in the order of `metricsNames`, or by name. */
export type Results = number | number[] | Record<string, number>;

/** What a step does. */
export type Mode = "train" | "test" | "predict";

interface OutputForms {
  readonly form: Structure<ValueSpec>;
  readonly infos: readonly OutputInfo[];
}

/** Everything around training that a model does not do itself: compiling, checking data, steps as plans, loops. */
export class Trainer {
  readonly model: TrainableModel;
  #compiled: Compiled | undefined;
  #plans: PlanCache = new PlanCache();
  #plansEpoch = -1;
  readonly #outputs: Map<string, OutputForms> = new Map();
  #fitting = false;

  constructor(model: TrainableModel) {
    this.model = model;
  }

  get isCompiled(): boolean {
    return this.#compiled !== undefined;
  }

  /** The optimizer given to `compile`, if it has been called. */
  get optimizer(): Optimizer | undefined {
    return this.#compiled?.optimizer;
  }

  /** Names of the numbers `evaluate` gives, in order. Those of metrics are known once data have been seen. */
  get metricsNames(): string[] {
    if (this.#compiled === undefined) return [];
    return ["loss", ...this.#compiled.loss.names, ...this.#compiled.metrics.names];
  }

  /** How many of the names are losses. */
  get lossCount(): number {
    return 1 + (this.#compiled?.loss.names.length ?? 0);
  }

  compile(options: CompileOptions): void {
    checkOptions(options, COMPILE_KEYS, "compile");
    const { optimizer, loss, lossWeights, metrics, weightedMetrics, runEagerly = false } = options ?? {};
    const compiled: Compiled = {
      optimizer: getOptimizer(optimizer),
      loss: new CompiledLoss(loss, lossWeights),
      metrics: new CompiledMetrics(metrics, weightedMetrics),
      runEagerly: checkBoolean(runEagerly, "compile", "runEagerly"),
    };
    this.#plans.clear();
    this.#plans = new PlanCache();
    this.#compiled = compiled;
  }

  /** What `compile` made, or the error for a call before it. */
  compiled(call: string): Compiled {
    if (this.#compiled !== undefined) return this.#compiled;
    throw new StateError(`[${call}] You must call \`compile()\` before \`${call}()\` on model "${this.model.name}".`);
  }

  /** True while a first training call would have something to build: Keras's `fit` then uses a permutation up. */
  get unbuilt(): boolean {
    const compiled = this.#compiled;
    return !this.model.built || compiled === undefined || !compiled.loss.built || !compiled.metrics.built;
  }

  // Data

  /** Splits and checks inputs, builds the model for them, and tells its outputs. */
  prepareInputs(x: unknown, call: string): PreparedData {
    const inputs = this.#arrangeInputs(x, call);
    const samples = checkSamples(inputs, [], [], call);
    const { infos } = this.#outputsFor(inputs);
    return preparedData(inputs, infos, [], [], samples);
  }

  /** Splits and checks inputs, targets and weights, and builds model, losses, metrics and (to train) the optimizer. */
  prepare(x: unknown, y: unknown, sampleWeight: unknown, call: string, mode: "train" | "test"): PreparedData {
    const compiled = this.compiled(call);
    const inputs = this.#arrangeInputs(x, call);
    checkSamples(inputs, [], [], call);
    const { form, infos } = this.#outputsFor(inputs);
    const targets = arrangeTargets(y, infos, form, call);
    const weights = arrangeWeights(sampleWeight, infos, form, call);
    const samples = checkSamples(inputs, targets, weights, call);
    const shapes = targets.map((target) => target?.shape);
    compiled.loss.build(infos, shapes);
    compiled.metrics.build(infos, shapes);
    compiled.loss.checkTargets(targets, infos, call);
    if (mode === "train" && !compiled.optimizer.built) this.#buildOptimizer(compiled.optimizer);
    return preparedData(inputs, infos, targets, weights, samples);
  }

  /** A model with nothing to train leaves the optimizer open for later. */
  #buildOptimizer(optimizer: Optimizer): void {
    const { trainableVariables, nonTrainableVariables } = this.model;
    if (trainableVariables.length === 0) return;
    // Side by side in memory: a model enters and leaves linear memory as a whole.
    packVariables([...trainableVariables, ...nonTrainableVariables], "variables");
    optimizer.build(trainableVariables);
  }

  /** Splits and checks inputs and targets, and builds nothing that would not be built otherwise. */
  prepareToLook(x: unknown, y: unknown, call: string): PreparedData {
    const inputs = this.#arrangeInputs(x, call);
    const { form, infos } = this.#outputsFor(inputs);
    const targets = y === undefined ? [] : arrangeTargets(y, infos, form, call);
    const data = preparedData(inputs, infos, targets, [], checkSamples(inputs, targets, [], call));
    if (y !== undefined) this.#lossFor(data, call).checkTargets(targets, infos, call);
    return data;
  }

  #lossFor({ outputs, targets }: PreparedData, call: string): CompiledLoss {
    const { loss } = this.compiled(call);
    // A loss that is not built stays so: `fit` goes by it.
    const usable = loss.built ? loss : loss.copy();
    usable.build(
      outputs,
      targets.map((target) => target?.shape),
    );
    return usable;
  }

  /** The loss of outputs computed in the scope under way. */
  lossOf(
    data: PreparedData,
    targets: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    call: string,
  ): number {
    return this.#lossFor(data, call).compute(targets, outputs, [], this.model.losses).total.item();
  }

  #arrangeInputs(x: unknown, call: string): Structure<HostLeaf> {
    return arrangeData(x, this.model.inputSpecs, { call, argument: "x" });
  }

  /** The model's outputs for inputs of this form; found once for each. */
  #outputsFor(inputs: Structure<HostLeaf>): OutputForms {
    this.#dropStalePlans();
    const key = flattenStructure(
      mapStructure(inputs, ({ shape, dtype }, path) => `${path}:${dtype}[${shape.slice(1)}]`),
    );
    let outputs = this.#outputs.get(key.join());
    if (outputs === undefined) {
      const form = this.#compiled?.runEagerly === true ? this.#tryOutputs(inputs) : this.#inferOutputs(inputs);
      outputs = { form, infos: outputInfos(form, this.model.outputNames) };
      this.#dropStalePlans();
      this.#outputs.set(key.join(), outputs);
    }
    return outputs;
  }

  #inferOutputs(inputs: Structure<HostLeaf>): Structure<ValueSpec> {
    const specs = mapStructure(inputs, ({ shape, dtype }) => new ValueSpec([null, ...shape.slice(1)], dtype));
    return this.model.buildFromInputs(specs);
  }

  /** For layers that read values, which cannot be run by shapes alone: the outputs for one sample, nothing kept. */
  #tryOutputs(inputs: Structure<HostLeaf>): Structure<ValueSpec> {
    return withoutEffects(() => {
      const sample = mapStructure(inputs, (leaf) => asTensor(leaf.slice(0, 1)));
      const outputs = this.model.callForTrainer(sample, false);
      return mapStructure(outputs, ({ shape, dtype }) => new ValueSpec([null, ...shape.slice(1)], dtype));
    });
  }

  // Steps

  /** Number of samples in the largest batch trained on so far. */
  largestTrainedBatch = 0;

  /** Runs one training or test step on a batch; gives the numbers of `metricsNames`. */
  runStep(mode: "train" | "test", data: PreparedData, batch: readonly HostLeaf[], call: string): number[] {
    const compiled = this.compiled(call);
    const step = mode === "train" ? trainStep : testStep;
    if (mode === "train") this.largestTrainedBatch = Math.max(this.largestTrainedBatch, batch[0]?.samples ?? 0);
    const body = (args: Tensor[]): Tensor[] => step(this.model, compiled, data.unpack(args));
    return this.#run(mode, data, batch, body).map((result) => result.item());
  }

  /** Runs one prediction on a batch; gives the flattened outputs. */
  runPredict(data: PreparedData, batch: readonly HostLeaf[]): Tensor[] {
    return this.#run("predict", data, batch, (args) => predictStep(this.model, data.unpack(args)));
  }

  #run(mode: Mode, data: PreparedData, batch: readonly HostLeaf[], body: (args: Tensor[]) => Tensor[]): Tensor[] {
    if (this.#compiled?.runEagerly === true) {
      return runScoped(() => body(batch.map(asTensor)));
    }
    this.#dropStalePlans();
    return this.#plans.run(`${mode}|${data.key}`, batch, body);
  }

  /** Plans hold what the model was when they were traced. */
  #dropStalePlans(): void {
    const epoch = this.model.modelEpoch();
    if (epoch === this.#plansEpoch) return;
    this.#plansEpoch = epoch;
    this.#plans.clear();
    this.#outputs.clear();
  }

  // Calls

  trainOnBatch(x: DataLike, y?: DataLike, options: TrainOnBatchOptions = {}): Results {
    checkOptions(options, ["sampleWeight", "classWeight", "returnDict"], "trainOnBatch");
    const returnDict = checkReturnDict(options.returnDict, "trainOnBatch");
    const data = this.prepare(x, y, options.sampleWeight, "trainOnBatch", "train");
    return this.#onBatch(
      "train",
      withClassWeight(data, options.classWeight, "trainOnBatch"),
      "trainOnBatch",
      returnDict,
    );
  }

  testOnBatch(x: DataLike, y?: DataLike, options: TestOnBatchOptions = {}): Results {
    checkOptions(options, ["sampleWeight", "returnDict"], "testOnBatch");
    const returnDict = checkReturnDict(options.returnDict, "testOnBatch");
    return this.#onBatch(
      "test",
      this.prepare(x, y, options.sampleWeight, "testOnBatch", "test"),
      "testOnBatch",
      returnDict,
    );
  }

  predictOnBatch(x: DataLike): Structure<Tensor> {
    const data = this.prepareInputs(x, "predictOnBatch");
    return packStructure(this.outputForm(data), this.runPredict(data, data.arrays));
  }

  fit(x: DataLike, y?: DataLike, options: FitOptions = {}): Promise<History> {
    return this.#exclusively(() => fit(this, x, y, options));
  }

  evaluate(x: DataLike, y?: DataLike, options: EvaluateOptions = {}): Results {
    checkOptions(options, ["batchSize", "sampleWeight", "callbacks", "returnDict"], "evaluate");
    const batchSize = checkBatchSize(options.batchSize, "evaluate");
    const returnDict = checkReturnDict(options.returnDict, "evaluate");
    const callbacks = checkCallbacks(options.callbacks, "evaluate");
    const data = this.prepare(x, y, options.sampleWeight, "evaluate", "test");
    const run = evaluate(this, data, { batchSize, callbacks, call: "evaluate" });
    return this.results(finishSync(run, "evaluate").values(), returnDict);
  }

  predict(x: DataLike, options: PredictOptions = {}): Structure<Tensor> {
    checkOptions(options, ["batchSize", "callbacks"], "predict");
    const batchSize = checkBatchSize(options.batchSize, "predict");
    const callbacks = checkCallbacks(options.callbacks, "predict");
    const data = this.prepareInputs(x, "predict");
    return packStructure(this.outputForm(data), predict(this, data, { batchSize, callbacks }));
  }

  /** The structure of the outputs for these inputs. */
  outputForm(data: PreparedData): Structure<ValueSpec> {
    return this.#outputsFor(data.inputs).form;
  }

  /** Numbers in the form a caller asked for. */
  results(values: readonly number[], returnDict: boolean): Results {
    if (returnDict) return Object.fromEntries(this.metricsNames.map((name, i) => [name, values[i]!]));
    return values.length === 1 ? values[0]! : [...values];
  }

  #onBatch(mode: "train" | "test", data: PreparedData, call: string, returnDict: boolean): Results {
    this.compiled(call).metrics.reset();
    return this.results(this.runStep(mode, data, data.arrays, call), returnDict);
  }

  /** Two runs of `fit` at once would mix their steps. */
  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    if (this.#fitting) {
      throw new StateError(
        `[fit] expected model "${this.model.name}" not to be training, got a second call of \`fit\`.`,
      );
    }
    this.#fitting = true;
    try {
      return await run();
    } finally {
      this.#fitting = false;
    }
  }
}

/** Data in JavaScript memory as a tensor. */
export function asTensor({ shape, dtype, data }: HostLeaf): Tensor {
  return new Tensor(shape, dtype, data);
}

/** Runs a computation whose assignments come to nothing: a scope that throws does not commit. */
function withoutEffects<T>(body: () => T): T {
  const done: { result?: T } = {};
  const stop = new Error("done");
  try {
    runScoped(() => {
      done.result = body();
      throw stop;
    });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return done.result!;
}

function preparedData(
  inputs: Structure<HostLeaf>,
  outputs: readonly OutputInfo[],
  targets: readonly (HostLeaf | undefined)[],
  weights: readonly (HostLeaf | undefined)[],
  samples: number,
): PreparedData {
  if (samples < 1) throw new ValueError("[data] expected at least one sample.");
  return new PreparedData({ inputs, inputLeaves: flattenStructure(inputs), outputs, targets, weights, samples });
}
