import { get as getConstraint } from "../constraints/index.ts";
import { getInitializer } from "../initializers/get.ts";
import { get as getRegularizer } from "../regularizers/index.ts";
import { whereOf } from "./internals.ts";
import type { Layer, WeightOptions } from "./layer.ts";

const PARTS = { Initializer: getInitializer, Regularizer: getRegularizer, Constraint: getConstraint } as const;

/** The options of weights: `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`, … */
export function weightKeys(...weights: readonly string[]): string[] {
  return weights.flatMap((weight) => Object.keys(PARTS).map((part) => weight + part));
}

/** Reads the options of weights into properties of the layer; `usual` names the initializer of each. */
export function readWeightParts(layer: Layer, options: object, usual: Readonly<Record<string, string>>): void {
  const given = options as Readonly<Record<string, unknown>>;
  const self = layer as unknown as Record<string, unknown>;
  for (const [weight, initializer] of Object.entries(usual)) {
    for (const [part, get] of Object.entries(PARTS)) {
      const key = weight + part;
      const value = given[key] ?? (part === "Initializer" ? initializer : undefined);
      self[key] = get(value as never, `${whereOf(layer)} ${key}`);
    }
  }
}

/** How `addWeight` is to make one of these weights. */
export function weightParts(layer: Layer, weight: string): WeightOptions {
  const self = layer as unknown as Readonly<Record<string, never>>;
  const [initializer, regularizer, constraint] = weightKeys(weight).map((key) => self[key]!);
  return { initializer, regularizer, constraint };
}
