import { Variable } from "../ops/variable.ts";
import { SeedGenerator } from "../random/seed-generator.ts";
import { StateError } from "../util/errors.ts";
import { isPlainObject } from "../util/structure.ts";
import { droppedVariables, FOREIGN, internalsOf, isForeignLayer, isLayer, whereOf } from "./internals.ts";
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
}

/** What hangs on a layer's properties. */
export function attributesOf(layer: Layer): Attributes {
  const found: Attributes = { layers: [], variables: [], seeds: [] };
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
  else if (Array.isArray(value)) for (const part of value) visit(part, owner, found, seen);
  else if (isPlainObject(value)) for (const part of Object.values(value)) visit(part, owner, found, seen);
  else if (isForeignLayer(value)) throw new StateError(`[${whereOf(owner)}] sublayer: ${FOREIGN}`);
}

/** The layers directly inside a layer: those of a model's graph, then those found on its properties. */
export function sublayersOf(layer: Layer): Layer[] {
  const graph = internalsOf(layer).graphLayers?.() ?? [];
  const attributes = attributesOf(layer).layers;
  return graph.length === 0 ? attributes : [...new Set([...graph, ...attributes])];
}

/** A layer and all layers below it, each once, parents before children. */
export function withDescendants(layer: Layer): Layer[] {
  const found = new Set<Layer>();
  const walk = (each: Layer): void => {
    if (found.has(each)) return;
    found.add(each);
    for (const child of sublayersOf(each)) walk(child);
  };
  walk(layer);
  return [...found];
}

/** A layer's own variables, in three groups. */
export interface OwnVariables {
  /** Made to be trained, whatever their flag says now. */
  readonly trainable: Variable[];
  readonly nonTrainable: Variable[];
  readonly seeds: Variable[];
}

/** Variables of `addWeight` first, then those set as properties. */
export function ownVariables(layer: Layer): OwnVariables {
  const attributes = attributesOf(layer);
  const all = [...new Set([...internalsOf(layer).weights, ...attributes.variables])];
  return {
    trainable: all.filter((variable) => variable.createdTrainable),
    nonTrainable: all.filter((variable) => !variable.createdTrainable),
    seeds: attributes.seeds.map((seed) => seed.state),
  };
}

/** All variables of a layer in Keras's order: own to be trained, own others, own seeds, then each sublayer's. */
export function collectVariables(layer: Layer, withSeeds: boolean): Variable[] {
  const found = new Set<Variable>();
  for (const each of withDescendants(layer)) {
    const own = ownVariables(each);
    for (const variable of own.trainable) found.add(variable);
    for (const variable of own.nonTrainable) found.add(variable);
    if (withSeeds) for (const variable of own.seeds) found.add(variable);
  }
  return [...found];
}

/** Puts `trainable` on a layer, its variables that were made to be trained, and everything below it. */
export function setTrainable(layer: Layer, value: boolean): void {
  for (const each of withDescendants(layer)) {
    internalsOf(each).trainable = value;
    for (const variable of ownVariables(each).trainable) variable.trainable = value;
  }
}
