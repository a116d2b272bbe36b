import { packVariables } from "../graph/variable.ts";
import type { Loss } from "../losses/loss.ts";
import { ANY_SHAPES, getLoss, type LossLike, type ShapePair } from "../losses/registry.ts";
import { Mean } from "../metrics/mean.ts";
import type { Metric } from "../metrics/metric.ts";
import { checkMetric, getMetric, type MetricLike } from "../metrics/registry.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { getOptimizer, type OptimizerLike } from "../optimizers/registry.ts";
import { fail } from "../util/errors.ts";
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../util/names.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";
import type { HostLeaf } from "./host-data.ts";
import { type OutputInfo, outputInfos, perOutput } from "./outputs.ts";
import { byOutput } from "./prepare.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** Losses as given to `compile`: one for all outputs, a list, or a dict by output names. */
export type LossSpec = LossLike | readonly (LossLike | null)[] | { readonly [output: string]: LossLike | null };

/** Weights of the losses as given to `compile`. */
export type LossWeights = number | readonly number[] | { readonly [output: string]: number };

/** Metrics of one output. */
export type OutputMetrics = MetricLike | readonly MetricLike[] | null;

/** Metrics as given to `compile`: a list for the one output, or something for each of several, as a list or dict. */
export type MetricsSpec = MetricLike | readonly OutputMetrics[] | { readonly [output: string]: OutputMetrics };

/** What `compile` takes. */
export interface CompileOptions {
  /** Default "rmsprop", as in Keras. */
  optimizer?: OptimizerLike | undefined;
  loss?: LossSpec | undefined;
  /** Factors of the losses of several outputs; they do not show in the logged losses of the outputs. */
  lossWeights?: LossWeights | undefined;
  metrics?: MetricsSpec | undefined;
  /** Metrics that take sample and class weights into account. */
  weightedMetrics?: MetricsSpec | undefined;
  /** Runs every step op by op, so that values can be read inside layers. Much slower. Default false. */
  runEagerly?: boolean | undefined;
  /** Steps between two calls of batch hooks (and two looks at `stopTraining`), as in Keras. Default 1. */
  stepsPerExecution?: number | undefined;
}

const KEYS = [
  ...(["optimizer", "loss", "lossWeights", "metrics", "weightedMetrics"] as const),
  ...(["runEagerly", "stepsPerExecution"] as const),
];

/** A loss or metric of an output, and its name in logs. */
interface Part<T> {
  readonly of: T;
  readonly output: number;
  readonly name: string;
}

interface Shaped {
  readonly shape: readonly number[];
}

/** Everything in a list, a dict or alone, without what stands for nothing. */
function listed(spec: unknown, argument?: string): unknown[] {
  return flattenStructure(spec as Structure<unknown>, "compile", argument).filter(
    (one) => one !== undefined && one !== null,
  );
}

/** What `compile` made. Losses and metrics are resolved once outputs and targets are known. */
export class Compiled {
  readonly optimizer: Optimizer;
  readonly runEagerly: boolean;
  readonly stepsPerExecution: number;
  /** What was given to `compile`. */
  readonly options: CompileOptions;
  /** Mean of the total loss over the samples since the last reset. */
  readonly #total: Mean = new Mean({ name: "loss" });
  #outputs: readonly OutputInfo[] = [];
  #losses: (Part<Loss> & { readonly weight: number; readonly mean: Mean })[] | undefined;
  #metrics: (Part<Metric> & { readonly weighted: boolean })[] = [];

  constructor(options: CompileOptions) {
    checkOptions(options, KEYS, "compile");
    this.options = options ?? {};
    const { optimizer, loss, lossWeights, metrics, weightedMetrics, runEagerly, stepsPerExecution } = this.options;
    this.optimizer = getOptimizer(optimizer ?? "rmsprop");
    this.runEagerly = checkBoolean(runEagerly ?? false, "compile", "runEagerly");
    this.stepsPerExecution = checkInteger(stepsPerExecution ?? 1, "compile", "stepsPerExecution", 1);
    for (const spec of listed(loss, "loss")) getLoss(spec, ANY_SHAPES);
    for (const weight of listed(lossWeights, "lossWeights")) checkNumber(weight, "compile", "lossWeights");
    for (const spec of listed(metrics, "metrics")) checkMetric(spec);
    for (const spec of listed(weightedMetrics, "weightedMetrics")) checkMetric(spec);
  }

