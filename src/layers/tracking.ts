import { Metric } from "../metrics/metric.ts";
import { Variable } from "../ops/variable.ts";
import { SeedGenerator } from "../random/seed-generator.ts";
import { isPlainObject } from "../util/structure.ts";
import { droppedVariables, internalsOf, isLayer, markChanged, refuseForeign, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

/**
 * How sublayers, variables and seed generators are found: a layer's own enumerable properties are searched, in the
 * order they were first assigned, through arrays and plain objects to any depth, each time a list is asked for. So
 * `this.blocks.push(layer)` counts, nothing has to be declared, and assignment costs nothing. Two things follow:
 * a `#private` field cannot be seen (use a TypeScript `private` field), and neither can what hides in a Map or in an
 * object of some class.
 */
export interface Attributes {
  readonly layers: Layer[];
  readonly variables: Variable[];
  readonly seeds: SeedGenerator[];
  readonly metrics: Metric[];
}

/** What hangs on a layer's properties. */
export function attributesOf(layer: Layer): Attributes {
  const found: Attributes = { layers: [], variables: [], seeds: [], metrics: [] };
  const seen = new Set<object>([layer]);
  for (const value of Object.values(layer)) visit(value, layer, found, seen);
  return found;
}

function visit(value: unknown, owner: Layer, found: Attributes, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  if (isLayer(value)) found.layers.push(value);
  else if (value instanceof Variable) {
    if (!droppedVariables.has(value)) found.variables.push(value);
  } else if (value instanceof SeedGenerator) found.seeds.push(value);
  else if (value instanceof Metric) found.metrics.push(value);
  else if (Array.isArray(value)) for (const part of value) visit(part, owner, found, seen);
  else if (isPlainObject(value)) for (const part of Object.values(value)) visit(part, owner, found, seen);
  else refuseForeign(value, whereOf(owner), "sublayer");
}

/** The layers directly inside a layer: those of a model's graph, then those found on its properties. */
export function sublayersOf(layer: Layer, attributes: Attributes = attributesOf(layer)): readonly Layer[] {
  return [...new Set([...(internalsOf(layer).graphLayers?.() ?? []), ...attributes.layers])];
}

/** What a layer and all layers below it hold, parents before children, each once. */
export interface Tree {
  readonly layers: readonly Layer[];
  /** All variables but seeds' states in Keras's order: own to be trained, own others, then each sublayer's. */
  readonly weights: readonly Variable[];
  /** The same with seeds' states, which come after a layer's own. */
  readonly variables: readonly Variable[];
}

/** Weights of a layer itself: to be trained, then others. */
export function ownWeights(layer: Layer, attributes: Attributes = attributesOf(layer)): Variable[] {
  // Variables of `addWeight` come before those set as properties; most layers have the same ones in both.
  const own = [...new Set([...internalsOf(layer).weights, ...attributes.variables])];
  return own.sort((a, b) => Number(b.createdTrainable) - Number(a.createdTrainable));
}

/** Searches a layer and all layers below it. */
export function treeOf(root: Layer): Tree {
  const [layers, weights, variables] = [new Set<Layer>(), new Set<Variable>(), new Set<Variable>()];
  const walk = (layer: Layer): void => {
    if (layers.has(layer)) return;
    layers.add(layer);
    const found = attributesOf(layer);
    for (const variable of ownWeights(layer, found)) {
      weights.add(variable);
      variables.add(variable);
    }
    for (const seed of found.seeds) variables.add(seed.state);
    sublayersOf(layer, found).forEach(walk);
  };
  walk(root);
  return { layers: [...layers], weights: [...weights], variables: [...variables] };
}

/** A layer and all layers below it, each once, parents before children. */
export function withDescendants(layer: Layer): readonly Layer[] {
  return treeOf(layer).layers;
}

/** Puts `trainable` on a layer, its variables that were made to be trained, and everything below it. */
export function setTrainable(layer: Layer, value: boolean): void {
  const { layers, weights } = treeOf(layer);
  for (const each of layers) {
    internalsOf(each).trainable = value;
    markChanged(each);
  }
  for (const variable of weights) if (variable.createdTrainable) variable.trainable = value;
}
