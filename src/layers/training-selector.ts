import { refuse, refuseName } from "../util/errors.ts";
import { checkBoolean } from "../util/names.ts";
import { isPlainObject } from "../util/structure.ts";
import { classNameOf, whereOf } from "./internals.ts";
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

const classNames = new WeakMap<object, readonly string[]>();

/** Names of a layer's class and of those it extends, nearest first. */
function classesOf(layer: Layer): readonly string[] {
  const made = layer.constructor;
  let names = classNames.get(made);
  if (names === undefined) {
    const found: string[] = [];
    for (let at: object | null = layer; at !== null; at = Object.getPrototypeOf(at)) {
      if (Object.hasOwn(at, "constructor")) found.push(classNameOf(at));
    }
    // Not what Layer itself is made from.
    names = found.slice(0, -2);
    classNames.set(made, names);
  }
  return names;
}

type Choices = Readonly<Record<string, boolean>>;

const NOTHING: Choices = {};

function choices(given: unknown, root: Layer, what: "classes" | "names"): Choices {
  if (given === undefined) return NOTHING;
  const found = Array.isArray(given) ? Object.fromEntries(given.map((name) => [name, true])) : given;
  if (typeof found !== "object" || found === null) return refuseChoices(given, root, what);
  for (const name in found) {
    if (typeof (found as Choices)[name] !== "boolean") refuseChoices(given, root, what);
    check(root, name, what);
  }
  return found as Choices;
}

function refuseChoices(given: unknown, root: Layer, what: string): never {
  return refuse(whereOf(root), `training.${what}`, "true or false by name", given);
}

const hasOwn = (choices: Choices, name: string): boolean => choices !== NOTHING && Object.hasOwn(choices, name);

/** Reads a selector; a name that nothing in `root` has is an error. Undefined for what is no selector. */
export function readSelector(given: unknown, root: Layer): Select | undefined {
  if (typeof given === "function") {
    return (layer) => ({ value: Boolean((given as (layer: Layer) => unknown)(layer)), by: "a function" });
  }
  if (!isPlainObject(given)) return undefined;
  let [short, long] = [given as Choices, NOTHING];
  let names = NOTHING;
  let rest = false;
  if ("classes" in given || "names" in given || "else" in given) {
    const { classes, names: byName, else: other = false, ...others } = given;
    short = others as Choices;
    long = choices(classes, root, "classes");
    names = choices(byName, root, "names");
    rest = checkBoolean(other, whereOf(root), "training.else");
  }
  short = choices(short, root, "classes");
  return (layer) => {
    if (hasOwn(names, layer.name)) return { value: names[layer.name]!, by: `names: ${layer.name}` };
    for (const name of classesOf(layer)) {
      const list = hasOwn(long, name) ? long : short;
      if (hasOwn(list, name)) return { value: list[name]!, by: `classes: ${name}` };
    }
    return { value: rest, by: "else" };
  };
}

/** What has been found in a layer before: a training loop need not search it at every step. */
const foundIn = { classes: new WeakMap<Layer, Set<string>>(), names: new WeakMap<Layer, Set<string>>() } as const;

function check(root: Layer, name: string, what: "classes" | "names"): void {
  const found = foundIn[what].get(root);
  // Before a layer is built, those inside may not exist yet.
  if (found?.has(name) === true || !root.built) return;
  const inside = withDescendants(root);
  const present = new Set(inside.flatMap((layer) => (what === "classes" ? classesOf(layer) : [layer.name])));
  if (!present.has(name)) refuseName(whereOf(root), `training.${what}`, name, [...present]);
  foundIn[what].set(root, (found ?? new Set()).add(name));
}
