import { zeros } from "../ops/creation.ts";
import { runScoped } from "../ops/scopes.ts";
import type { Tensor, TensorLike } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";

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
export abstract class Metric {
  readonly name: string;
  readonly #variables: Variable[] = [];

  protected constructor(name: string | undefined, defaultName: string) {
    this.name = name ?? defaultName;
    if (typeof this.name !== "string" || this.name === "") refuse(`Metric ${defaultName}`, "name", "a string", name);
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
    runScoped(() => {
      for (const variable of this.#variables) variable.assign(zeros(variable.shape, variable.dtype));
    });
  }

  /** Plain data from which an equal metric can be made. */
  getConfig(): Record<string, unknown> {
    return { name: this.name };
  }

  /** A variable of the state; starts at, and is reset to, zeros. */
  protected addVariable(name: string, shape: Dims = []): Variable {
    const variable = new Variable(zeros(shape), { name: `${this.name}_${name}`, trainable: false });
    this.#variables.push(variable);
    return variable;
  }

  protected get where(): string {
    return `Metric "${this.name}"`;
  }
}
