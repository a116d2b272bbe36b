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

/** The leaves in order. Whatever is neither an array nor a plain object is a leaf. */
export function flattenStructure<T>(structure: Structure<T>): T[] {
  const leaves: T[] = [];
  collect(structure, leaves);
  return leaves;
}

/** Refuses what is nested as deep as only something is that holds itself. */
export function checkDepth(depth: number): void {
  if (depth > 99) fail("structure", "expected less than 100 levels of lists and objects, got more");
}

function collect<T>(structure: Structure<T>, leaves: T[], depth = 0): void {
  checkDepth(depth);
  if (Array.isArray(structure))
    for (const part of structure as readonly Structure<T>[]) collect(part, leaves, depth + 1);
  else if (isPlainObject(structure))
    for (const key of Object.keys(structure).sort()) collect(structure[key]!, leaves, depth + 1);
  else leaves.push(structure as T);
}

/** A structure of the same form with each leaf replaced. `path` is the way to the leaf: `""`, `"0"`, `"a.1"`. */
export function mapStructure<T, R>(
  structure: Structure<T>,
  fn: (leaf: T, path: string) => R,
  path: string = "",
  depth: number = 0,
): Structure<R> {
  checkDepth(depth);
  const step = (key: string | number): string => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(structure)) {
    return (structure as readonly Structure<T>[]).map((part, i) => mapStructure(part, fn, step(i), depth + 1));
  }
  if (isPlainObject(structure)) {
    const dict = structure as { readonly [key: string]: Structure<T> };
    const result: Record<string, Structure<R>> = {};
    for (const key of Object.keys(dict).sort()) result[key] = mapStructure(dict[key]!, fn, step(key), depth + 1);
    return result;
  }
  return fn(structure as T, path);
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
