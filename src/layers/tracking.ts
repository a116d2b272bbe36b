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
export function sublayersOf(layer: Layer, attributes: Attributes = attributesOf(layer)): readonly Layer[] {
  const graph = internalsOf(layer).graphLayers?.() ?? [];
  if (attributes.layers.length === 0) return graph;
  return graph.length === 0 ? attributes.layers : [...new Set([...graph, ...attributes.layers])];
}

/** Visits a layer and all layers below it, each once, parents before children. */
function walk(layer: Layer, visitOne: (layer: Layer, attributes: Attributes) => void, seen: Set<Layer>): void {
  if (seen.has(layer)) return;
  seen.add(layer);
  const attributes = attributesOf(layer);
  visitOne(layer, attributes);
  for (const child of sublayersOf(layer, attributes)) walk(child, visitOne, seen);
}

/** A layer and all layers below it, each once, parents before children. */
export function withDescendants(layer: Layer): Layer[] {
  const found = new Set<Layer>();
  walk(layer, () => {}, found);
  return [...found];
}

/** All variables of a layer in Keras's order: own to be trained, own others, own seeds, then each sublayer's. */
export function collectVariables(layer: Layer, withSeeds: boolean): Variable[] {
  const found = new Set<Variable>();
  walk(
    layer,
    (each, { variables, seeds }) => {
      // Variables of `addWeight` come before those set as properties; most layers have the same ones in both.
      const own = [...internalsOf(each).weights, ...variables];
      for (const variable of own) if (variable.createdTrainable) found.add(variable);
      for (const variable of own) if (!variable.createdTrainable) found.add(variable);
      if (withSeeds) for (const seed of seeds) found.add(seed.state);
    },
    new Set(),
  );
  return [...found];
}

/** Puts `trainable` on a layer, its variables that were made to be trained, and everything below it. */
export function setTrainable(layer: Layer, value: boolean): void {
  walk(
    layer,
    (each, { variables }) => {
      internalsOf(each).trainable = value;
      for (const variable of [...internalsOf(each).weights, ...variables]) {
        if (variable.createdTrainable) variable.trainable = value;
      }
    },
    new Set(),
  );
}
