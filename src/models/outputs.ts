import type { ValueSpec } from "../layers/infer.ts";
import { describe, suggest, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";

/** One output of a model, as losses and metrics address it. */
export interface OutputInfo {
  /** Name in logs and in dicts of losses. */
  readonly name: string;
  /** Its key where the model's output is a dict. */
  readonly key: string | undefined;
  readonly shape: Shape;
}

/** The outputs in order, with their names. */
export function outputInfos(outputs: Structure<ValueSpec>, names: readonly string[] | undefined): OutputInfo[] {
  const specs = flattenStructure(outputs);
  const keys = isPlainObject(outputs) ? Object.keys(outputs).sort() : undefined;
  return specs.map((spec, i) => {
    const key = keys?.length === specs.length ? keys[i] : undefined;
    const fallback = key ?? (specs.length === 1 ? "output" : `output_${i}`);
    return { name: names?.length === specs.length ? names[i]! : fallback, key, shape: spec.shape };
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
  { isOne, broadcast }: { isOne(value: unknown): boolean; broadcast: boolean },
): (T | undefined)[] {
  if (given === undefined || given === null) return outputs.map(() => undefined);
  if (isOne(given)) {
    if (broadcast || outputs.length === 1) return outputs.map(() => given as T);
    throw new ValueError(
      `[${where}] expected a list or dict for the ${outputs.length} outputs, got ${describe(given)}.`,
    );
  }
  if (Array.isArray(given)) {
    if (given.length === outputs.length) return given.map((part: unknown) => (part ?? undefined) as T | undefined);
    throw new ValueError(
      `[${where}] expected ${outputs.length} entries, one for each output (${names(outputs)}), got ${given.length}.`,
    );
  }
  if (isPlainObject(given)) return byName<T>(given, outputs, where);
  throw new ValueError(`[${where}] expected something for each output (${names(outputs)}), got ${describe(given)}.`);
}

function byName<T>(given: Record<string, unknown>, outputs: readonly OutputInfo[], where: string): (T | undefined)[] {
  const known = new Set(outputs.flatMap(({ name, key }) => (key === undefined ? [name] : [name, key])));
  for (const key of Object.keys(given)) {
    if (known.has(key)) continue;
    throw new ValueError(
      `[${where}] expected the keys ${[...known].join(", ")}, got ${describe(key)}.${suggest(key, known)}`,
    );
  }
  return outputs.map(
    ({ name, key }) => (given[name] ?? (key === undefined ? undefined : given[key]) ?? undefined) as T,
  );
}

function names(outputs: readonly OutputInfo[]): string {
  return outputs.map(({ name }) => name).join(", ");
}
