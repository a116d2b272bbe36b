import { describe, fail, refuseName } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";

/** One output of a model, as losses and metrics address it. */
export interface OutputInfo {
  /** Name in logs and in dicts of losses. */
  readonly name: string;
  /** What it may be called, too: the name of its layer where the model's output is a dict, which goes by keys. */
  readonly alias: string;
  /** Whether the name is a key of the model's output. */
  readonly keyed: boolean;
  readonly shape: Shape;
}

/** The outputs in order, with their names. */
export function outputInfos(
  outputs: Structure<{ readonly shape: Shape }>,
  names: readonly string[] | undefined,
): OutputInfo[] {
  const specs = flattenStructure(outputs);
  const keys = isPlainObject(outputs) ? Object.keys(outputs).sort() : [];
  return specs.map(({ shape }, i) => {
    const key = keys.length === specs.length ? keys[i] : undefined;
    const usual = key ?? (specs.length === 1 ? "output" : `output_${i}`);
    const alias = names?.length === specs.length ? names[i]! : usual;
    return { name: key ?? alias, alias, keyed: key !== undefined, shape };
  });
}

/**
 * Something for each output, given as a list in order, as a dict by names, or (with `broadcast`) as one for all.
 * A dict may leave outputs out; what is missing is undefined.
 */
export function perOutput<T>(
  given: unknown,
  outputs: readonly OutputInfo[],
  where: string,
  broadcast: boolean,
): (T | undefined)[] {
  const count = outputs.length;
  if (given === undefined || given === null) return outputs.map(() => undefined);
  if (Array.isArray(given)) {
    if (given.length === count) return given.map((part: unknown) => (part ?? undefined) as T | undefined);
    const names = outputs.map(({ name }) => name).join(", ");
    fail(where, `expected ${count} entries, one for each output (${names}), got ${given.length}`);
  }
  if (isPlainObject(given)) {
    const known = [...new Set(outputs.flatMap(({ name, alias }) => [name, alias]))];
    for (const key of Object.keys(given)) if (!known.includes(key)) refuseName(where, "keys", key, known);
    return outputs.map(({ name, alias }) => (given[name] ?? given[alias] ?? undefined) as T | undefined);
  }
  if (broadcast || count === 1) return outputs.map(() => given as T);
  const got = typeof given === "object" ? "one" : describe(given);
  return fail(where, `expected a list or dict for the ${count} outputs, got ${got}`);
}
