import type { RegularizerSpec } from "../regularizers/index.ts";
import { describe, fail } from "../util/errors.ts";
import { checkChoice } from "../util/names.ts";
import type { Shape } from "../util/shape.ts";

/** Options every layer takes. */
export interface LayerOptions {
  /** Unique within a model; made from the class name when absent. */
  readonly name?: string | undefined;
  /** False: the optimizer leaves the layer's weights alone. Default true. */
  readonly trainable?: boolean | undefined;
  /** Shape of one sample, for the first layer of a Sequential model: it then knows its input at once. */
  readonly inputShape?: Shape | undefined;
  /** Adds a penalty on the layer's output, divided by the batch size, to the loss in every mode. */
  readonly activityRegularizer?: RegularizerSpec;
  /** Computation is in float32. */
  readonly dtype?: "float32" | undefined;
}

/** Names of the options every layer takes. */
export const BASE_OPTIONS: readonly string[] = ["name", "trainable", "inputShape", "dtype", "activityRegularizer"];

/** Where the channels stand, as Keras writes it. */
export type DataFormat = "channels_last" | "channels_first";

/** How callers may write it. */
export type DataFormatOption = DataFormat | "channelsLast" | "channelsFirst" | null;

/** Where the channels stand; last when nothing is said. */
export function checkDataFormat(value: DataFormatOption | undefined, where: string): DataFormat {
  return checkChoice(value ?? "channels_last", where, "dataFormat", ["channels_last", "channels_first"]);
}

/** `trainable`, with Keras's wording. */
export function checkTrainable(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  return fail(where, `trainable: Expected \`trainable\` to be a boolean, got ${describe(value)}`);
}

/** True for one shape: an array of sizes and nulls. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((dim) => dim === null || typeof dim === "number");
}

/** A shape as callers write it: sizes from 0 on, null for a size not known yet. */
export function checkShapeOption(shape: unknown, where: string, argument: string): Shape {
  if (isShape(shape) && shape.every((dim) => Number.isInteger(dim ?? 0) && dim! >= 0)) return [...shape];
  return fail(where, `${argument}: Cannot convert '${describe(shape)}' to a shape: expected sizes or nulls`);
}
