import { refuse } from "../util/errors.ts";
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
}

/** What several recipes come to that are walked through in one pass. */
export function together(recipes: readonly Recipe<unknown>[]): Pick<Recipe<unknown>, "sync" | "seek"> {
  const all = recipes.flatMap(({ seek }) => seek ?? []);
  const seek = (pass: number): void => {
    for (const each of all) each(pass);
  };
  return { sync: recipes.every(({ sync }) => sync), seek: all.length === 0 ? null : seek };
}

/** Refuses what is no function. */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== "function") refuse("Dataset", what, "a function", value);
}
