import { isTypedArray } from "../util/dtype.ts";
import { refuse } from "../util/errors.ts";
import type { Check } from "../util/settle.ts";

/** A tensor, as far as a picture needs to know. */
interface HasData {
  dataSync(): ArrayLike<number>;
}

/** A tensor, or a variable. */
export type HasValues = HasData | { value(): HasData };

/** Numbers, flat: a list, a typed array, or a tensor or variable of any shape. */
export type PlotValues = ArrayLike<number> | HasValues;

/** True for a list of numbers or a typed array. */
export function isNumbers(values: unknown): values is ArrayLike<number> {
  return isTypedArray(values) || (Array.isArray(values) && values.every((value) => typeof value === "number"));
}

/** The numbers of a tensor, a typed array or a list. Not by class: tensors of the slim build do as well. */
export function numbersOf(values: unknown, where: string, argument: string): ArrayLike<number> {
  const { value } = (values ?? {}) as Partial<{ value(): HasData }>;
  const held: unknown = typeof value === "function" ? value.call(values) : values;
  const read = (held as Partial<HasData> | null | undefined)?.dataSync;
  const numbers: unknown = typeof read === "function" ? read.call(held) : held;
  return isNumbers(numbers) ? numbers : refuse(where, argument, "a list of numbers, a typed array or a tensor", values);
}

/** The least and the greatest of the finite values, or undefined when there is none. A loop: lists may be long. */
export function rangeOf(values: ArrayLike<number>): readonly [min: number, max: number] | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? [min, max] : undefined;
}

/** How many values are NaN or infinite. */
export function countNonFinite(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

/** What stands above a picture. */
export const title: Check = (value, where, argument) =>
  typeof value === "string" ? value : refuse(where, argument, "a string", value);

/** An option that is looked at elsewhere. */
export const anything: Check = (value) => value;
