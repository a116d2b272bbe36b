import { describe, suggest, ValueError } from "./errors.ts";

/** One spelling for `heNormal`, `he_normal` and `HeNormal`: case and underscores do not count. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/**
 * The entry of a table whose key means the same name; the table's keys are what an error suggests.
 * @throws ValueError naming the nearest key when there is none.
 */
export function lookUpName<T>(name: string, table: Readonly<Record<string, T>>, where: string, argument?: string): T {
  const wanted = plainName(name);
  for (const key of Object.keys(table)) if (plainName(key) === wanted) return table[key]!;
  const keys = Object.keys(table);
  const hint = suggest(name, keys);
  const what = argument === undefined ? "" : `${argument}: `;
  throw new ValueError(`[${where}] ${what}expected one of ${keys.join(", ")}, got ${describe(name)}.${hint}`);
}

/**
 * Refuses options nobody reads, which are misspelt more often than not.
 * @throws ValueError naming the nearest known option.
 */
export function checkOptions(options: object | undefined, known: readonly string[], where: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ValueError(`[${where}] options: expected a plain object, got ${describe(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      const hint = suggest(key, known);
      throw new ValueError(`[${where}] options: expected ${known.join(", ")}, got ${describe(key)}.${hint}`);
    }
  }
}

/** A finite number in [min, max], or a ValueError. */
export function checkNumber(
  value: unknown,
  where: string,
  argument: string,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {},
): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
    const bounds = min > -Infinity || max < Infinity ? ` in [${min}, ${max}]` : "";
    throw new ValueError(`[${where}] ${argument}: expected a finite number${bounds}, got ${describe(value)}.`);
  }
  return value;
}

/** An integer in [min, max], or a ValueError. */
export function checkInteger(
  value: unknown,
  where: string,
  argument: string,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `in [${min}, ${max}]`;
    throw new ValueError(`[${where}] ${argument}: expected an integer ${bounds}, got ${describe(value)}.`);
  }
  return value;
}

/** A boolean, or a ValueError. */
export function checkBoolean(value: unknown, where: string, argument: string): boolean {
  if (typeof value !== "boolean") {
    throw new ValueError(`[${where}] ${argument}: expected a boolean, got ${describe(value)}.`);
  }
  return value;
}
