import { refuse, refuseName } from "../util/errors.ts";
import { checkBoolean } from "../util/names.ts";
import { isPlainObject } from "../util/structure.ts";
import { classNameOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { withDescendants } from "./tracking.ts";

/** true and false by class name or layer name, or a list of those that train. */
export type TrainingChoice = Readonly<Record<string, boolean>> | readonly string[];

/**
 * The mode of some layers only. `{Dropout: true}` is `{classes: {Dropout: true}}`. A layer's name counts before its class,
 * a class before those it extends; what nothing names gets `else`, by default false. Every layer is judged by itself: what
 * holds for a model inside does not reach the layers in it. A function decides for each layer.
 */
export type TrainingSelector =
  | { readonly classes?: TrainingChoice; readonly names?: TrainingChoice; readonly else?: boolean }
  | { readonly [className: string]: boolean }
  | ((layer: Layer) => boolean | undefined);

/** A selector that has been checked. */
export type Select = (layer: Layer) => { readonly value: boolean; readonly by: string };

/** Names of a layer's class and of those it extends, nearest first. */
function classesOf(layer: Layer): string[] {
  const names: string[] = [];
  for (let at: object | null = layer; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, "constructor")) names.push(classNameOf(at));
  }
  return names;
}

function choices(given: unknown, what: string, where: string): [string, boolean][] {
  if (given === undefined) return [];
  const entries = Array.isArray(given) ? given.map((name) => [String(name), true]) : Object.entries(given ?? {});
  if (typeof given === "object" && entries.every(([, value]) => typeof value === "boolean")) {
    return entries as [string, boolean][];
  }
  return refuse(where, `training.${what}`, "true or false by name", given);
}

/** Reads a selector; a name that nothing in `root` has is an error. Undefined for what is no selector. */
export function readSelector(given: unknown, root: Layer, where: string): Select | undefined {
  if (typeof given === "function") {
    return (layer) => ({ value: Boolean((given as (layer: Layer) => unknown)(layer)), by: "a function" });
  }
  if (!isPlainObject(given)) return undefined;
  const { classes, names, else: rest = false, ...others } = given;
  const byClass = new Map([...choices(others, "classes", where), ...choices(classes, "classes", where)]);
  const byName = new Map(choices(names, "names", where));
  const other = checkBoolean(rest, where, "training.else");
  // Before a layer is built, those inside may not exist yet.
  if (root.built) {
    const inside = withDescendants(root);
    known(byClass.keys(), new Set(inside.flatMap(classesOf)), "classes", where);
    known(byName.keys(), new Set(inside.map(({ name }) => name)), "names", where);
  }
  return (layer) => {
    const value = byName.get(layer.name);
    if (value !== undefined) return { value, by: `names: ${layer.name}` };
    for (const name of byClass.size > 0 ? classesOf(layer) : []) {
      const found = byClass.get(name);
      if (found !== undefined) return { value: found, by: `classes: ${name}` };
    }
    return { value: other, by: "else" };
  };
}

function known(names: Iterable<string>, present: ReadonlySet<string>, what: string, where: string): void {
  for (const name of names) if (!present.has(name)) refuseName(where, `training.${what}`, name, [...present]);
}
