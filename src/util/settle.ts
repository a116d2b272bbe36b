import { refuse } from "./errors.ts";
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "./names.ts";

/** Gives a value back if it is fit for an argument, or throws. */
export type Check = (value: unknown, where: string, argument: string) => unknown;

/** Options with defaults filled in. */
export type Settled<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** For each option, its default and its check. */
export type Table<T> = { readonly [K in keyof T]-?: readonly [fallback: unknown, check: Check] };

/** Fills defaults in and checks every option; names that are not in the table are refused. */
export function settle<T extends object>(where: string, given: T | undefined, table: Table<T>): Settled<T> {
  checkOptions(given, Object.keys(table), where);
  const entries = Object.entries<readonly [unknown, Check]>(table).map(([key, [fallback, check]]) => [
    key,
    check((given as Record<string, unknown> | undefined)?.[key] ?? fallback, where, key),
  ]);
  return Object.fromEntries(entries);
}

export const count: Check = (value, where, argument) => checkInteger(value, where, argument, 0);
export const flag: Check = checkBoolean;
export const finite: Check = (value, where, argument) => checkNumber(value, where, argument);

/** A number, or null for none. */
export const numberOrNone: Check = (value, ...rest) => (value === null ? null : finite(value, ...rest));

export const text: Check = (value, where, argument) =>
  typeof value === "string" && value !== "" ? value : refuse(where, argument, "a string", value);
