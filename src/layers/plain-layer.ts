import { refuse } from "../util/errors.ts";
import { markBuilt } from "./build.ts";
import { whereOf } from "./internals.ts";
import { Layer } from "./layer.ts";
import type { LayerOptions } from "./options.ts";

/** An option of a layer: its default (undefined: has to be given) and what its value must be. */
export type Field = readonly [usual: unknown, check: Check];

/** Whether a value is good, and how errors say what is expected. */
export interface Check {
  readonly expected: string;
  good(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

export const ANY_NUMBER: Check = { expected: "a finite number", good: isNumber };
export const NUMBER_FROM_0: Check = { expected: "a number from 0 on", good: (value) => isNumber(value) && value >= 0 };
export const INTEGER: Check = { expected: "an integer", good: Number.isInteger };
export const POSITIVE: Check = {
  expected: "a positive integer",
  good: (value) => Number.isInteger(value) && (value as number) > 0,
};
export const FLAG: Check = { expected: "true or false", good: (value) => typeof value === "boolean" };

/** Null too. */
export const orNull = (check: Check): Check => ({
  expected: `${check.expected}, or null`,
  good: (value) => value === null || check.good(value),
});

/** A list of such values. */
export const listOf = (check: Check): Check => ({
  expected: `an array, each entry ${check.expected}`,
  good: (value) => Array.isArray(value) && value.every((entry) => check.good(entry)),
});

/** One of some names. */
export const oneOf = (...names: readonly string[]): Check => ({
  expected: `one of ${names.join(", ")}`,
  good: (value) => names.includes(value as string),
});

/** Checks options against fields, fills in defaults, and makes properties of the layer of them. */
export function readFields(layer: Layer, fields: Readonly<Record<string, Field>>, options: object | undefined): void {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const self = layer as unknown as Record<string, unknown>;
  for (const [key, [usual, check]] of Object.entries(fields)) {
    const value = given[key] === undefined ? usual : given[key];
    if (!check.good(value)) refuse(whereOf(layer), key, check.expected, value);
    self[key] = value;
  }
}

/**
 * Base of layers whose options are plain values: `static fields` lists them. They become properties of the layer, and
 * its config. Such a layer has no weights, unless its class has a `build` of its own.
 */
export abstract class PlainLayer<O extends LayerOptions = LayerOptions> extends Layer {
  static fields(): Readonly<Record<string, Field>> {
    return {};
  }

  constructor(options?: O) {
    const made = new.target as unknown as typeof PlainLayer;
    const fields = made.fields();
    super(options, Object.keys(fields));
    readFields(this, fields, options);
    this.supportsMasking = true;
    if (made.prototype.build === Layer.prototype.build) markBuilt(this);
  }

  /** How errors name the layer. */
  protected where(): string {
    return whereOf(this);
  }
}
