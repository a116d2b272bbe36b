import { describe, suggest, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";

/** Options every layer takes. */
export interface LayerOptions {
  /** Unique within a model; made from the class name when absent. */
  readonly name?: string | undefined;
  /** False: the optimizer leaves the layer's weights alone. Default true. */
  readonly trainable?: boolean | undefined;
  /** Shape of one sample, for the first layer of a Sequential model: it then knows its input at once. */
  readonly inputShape?: Shape | undefined;
  /** Computation is in float32. */
  readonly dtype?: "float32" | undefined;
}

const BASE_OPTIONS = ["name", "trainable", "inputShape", "dtype"];

/**
 * Checks the options of a built-in layer and returns those the base class reads. One that nobody reads is misspelt
 * more often than not: a ValueError names the nearest.
 */
export function baseOptions(className: string, options: object | undefined, own: readonly string[]): LayerOptions {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ValueError(`[${className}] options: expected an object, got ${describe(options)}.`);
  }
  const known = [...own, ...BASE_OPTIONS];
  const base: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) {
      throw new ValueError(
        `[${className}] options: Unrecognized keyword arguments: expected some of ${known.join(", ")}, ` +
          `got ${describe(key)}.${suggest(key, known)}`,
      );
    }
    if (BASE_OPTIONS.includes(key)) base[key] = value;
  }
  return base;
}

/** A boolean option; Keras's wording for `trainable`. */
export function checkTrainable(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  throw new ValueError(`[${where}] trainable: Expected \`trainable\` to be a boolean, got ${describe(value)}.`);
}

/** A shape as callers write it: sizes from 0 on, null for a size not known yet. */
export function checkShapeOption(shape: unknown, where: string, argument: string): Shape {
  if (!Array.isArray(shape)) {
    throw new ValueError(
      `[${where}] ${argument}: Cannot convert '${String(shape)}' to a shape: expected an array such as [784], ` +
        `got ${describe(shape)}.`,
    );
  }
  for (const dim of shape as unknown[]) {
    if (dim !== null && !(Number.isInteger(dim) && (dim as number) >= 0)) {
      throw new ValueError(
        `[${where}] ${argument}: Cannot convert '${describe(shape)}' to a shape: expected sizes from 0 on, or null ` +
          `for a size not known yet, got ${describe(dim)}.`,
      );
    }
  }
  return [...(shape as (number | null)[])];
}

/** A boolean option with its default. */
export function checkFlag(value: unknown, usual: boolean, where: string): boolean {
  if (value === undefined) return usual;
  if (typeof value === "boolean") return value;
  throw new ValueError(`[${where}] expected true or false, got ${describe(value)}.`);
}

/** A finite number; NaN and infinity would only show much later, as NaN everywhere. */
export function checkFinite(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ValueError(`[${where}] expected a finite number, got ${describe(value)}.`);
}
