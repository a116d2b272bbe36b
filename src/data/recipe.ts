import { fail, refuse } from "../util/errors.ts";
import type { Walk } from "./walk.ts";

/** Options of `Dataset.batch`. */
export interface BatchOptions {
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean;
}

/** Options of `Dataset.split`. */
export interface SplitOptions {
  /** Deals elements to the two sides at random, with this seed; without it the first elements go left. */
  readonly seed?: number;
}

/** How a Dataset is made anew for each pass. */
export interface Recipe<T> {
  readonly open: () => Walk<T>;
  /** Number of elements; undefined where it is not known, Infinity where there is no end. */
  readonly size: number | undefined;
  /** Whether every element comes at once. */
  readonly sync: boolean;
  /** Where passes differ: makes the next one at least that number, counted from the first call on. */
  readonly seek?: ((pass: number) => void) | null | undefined;
  /** Operations one upon the other; undefined for a source. */
  readonly depth?: number;
  /** The two sides of a concatenation. */
  readonly parts?: readonly Recipe<T>[];
}

/** Recipes with concatenations taken apart, however many there are one upon the other. */
export function* partsOf<T>(recipes: readonly Recipe<T>[]): Generator<Recipe<T>, void> {
  const pending = [...recipes].reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.parts === undefined) yield next;
    else pending.push(...[...next.parts].reverse());
  }
}

/** An element goes up through one function call or more for each operation: far more of them end in a full call stack. */
const DEEPEST = 1000;

/** What an operation on recipes has that are walked through in one pass; a concatenation puts nothing upon them, 0. */
export function together(
  recipes: readonly Recipe<unknown>[],
  upon: 0 | 1 = 1,
): Pick<Recipe<unknown>, "sync" | "seek"> & { depth: number } {
  const depth = recipes.reduce((most, { depth = 0 }) => Math.max(most, depth), 0) + upon;
  if (depth > DEEPEST) fail("Dataset", `expected at most ${DEEPEST} operations one upon the other, got more`);
  const seek = (pass: number): void => {
    for (const part of partsOf(recipes)) part.seek?.(pass);
  };
  return { sync: recipes.every(({ sync }) => sync), seek: recipes.some((each) => each.seek) ? seek : null, depth };
}

/** Refuses what is no function. */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== "function") refuse("Dataset", what, "a function", value);
}
