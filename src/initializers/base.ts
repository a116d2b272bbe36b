import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { camelCaseKeys, checkNumber, checkOptions, snakeCase } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { checkDims } from "../util/shape.ts";

/** A plain object with Keras's argument names, ready for JSON. */
export type InitializerConfig = Record<string, unknown>;

/** Makes the first values of a weight. */
export abstract class Initializer {
  /** Keras's class name; minifiers rename constructors, files must not notice. */
  static readonly className: string = "Initializer";

  /** A fresh tensor with the first values of a weight of this shape. */
  abstract apply(shape: Dims, dtype?: DType): Tensor;

  /** The constructor's arguments under Keras's names. */
  getConfig(): InitializerConfig {
    return {};
  }

  /** The initializer that `getConfig` described; keys may be snake_case or camelCase. */
  static fromConfig<T>(this: new (options: never) => T, config: InitializerConfig): T {
    return new this(camelCaseKeys(config) as never);
  }
}

/** Options that are numbers: the default, and the smallest value if there is one. */
export type NumberOptions = Readonly<Record<string, readonly [usual: number, min?: number]>>;

/** Base of Hornbeam's own initializers: their options become properties, and these their config. */
export abstract class BuiltIn extends Initializer {
  readonly #options: readonly string[];

  /** @param others options that are no numbers; `read` reads them */
  constructor(options: object, numbers: NumberOptions, others: readonly string[] = []) {
    super();
    this.#options = [...Object.keys(numbers), ...others];
    checkOptions(options, this.#options, this.where);
    const given = options as Record<string, unknown>;
    const self = this as unknown as Record<string, unknown>;
    for (const [name, [usual, min]] of Object.entries(numbers)) {
      self[name] = checkNumber(given[name] ?? usual, this.where, name, { min: min! });
    }
    this.read(given);
  }

  /** How errors name it. */
  protected get where(): string {
    return (this.constructor as typeof Initializer).className;
  }

  /** Checks and keeps the options that are no numbers. */
  protected read(_options: Readonly<Record<string, unknown>>): void {}

  protected abstract make(shape: Dims, dtype: DType): Tensor;

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return this.make(checkDims(shape, this.where), dtype);
  }

  override getConfig(): InitializerConfig {
    const self = this as unknown as Record<string, unknown>;
    return Object.fromEntries(this.#options.map((name) => [snakeCase(name), self[name]]));
  }
}
