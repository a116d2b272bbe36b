import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { DTypeError, describe, ShapeError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";

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

/** `{input_axes: 1}` → `{inputAxes: 1}`. */
export function camelCaseKeys(config: InitializerConfig): InitializerConfig {
  const result: InitializerConfig = {};
  for (const [key, value] of Object.entries(config)) {
    result[key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return result;
}

/** A concrete shape. */
export function checkShape(name: string, shape: unknown): Dims {
  if (Array.isArray(shape) && shape.every((dim) => Number.isInteger(dim) && dim >= 0)) return shape as Dims;
  throw new ShapeError(`[${name}] shape: expected an array of sizes, got ${describe(shape)}.`);
}

/** Random numbers are made in float32 only. */
export function checkFloat(name: string, dtype: DType): void {
  if (dtype !== "float32") throw new DTypeError(`[${name}] dtype: expected float32, got ${dtype}.`);
}
