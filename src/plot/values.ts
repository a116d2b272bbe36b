import { isTypedArray } from "../util/dtype.ts";
import { refuse } from "../util/errors.ts";

/** A tensor or variable, as far as a picture needs to know. */
export interface HasValues {
  dataSync(): ArrayLike<number>;
}

/** Numbers, flat: a list, a typed array, or a tensor or variable. */
export type PlotValues = readonly number[] | ArrayLike<number> | HasValues;

/** The numbers of a tensor, a typed array or a list. Not by class: tensors of the slim build do as well. */
export function numbersOf(values: unknown, where: string, argument: string): ArrayLike<number> {
  const read = (values as Partial<HasValues> | null | undefined)?.dataSync;
  if (typeof read === "function") return read.call(values);
  if (isTypedArray(values)) return values;
  if (Array.isArray(values) && values.every((value) => typeof value === "number")) return values;
  return refuse(where, argument, "a list of numbers, a typed array or a tensor", values);
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
