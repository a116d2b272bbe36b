import { getInitializer, type InitializerSpec } from "../initializers/get.ts";
import type { Weights } from "../losses/align.ts";
import { checkFinite, type HostTargets } from "../losses/loss.ts";
import { zeros } from "../ops/creation.ts";
import { currentScope, isTracing, outsideTraces } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { Configured } from "../util/configured.ts";
import type { DType } from "../util/dtype.ts";
import { fail, StateError } from "../util/errors.ts";
import { checkDims, type Dims, type Shape } from "../util/shape.ts";

/** What every metric takes. */
export interface MetricOptions {
  /** Name in logs. Default: the class's name in snake case. */
  name?: string;
}

/** A variable of a metric's state. */
export interface MetricVariableSpec {
  /** Default "variable". */
  name?: string;
  /** Default []: a scalar. */
  shape?: Dims;
  /** Values before the first reset, which sets all to 0. Default "zeros". */
  initializer?: InitializerSpec;
  /** Default "float32". */
  dtype?: DType;
}

/** Whether a metric grows or falls as a model gets better. */
export type Direction = "up" | "down";

/** What `result` gives: a tensor of any shape, or several by their names in logs. */
export type MetricResult = Tensor | Readonly<Record<string, Tensor>>;

/**
 * A number gathered over many batches. Its state lies in variables, so that updates are part of a plan; one
 * object may be asked at any time:
 *
 * ```ts
 * const metric = hb.metrics.binaryAccuracy();
 * metric.updateState([1, 0], [0.9, 0.6]);
 * metric.result().item(); // 0.5
 * ```
 */
export abstract class Metric extends Configured {
  static override readonly className: string = "Metric";
  /** Known for built-in metrics that can be better or worse; callbacks go by it. */
  readonly direction: Direction | undefined = undefined;
  readonly #variables: Variable[] = [];

  constructor(options?: MetricOptions, own?: readonly string[], name?: string) {
    super("Metric", options, own, name);
  }

  /** Takes a batch in. */
  abstract updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void;

  /** The number over everything taken in since the last reset. */
  abstract result(): MetricResult;

  /** The variables that hold the state. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** Forgets everything taken in: all variables become 0. */
  resetState(): void {
    for (const variable of this.#variables) {
      if (currentScope() === undefined) variable.writeWords(new Uint32Array(variable.size));
      else variable.assign(zeros(variable.shape, variable.dtype));
    }
  }

  /** A new variable of the state. */
  protected addVariable({ name = "variable", shape = [], ...more }: MetricVariableSpec = {}): Variable {
    const { initializer = "zeros", dtype = "float32" } = more;
    const made = getInitializer(initializer, this.where);
    // Also where the first batch comes in a trace: a variable starts from values.
    const variable = outsideTraces(() => {
      const initial = made.apply(checkDims(shape, this.where), dtype);
      return new Variable(initial, { name: `${this.name}_${name}`, dtype, trainable: false });
    });
    this.#variables.push(variable);
    return variable;
  }

  /** The same as `addVariable`. */
  protected addWeight(spec?: MetricVariableSpec): Variable {
    return this.addVariable(spec);
  }

  /**
   * Checks targets that stand in JavaScript memory, as losses do; `fit` and its like call it before a step.
   * @throws ValueError for values no target can have.
   */
  checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
    checkFinite(targets, prediction, where);
  }

  /** Targets and predictions as tensors; checked, where there are values to be read already. */
  protected read(yTrue: TensorLike, yPred: TensorLike): [target: Tensor, prediction: Tensor] {
    const [target, prediction] = [toTensor(yTrue), toTensor(yPred)];
    if (!isTracing()) this.checkTargets({ data: target.hostData(), shape: target.shape }, prediction.shape);
    return [target, prediction];
  }
}

/** A metric with one result: a number, or a tensor of several. */
export interface NumberMetric extends Metric {
  result(): Tensor;
}

/** Refuses to give a result whose shape is not known before the first batch. */
export function untaken(where: string): never {
  return fail(where, "result: expected updateState to be called before", StateError);
}

/** Adds to a variable. */
export function addTo(variable: Variable, value: Tensor): void {
  variable.assign(variable.value().add(value));
}
