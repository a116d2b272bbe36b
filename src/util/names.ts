import { plainName, refuse, refuseName } from "./errors.ts";

/** `BatchNormalization` → `batch_normalization`, `useBias` → `use_bias`, `ReLU` → `re_lu`: Keras's rule. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** The same for types: `SnakeCase<"logSoftmax">` is `"log_softmax"`. */
export type SnakeCase<S extends string> = S extends `${infer First}${infer Rest}`
  ? Rest extends Uncapitalize<Rest>
    ? `${Lowercase<First>}${SnakeCase<Rest>}`
    : `${Lowercase<First>}_${SnakeCase<Rest>}`
  : S;

/** `{noise_shape: 1}` → `{noiseShape: 1}`; only the names on top change. */
export function camelCaseKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const camelCase = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value]));
}

/**
 * The entry of a table whose key means the same name; the table's keys are what an error suggests.
 * @throws ValueError naming the nearest key when there is none.
 */
export function lookUpName<T>(name: string, table: Readonly<Record<string, T>>, where: string, argument = ""): T {
  const wanted = plainName(name);
  const keys = Object.keys(table);
  const found = keys.find((key) => plainName(key) === wanted);
  return found === undefined ? refuseName(where, argument, name, keys) : table[found]!;
}

/** One of some names, in whatever spelling. */
export function checkChoice<T extends string>(
  value: unknown,
  where: string,
  argument: string,
  choices: readonly T[],
): T {
  const found = typeof value === "string" && choices.find((choice) => plainName(choice) === plainName(value));
  return found || refuseName(where, argument, value, choices);
}

/**
 * Refuses options nobody reads, which are misspelt more often than not.
 * @throws ValueError naming the nearest known option.
 */
export function checkOptions(options: object | undefined, known: readonly string[], where: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    refuse(where, "options", "an object", options);
  }
  const odd = Object.keys(options).find((key) => !known.includes(key));
  if (odd !== undefined) refuseName(where, "options: Unrecognized keyword arguments", odd, known);
}

/** A finite number in [min, max], or a ValueError. */
export function checkNumber(
  value: unknown,
  where: string,
  argument: string,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {},
  what = "a finite number",
  fits: (value: unknown) => boolean = Number.isFinite,
): number {
  const number = value as number;
  if (fits(value) && number >= min && number <= max) return number;
  const bounds = max < Infinity ? ` in [${min}, ${max}]` : min > -Infinity ? ` ≥ ${min}` : "";
  return refuse(where, argument, what + bounds, value);
}

/** An integer in [min, max], or a ValueError. */
export function checkInteger(value: unknown, where: string, argument: string, min?: number, max?: number): number {
  return checkNumber(value, where, argument, { min: min!, max: max! }, "an integer", Number.isInteger);
}

/** A boolean, or a ValueError. */
export function checkBoolean(value: unknown, where: string, argument: string): boolean {
  return typeof value === "boolean" ? value : refuse(where, argument, "a boolean", value);
}
