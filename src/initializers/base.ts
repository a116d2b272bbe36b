import type { Tensor } from "../ops/tensor.ts";
import { DTypeError, ShapeError, ValueError, describe, suggest } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import type { DType } from "../util/dtype.ts";

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

/** Refuses what is no options object, and options that do not exist: a misspelt one would otherwise be lost in silence. */
export function checkOptions(name: string, options: unknown, allowed: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ValueError(`[${name}] options: expected an object, got ${describe(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (allowed.includes(key)) continue;
    const list = allowed.length === 0 ? "no options" : `one of ${allowed.join(", ")}`;
    throw new ValueError(`[${name}] options: expected ${list}, got "${key}".${suggest(key, allowed)}`);
  }
}

/** A finite number given as an option. */
export function checkFinite(name: string, argument: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ValueError(`[${name}] ${argument}: expected a finite number, got ${describe(value)}.`);
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