  /** This, or before it is built one that may be built without `fit` taking notice. */
  toTry(): Compiled {
    return this.built ? this : new Compiled(this.options);
  }

  get built(): boolean {
    return this.#losses !== undefined;
  }

  /** Whether there is a loss or a metric to compute. */
  get measures(): boolean {
    return this.#hasMetrics || listed(this.options.loss).length > 0;
  }

  get #hasMetrics(): boolean {
    const { metrics, weightedMetrics } = this.options;
    return listed([metrics, weightedMetrics]).length > 0;
  }

  /** The total loss, metrics, then the losses of outputs where several have one. */
  get metrics(): Metric[] {
    return [this.#total, ...this.#metrics.map(({ of }) => of), ...this.#outputLosses.map(({ mean }) => mean)];
  }

  get #outputLosses() {
    const losses = this.#losses ?? [];
    return losses.length > 1 ? losses : [];
  }

  /** Names in logs in the order of `evaluate`: total, losses of outputs, metrics (of several outputs by name). */
  get names(): string[] {
    const metrics = this.#metrics.map(({ name }) => name);
    if (this.#outputs.length > 1) metrics.sort();
    return [this.#total.name, ...this.#outputLosses.map(({ name }) => name), ...metrics];
  }

  /** Resolves what was given to `compile`, once: names by outputs, "crossentropy" by shapes. */
  build(outputs: readonly OutputInfo[], targets: readonly (Shaped | undefined)[]): void {
    if (this.#losses !== undefined) return;
    const { loss, lossWeights, metrics, weightedMetrics } = this.options;
    const shapes = (i: number): ShapePair => ({
      target: targetOf(targets, i, outputs).shape,
      prediction: outputs[i]!.shape,
    });
    const weights = perOutput<number>(lossWeights, outputs, "compile", true);
    const losses = perOutput<LossLike>(loss, outputs, "compile", true).flatMap((spec, output) => {
      if (spec === undefined) return [];
      const name = `${outputs[output]!.name}_loss`;
      return [
        { of: getLoss(spec, shapes(output)), output, name, weight: weights[output] ?? 1, mean: new Mean({ name }) },
      ];
    });
    if (outputs[0]!.keyed && isPlainObject(loss)) {
      // As in Keras, losses by keys of the output stand in the order in which they are written; by names of layers too.
      const written = Object.keys(loss);
      const place = ({ output }: { output: number }): number => {
        const { name, alias } = outputs[output]!;
        return written.indexOf((loss[name] ?? null) === null ? alias : name);
      };
      losses.sort((a, b) => place(a) - place(b));
    }
    const taken = new Set<string>();
    this.#metrics = [metrics, weightedMetrics].flatMap((given, kind) =>
      metricsByOutput(given, outputs, KEYS[3 + kind]!).flatMap((list, output) =>
        list.map((spec) => {
          const of = getMetric(spec, shapes(output));
          const prefix = outputs.length > 1 ? `${outputs[output]!.name}_` : "";
          return { of, output, weighted: kind === 1, name: uniqueName(prefix, of.name, kind === 1, taken) };
        }),
      ),
    );
    this.#losses = losses;
    this.#outputs = outputs;
    // Side by side in memory: a plan looks after one storage instead of many.
    packVariables(
      this.metrics.flatMap(({ variables }) => variables),
      "variables",
    );
  }

  /** Checks targets in JavaScript memory before a step sees them. */
  checkTargets(targets: readonly (HostLeaf | undefined)[], outputs: readonly OutputInfo[], call: string): void {
    for (const { of, output } of [...this.#losses!, ...this.#metrics]) {
      of.checkTargets(targetOf(targets, output, outputs), outputs[output]!.shape, call);
    }
  }

  /** The outputs as they were when losses and metrics were resolved, or resolves them now. */
  #outputsOf(model: TrainableModel, y: Structure<Tensor>, yPred: Structure<Tensor>): readonly OutputInfo[] {
    if (this.#losses === undefined) {
      const outputs = outputInfos(yPred, model.outputNames);
      this.build(outputs, byOutput(y, outputs, "compile", "y"));
    }
    return this.#outputs;
  }

  /**
   * The total loss of predictions made in the scope under way, then the losses of the outputs. Where there is none at all
   * it is 0, but in training a mistake.
   */
  losses(
    model: TrainableModel,
    y: Structure<Tensor>,
    yPred: Structure<Tensor>,
    sampleWeight: Structure<Tensor>,
    training = true,
  ): Tensor[] {
    const outputs = this.#outputsOf(model, y, yPred);
    const [targets, weights] = [
      byOutput(y, outputs, "loss", "y"),
      byOutput(sampleWeight, outputs, "loss", "sampleWeight"),
    ];
    const predictions = flattenStructure(yPred);
    const losses = this.#losses!.map(({ of, output }) =>
      // Of a loss with reduction "none" Keras logs the mean.
      scalar(of.apply(targetOf(targets, output, outputs), predictions[output]!, weights[output]), "mean"),
    );
    const weighed = losses.map((loss, i) => {
      const { weight } = this.#losses![i]!;
      return weight === 1 ? loss : loss.mul(weight);
    });
    const terms = [...weighed, ...model.losses.map((loss) => scalar(loss, "sum"))];
    if (terms.length === 0) {
      if (training)
        fail("compile", "loss: No loss to compute: give `compile` a loss, or let layers add one by `addLoss`");
      terms.push(new Tensor([], "float32", Float32Array.of(0)));
    }
    return [terms.reduce((sum, term) => sum.add(term)), ...losses];
  }

  /** The total loss; those of the outputs are taken into their means. */
  computeLoss(
    model: TrainableModel,
    y: Structure<Tensor>,
    yPred: Structure<Tensor>,
    sampleWeight: Structure<Tensor>,
    training: boolean,
  ): Tensor {
    const [total, ...losses] = this.losses(model, y, yPred, sampleWeight, training);
    const samples = flattenStructure(yPred)[0]!.shape[0]!;
    for (const [i, { mean }] of this.#outputLosses.entries()) mean.updateState(losses[i]!, samples);
    return total!;
  }

  /** Takes the total loss of a batch into its mean. */
  trackLoss(loss: Tensor, samples: number): void {
    this.#total.updateState(loss, samples);
  }

  /** Takes predictions into the metrics. */
  updateMetrics(
    model: TrainableModel,
    y: Structure<Tensor>,
    yPred: Structure<Tensor>,
    sampleWeight: Structure<Tensor>,
  ): void {
    if (!this.#hasMetrics) return;
    const outputs = this.#outputsOf(model, y, yPred);
    const [targets, weights] = [
      byOutput(y, outputs, "metrics", "y"),
      byOutput(sampleWeight, outputs, "metrics", "sampleWeight"),
    ];
    const predictions = flattenStructure(yPred);
    for (const { of, output, weighted } of this.#metrics) {
      const target = targets[output];
      if (target !== undefined) of.updateState(target, predictions[output]!, weighted ? weights[output] : undefined);
    }
  }

  /** What all losses and metrics come to since the last reset, by their names in logs. */
  results(): Record<string, Tensor> {
    const means = [
      { name: this.#total.name, of: this.#total },
      ...this.#outputLosses.map(({ name, mean }) => ({ name, of: mean })),
    ];
    return resultsOf([...means, ...this.#metrics]);
  }
}

/** Results of metrics by their names in logs; of a metric that gives several by name, by those. */
export function resultsOf(metrics: readonly { readonly name: string; readonly of: Metric }[]): Record<string, Tensor> {
  const results = metrics.map(({ name, of }) => {
    const result = of.result();
    return result instanceof Tensor ? { [name]: result } : result;
  });
  return Object.assign({}, ...results);
}

function scalar(value: Tensor, reduction: "mean" | "sum"): Tensor {
  return value.rank === 0 ? value : value[reduction]();
}

function targetOf<T>(targets: readonly (T | undefined)[], output: number, outputs: readonly OutputInfo[]): T {
  const { name } = outputs[output]!;
  return (
    targets[output] ?? fail("loss", `y: expected targets for output "${name}", which has a loss or metrics, got none`)
  );
}

/** The metrics of each output as lists. */
function metricsByOutput(spec: unknown, outputs: readonly OutputInfo[], argument: string): unknown[][] {
  const isList = outputs.length === 1 && Array.isArray(spec) && !spec.some(Array.isArray);
  return (isList ? [spec] : perOutput(spec, outputs, `compile ${argument}`, false)).map((list) => listed(list));
}

/** Keras's way out of collisions: `weighted_` before a weighted metric, then numbers. */
function uniqueName(prefix: string, wanted: string, weighted: boolean, taken: Set<string>): string {
  const base = prefix + (weighted && taken.has(prefix + wanted) ? "weighted_" : "") + wanted;
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}
