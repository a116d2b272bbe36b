import { fail } from "./errors.ts";

/**
 * One value, or lists and plain objects of values to any depth: what models take and return.
 * Objects are walked in the sorted order of their keys, as Keras does.
 */
export type Structure<T> = T | readonly Structure<T>[] | { readonly [key: string]: Structure<T> };

/** True for objects made by `{…}` (or without a prototype), which stand for dicts. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Refuses an argument that is nested as deep as only something is that holds itself. Of a path to a part its name is said. */
export function checkDepth(depth: number, where: string, argument: string): void {
  if (depth < 100) return;
  fail(where, `${argument.replace(/\[.*/, "")}: expected less than 100 levels of lists and objects, got more`);
}

/** The leaves in order. Whatever is neither an array nor a plain object is a leaf. `where` and `argument` are for errors. */
export function flattenStructure<T>(
  structure: Structure<T>,
  where: string = "structure",
  argument: string = "value",
): T[] {
  const leaves: T[] = [];
  collect(structure, leaves, where, argument, 0);
  return leaves;
}

// Every step flattens and maps structures: functions of their own, not closures made at each call.
function collect<T>(part: Structure<T>, leaves: T[], where: string, argument: string, depth: number): void {
  checkDepth(depth, where, argument);
  if (Array.isArray(part)) {
    for (const inner of part as readonly Structure<T>[]) collect(inner, leaves, where, argument, depth + 1);
  } else if (isPlainObject(part)) {
    for (const key of Object.keys(part).sort()) collect(part[key]!, leaves, where, argument, depth + 1);
  } else leaves.push(part as T);
}

/** A structure of the same form with each leaf replaced. `path` is the way to the leaf: `""`, `"0"`, `"a.1"`. */
export function mapStructure<T, R>(
  structure: Structure<T>,
  fn: (leaf: T, path: string) => R,
  where: string = "structure",
  argument: string = "value",
  path: string = "",
  depth: number = 0,
): Structure<R> {
  checkDepth(depth, where, argument);
  const isList = Array.isArray(structure);
  if (!isList && !isPlainObject(structure)) return fn(structure as T, path);
  const inside = (part: Structure<T>, key: string | number): Structure<R> =>
    mapStructure(part, fn, where, argument, path === "" ? String(key) : `${path}.${key}`, depth + 1);
  if (isList) return (structure as readonly Structure<T>[]).map(inside);
  const dict = structure as { readonly [key: string]: Structure<T> };
  const result: Record<string, Structure<R>> = {};
  for (const key of Object.keys(dict).sort()) result[key] = inside(dict[key]!, key);
  return result;
}

/** The inverse of `flattenStructure`: the form of `like` with these leaves, of which there are as many. */
export function packStructure<R>(like: Structure<unknown>, leaves: readonly R[]): Structure<R> {
  let next = 0;
  return mapStructure(like, () => leaves[next++]!);
}

/** A text that is equal for structures of equal form: `"*"`, `["*","*"]`, `{"a":"*"}`. Used in keys of plans. */
export function structureKey(structure: Structure<unknown>): string {
  return JSON.stringify(mapStructure(structure, () => "*"));
}
