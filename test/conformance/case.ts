/** What a case is, and how answers compare. */
import { readFileSync } from "node:fs";
import type * as hb from "../../src/index.ts";

/** Numbers, booleans, texts, null, and lists of them: the same form in Python and here. */
export type Answer = number | boolean | string | null | readonly Answer[];

export interface Case {
  readonly id: string;
  /** The rule in words. */
  readonly rule: string;
  /** Hornbeam's answer. */
  ours(): Answer | Promise<Answer>;
  /** Where ours is not Keras's on purpose: what it must be instead, and why. */
  readonly deviation?: { readonly expected: Answer; readonly reason: string };
}

interface Golden {
  readonly made_with: { readonly keras: string; readonly jax: string };
  readonly [id: string]: unknown;
}

/** Keras's answers, by the ids of the cases. */
export const golden: Golden = JSON.parse(
  readFileSync(new URL("../fixtures/conformance.json", import.meta.url), "utf8"),
) as Golden;

/** What a case must answer. */
export function expectedOf({ id, deviation }: Case): Answer {
  return deviation?.expected ?? (golden[id] as Answer);
}

/** Equal, numbers within 1e-5 of each other, relative or absolute; batch norm of large means as the semantics say. */
export function agrees(a: Answer, b: Answer, tolerance = 1e-5): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => agrees(each as Answer, b[i] as Answer, tolerance));
  }
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
}

/** A tensor's values, -0 as 0, in the form of an answer. */
export function plain(x: hb.Tensor | ArrayLike<number>): Answer {
  if ("arraySync" in x) return x.arraySync() as Answer;
  return Array.from(x);
}
