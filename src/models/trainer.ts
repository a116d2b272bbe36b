import type { History } from "../callbacks/history.ts";
import { packVariables } from "../graph/variable.ts";
import { ValueSpec } from "../layers/infer.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { runScoped } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { globalPermutation, type RandomSource, withRandomSource } from "../random/global.ts";
import { fail, StateError } from "../util/errors.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { Compiled, type CompileOptions } from "./compiled.ts";
import { Feed } from "./feed.ts";
import { arrangeData, type DataLike, type HostLeaf, type StepData } from "./host-data.ts";
import { evaluate, fit, predict, runAtOnce, runWaiting } from "./loops.ts";
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
  arrangeTargets,
  arrangeWeights,
  commonSamples,
  type OutputForm,
  type PreparedData,
  withClassWeight,
} from "./prepare.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** Numbers of a call: one, a list in the order of `metricsNames`, or by name. */
export type Results = number | number[] | Record<string, number>;

/** What a step does. */
export type Mode = "train" | "test" | "predict";

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
  readonly #plans: PlanCache = new PlanCache();
  readonly #outputs: Map<string, OutputForm> = new Map();
  #epoch = -1;
  #fitting = false;

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
    this.#plans.clear();
  }

  /** A random order of 0 … n − 1, from where the model takes random numbers. */
  readonly permute = (n: number): Int32Array => withRandomSource(this.#random, () => globalPermutation(n));

  /** True while a first training call would have something to build: Keras's `fit` then uses a permutation up. */
  get unbuilt(): boolean {
    return this.#untrained ?? (!this.model.built || this.compiled?.built !== true);
  }

  // Data

  /**
   * Splits and checks inputs, and but for predictions targets and weights too; builds the model, losses, metrics and (to
   * train) the optimizer.
   */
  prepare(x: unknown, y: unknown, sampleWeight: unknown, call: string, mode: Mode): PreparedData {
    const compiled = mode === "predict" ? undefined : this.compiled;
    if (compiled === undefined && mode !== "predict") {
      fail(call, `You must call \`compile()\` before \`${call}()\` on model "${this.model.name}"`, StateError);
    }
    const inputs = arrangeData(x, this.model.inputSpecs, call, "x");
    commonSamples([inputs, {}, {}], call);
    const outputs = this.#outputsFor(inputs);
    const targets = arrangeTargets(y, outputs, call);
    const data: StepData<HostLeaf> = [inputs, targets, arrangeWeights(sampleWeight, outputs, call)];
    const samples = commonSamples(data, call);
    compiled?.build(outputs.infos, targets);
    compiled?.checkTargets(targets, outputs.infos, call);
    if (mode === "train") {
      this.#buildOptimizer(compiled!.optimizer);
      this.#untrained = undefined;
    }
    return { data, outputs, samples };
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
  #outputsFor(inputs: Structure<HostLeaf>): OutputForm {
    this.#dropStalePlans();
    const key = JSON.stringify(mapStructure(inputs, ({ shape, dtype }) => `${dtype}${shape.slice(1)}`));
    let outputs = this.#outputs.get(key);
    if (outputs === undefined) {
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

  // Steps

  /** Runs one step on a batch; gives the numbers of `metricsNames`, or the flattened outputs. */
  step(mode: Mode, { data, key }: Feed, batch: readonly HostLeaf[]): Tensor[] {
    const { model } = this;
    const compiled = this.compiled;
    if (mode === "train") this.largestTrainedBatch = Math.max(this.largestTrainedBatch, batch[0]!.samples);
    const body = (args: Tensor[]): Tensor[] => {
      const packed = packStructure(data as Structure<HostLeaf>, args) as unknown as StepData<Tensor>;
      if (mode !== "predict") return compiled!.step(model, mode === "train", packed);
      return flattenStructure(model.callForTrainer(packed[0], false));
    };
    this.#dropStalePlans();
    const run = (): Tensor[] => this.#plans.run(`${mode}|${key}`, batch, body);
    return withRandomSource(this.#random, compiled?.runEagerly === true ? () => runScoped(run) : run);
  }

  /** Plans hold what the model was when they were traced. */
  #dropStalePlans(): void {
    const epoch = this.model.modelEpoch();
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#plans.clear();
    this.#outputs.clear();
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
    this.compiled!.reset();
    const results = this.#stepOnAll(mode, data).map((result) => result.item());
    return this.#results(results, returnDict);
  }

  #stepOnAll(mode: Mode, data: PreparedData): Tensor[] {
    const feed = new Feed(data, data.samples);
    return this.step(mode, feed, feed.next());
  }

  predictOnBatch(x: DataLike): Structure<Tensor> {
    const data = this.prepare(x, undefined, undefined, "predictOnBatch", "predict");
    return packStructure(data.outputs.form, this.#stepOnAll("predict", data));
  }

  /** Two runs at once would mix their steps. */
  async fit(x: DataLike, y?: DataLike, options: FitOptions = {}): Promise<History> {
    if (this.#fitting) {
      const expected = `expected model "${this.model.name}" not to be training`;
      fail("fit", `${expected}, got a second call of \`fit\``, StateError);
    }
    this.#fitting = true;
    try {
      return await runWaiting(fit(this, x, y, options, checkFitOptions(options)), options.signal);
    } finally {
      this.#fitting = false;
    }
  }

  evaluate(x: DataLike, y?: DataLike, options: EvaluateOptions = {}): Results {
    const checked = checkCallOptions(options, "evaluate");
    const data = this.prepare(x, y, options.sampleWeight, "evaluate", "test");
    return this.#results(runAtOnce(evaluate(this, data, checked), "evaluate"), checked.returnDict);
  }

  predict(x: DataLike, options: PredictOptions = {}): Structure<Tensor> {
    const checked = checkCallOptions(options, "predict");
    const data = this.prepare(x, undefined, undefined, "predict", "predict");
    return packStructure(data.outputs.form, runAtOnce(predict(this, data, checked), "predict"));
  }

  /** Numbers in the form a caller asked for. */
  #results(values: readonly number[], returnDict: boolean): Results {
    if (returnDict) return Object.fromEntries(this.compiled!.names.map((name, i) => [name, values[i]!]));
    return values.length === 1 ? values[0]! : [...values];
  }
}

/** Data in JavaScript memory as a tensor. */
export function asTensor({ shape, dtype, data }: HostLeaf): Tensor {
  return new Tensor(shape, dtype, data);
}

/** What a value looks like whatever the size of the batch. */
function anyBatch({ shape, dtype }: HostLeaf | Tensor): ValueSpec {
  return new ValueSpec([null, ...shape.slice(1)], dtype);
}
