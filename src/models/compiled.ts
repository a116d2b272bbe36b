import { gradients } from "../autodiff/gradients.ts";
import type { Loss } from "../losses/loss.ts";
import { ANY_SHAPES, getLoss, type LossLike, type ShapePair } from "../losses/registry.ts";
import type { Metric } from "../metrics/metric.ts";
import { checkMetric, getMetric, type MetricLike } from "../metrics/registry.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { getOptimizer, type OptimizerLike } from "../optimizers/registry.ts";
import { fail } from "../util/errors.ts";
import { checkBoolean, checkNumber, checkOptions } from "../util/names.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import type { HostLeaf, StepData } from "./host-data.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";
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

const KEYS = ["optimizer", "loss", "lossWeights", "metrics", "weightedMetrics", "runEagerly"] as const;

/** A loss or metric of an output, and its name in logs. */
interface Part<T> {
  readonly of: T;
  readonly output: number;
  readonly name: string;
}

type Targets = StepData<HostLeaf>[1];

/** Everything in a list, a dict or alone, without what stands for nothing. */
function listed(spec: unknown): unknown[] {
  return flattenStructure(spec as Structure<unknown>).filter((one) => one !== undefined && one !== null);
}

/** What `compile` made. Losses and metrics are resolved once outputs and targets are known. */
export class Compiled {
  readonly optimizer: Optimizer;
  readonly runEagerly: boolean;
  /** What was given to `compile`. */
  readonly options: CompileOptions;
  #losses: (Part<Loss> & { readonly weight: number })[] | undefined;
  #metrics: (Part<Metric> & { readonly weighted: boolean })[] = [];

  constructor(options: CompileOptions) {
    checkOptions(options, KEYS, "compile");
    this.options = options ?? {};
    const { optimizer, loss, lossWeights, metrics, weightedMetrics, runEagerly } = this.options;
    this.optimizer = getOptimizer(optimizer);
    this.runEagerly = checkBoolean(runEagerly ?? false, "compile", "runEagerly");
    for (const spec of listed(loss)) getLoss(spec, ANY_SHAPES);
    for (const weight of listed(lossWeights)) checkNumber(weight, "compile", "lossWeights");
    for (const spec of listed([metrics, weightedMetrics])) checkMetric(spec);
  }

  /** This, or before it is built one that may be built without `fit` taking notice. */
  toTry(): Compiled {
    return this.built ? this : new Compiled(this.options);
  }

  get built(): boolean {
    return this.#losses !== undefined;
  }

  /** Names in logs of the losses: the total, and `<output>_loss` for each output with a loss where several have. */
  get lossNames(): string[] {
    const losses = this.#losses ?? [];
    return ["loss", ...(losses.length > 1 ? losses.map(({ name }) => name) : [])];
  }

  /** Names in logs of all that a step gives. */
  get names(): string[] {
    return [...this.lossNames, ...this.#metrics.map(({ name }) => name)];
  }

  /** Resolves what was given to `compile`, once: names by outputs, "crossentropy" by shapes. */
  build(outputs: readonly OutputInfo[], targets: Targets): void {
    if (this.#losses !== undefined) return;
    const { loss, lossWeights, metrics, weightedMetrics } = this.options;
    const shapes = (i: number): ShapePair => ({
      target: targetOf(targets, i, outputs).shape,
      prediction: outputs[i]!.shape,
    });
    const weights = perOutput<number>(lossWeights, outputs, "compile", true);
    const losses = perOutput<LossLike>(loss, outputs, "compile", true).flatMap((spec, i) =>
      spec === undefined
        ? []
        : [{ of: getLoss(spec, shapes(i)), output: i, name: `${outputs[i]!.name}_loss`, weight: weights[i] ?? 1 }],
    );
    const lists = [metrics, weightedMetrics].map((spec, i) => metricsByOutput(spec, outputs, KEYS[3 + i]!));
    const taken = new Set<string>();
    this.#metrics = outputs.flatMap(({ name: prefix }, output) =>
      lists.flatMap((list, kind) =>
        list[output]!.map((spec) => {
          const of = getMetric(spec, shapes(output));
          const name = outputs.length > 1 ? `${prefix}_${of.name}` : of.name;
          return { of, output, weighted: kind === 1, name: uniqueName(name, kind === 1, taken) };
        }),
      ),
    );
    this.#losses = losses;
  }

  /** Checks targets in JavaScript memory before a step sees them. */
  checkTargets(targets: Targets, outputs: readonly OutputInfo[], call: string): void {
    for (const { of, output } of this.#losses!) {
      of.checkTargets(targetOf(targets, output, outputs), outputs[output]!.shape, call);
    }
  }

  /** Metrics forget everything. */
  reset(): void {
    for (const { of } of this.#metrics) of.resetState();
  }

  /**
   * The body of a step, written with ops: traced into a plan, or run at once with `runEagerly`. Forward, losses, in
   * training gradients and optimizer, metrics of the predictions made before the update. Gives a scalar for each name.
   */
  step(model: TrainableModel, training: boolean, data: StepData<Tensor>): Tensor[] {
    const predictions = flattenStructure(model.callForTrainer(data[0], training));
    const [total, ...losses] = this.losses(model, predictions, data);
    if (training) this.#train(model, total!);
    const [, targets, weights] = data;
    for (const { of, output, weighted } of this.#metrics) {
      const target = targets[output];
      if (target !== undefined) of.updateState(target, predictions[output]!, weighted ? weights[output] : undefined);
    }
    return [total!, ...(losses.length > 1 ? losses : []), ...this.#metrics.map(({ of }) => of.result())];
  }

  /** The total loss of predictions made in the scope under way, then the losses of the outputs. */
  losses(model: TrainableModel, predictions: readonly Tensor[], [, targets, weights]: StepData<Tensor>): Tensor[] {
    const losses = this.#losses!.map(({ of, output }) =>
      scalar(of.apply(targets[output]!, predictions[output]!, weights[output])),
    );
    const weighed = losses.map((loss, i) => {
      const { weight } = this.#losses![i]!;
      return weight === 1 ? loss : loss.mul(weight);
    });
    const [first, ...others] = [...weighed, ...model.losses.map(scalar)];
    if (first === undefined) return fail("compile", "loss: No loss to compute: give `compile` a loss");
    const total = others.reduce((sum, term) => sum.add(term), first);
    return [total, ...losses];
  }

  #train(model: TrainableModel, total: Tensor): void {
    const variables = model.trainableVariables;
    if (variables.length === 0) return;
    const grads = gradients(total, variables);
    this.optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
    model.applyConstraints?.();
  }
}

function scalar(value: Tensor): Tensor {
  return value.rank === 0 ? value : value.sum();
}

function targetOf(targets: Targets, output: number, outputs: readonly OutputInfo[]): HostLeaf {
  const { name } = outputs[output]!;
  return targets[output] ?? fail("y", `expected targets for output "${name}", which has a loss or metrics, got none`);
}

/** The metrics of each output as lists. */
function metricsByOutput(spec: unknown, outputs: readonly OutputInfo[], argument: string): unknown[][] {
  const isList = outputs.length === 1 && Array.isArray(spec) && !spec.some(Array.isArray);
  return (isList ? [spec] : perOutput(spec, outputs, `compile ${argument}`, false)).map(listed);
}

/** Keras's way out of collisions: `weighted_` before a weighted metric, then numbers. */
function uniqueName(wanted: string, weighted: boolean, taken: Set<string>): string {
  const base = weighted && taken.has(wanted) ? `weighted_${wanted}` : wanted;
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}
