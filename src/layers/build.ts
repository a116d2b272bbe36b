import { fail, refuse, StateError } from "../util/errors.ts";
import { formatShape, type Shape } from "../util/shape.ts";
import { checkDepth, isPlainObject, type Structure } from "../util/structure.ts";
import { droppedVariables, internalsOf, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { isShape } from "./options.ts";

/** A shape, or lists and dicts of shapes, as one text. */
export function formatShapes(shapes: Structure<Shape>): string {
  return JSON.stringify(mapShapes(shapes, formatShape)).replaceAll('"', "");
}

/** A structure of shapes with each of them replaced; errors say `where`. */
export function mapShapes<R>(
  shapes: Structure<Shape>,
  fn: (shape: Shape) => R,
  where = "layers",
  depth = 0,
): Structure<R> {
  checkDepth(depth, where, "shape");
  const map = (part: Structure<Shape>): Structure<R> => mapShapes(part, fn, where, depth + 1);
  if (isShape(shapes)) return fn(shapes);
  if (Array.isArray(shapes)) return (shapes as readonly Structure<Shape>[]).map(map);
  if (!isPlainObject(shapes)) refuse(where, "shape", "an array such as [null, 784]", shapes);
  const entries = Object.entries(shapes as Record<string, Structure<Shape>>);
  return Object.fromEntries(entries.map(([key, shape]) => [key, map(shape)]));
}

let undo: (() => void)[] | undefined;

/** Inside `allOrNothing`: how to take back what was just done. */
export function onUndo(step: () => void): void {
  undo?.push(step);
}

/** Runs a step in which several layers are built and called; if it fails, they are as before. */
export function allOrNothing<T>(body: () => T): T {
  const outer = undo;
  const steps: (() => void)[] = [];
  undo = steps;
  try {
    const result = body();
    outer?.push(...steps);
    return result;
  } catch (error) {
    for (const step of steps.reverse()) step();
    throw error;
  } finally {
    undo = outer;
  }
}

/** Runs a layer's `build` with its state open; whatever a failed `build` has added is dropped. */
export function buildLayer(
  layer: Layer,
  inputShape: Structure<Shape>,
  body: (this: Layer, inputShape: Structure<Shape>) => void,
): void {
  const internals = internalsOf(layer);
  if (internals.phase !== "open") {
    (internals.rebuild ?? checkRebuild)(inputShape, layer);
    return;
  }
  // A build that takes no shape may be called without one.
  if (body.length > 0) mapShapes(inputShape, (shape) => shape, whereOf(layer));
  const made = internals.weights.length;
  const specs = internals.inputSpecs;
  internals.phase = "building";
  allOrNothing(() => {
    onUndo(() => {
      for (const variable of internals.weights.splice(made)) {
        droppedVariables.add(variable);
        variable.dispose();
      }
      internals.inputSpecs = specs;
      internals.buildShape = undefined;
      internals.phase = "open";
    });
    body.call(layer, inputShape);
  });
  internals.buildShape = inputShape;
  internals.phase = "built";
}

/** Building once more is nothing, unless weights exist and were made for another shape. */
function checkRebuild(inputShape: Structure<Shape>, layer: Layer): void {
  const { phase, buildShape, weights } = internalsOf(layer);
  if (phase === "building" || buildShape === undefined || weights.length === 0) return;
  const [built, wanted] = [formatShapes(buildShape), formatShapes(inputShape)];
  if (built === wanted) return;
  fail(whereOf(layer), `build: expected ${built}, for which it is already built, got ${wanted}`, StateError);
}

/** For a layer that has nothing to make: it counts as built from its constructor on. */
export function markBuilt(layer: Layer): void {
  internalsOf(layer).phase = "built";
}
