import { zeros } from "../ops/creation.ts";
import { currentScope } from "../ops/scopes.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { Configured } from "../util/configured.ts";
import type { Dims } from "../util/shape.ts";

/** What every metric takes. */
export interface MetricOptions {
  name?: string;
}

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
  readonly #variables: Variable[] = [];

  protected constructor(options?: MetricOptions, own?: readonly string[], name?: string) {
    super("Metric", options, own, name);
  }

  /** Takes a batch in. */
  abstract updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): void;

  /** The number over everything taken in since the last reset. */
  abstract result(): Tensor;

  /** The variables that hold the state. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** Forgets everything taken in. */
  resetState(): void {
    for (const variable of this.#variables) {
      if (currentScope() === undefined) variable.writeWords(new Uint32Array(variable.size));
      else variable.assign(zeros(variable.shape, variable.dtype));
    }
  }

  /** A variable of the state; starts at, and is reset to, zeros. */
  protected addVariable(name: string, shape: Dims = []): Variable {
    const variable = new Variable(zeros(shape), { name: `${this.name}_${name}`, trainable: false });
    this.#variables.push(variable);
    return variable;
  }
}
