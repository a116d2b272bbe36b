import { refuse } from "../util/errors.ts";
import { checkAxis, type Shape } from "../util/shape.ts";

/** Axes of a reduction: one, several, or (undefined) all. */
export type Axes = number | readonly number[] | undefined;

/** Axes from the front, sorted, each once; all of them when none are given. */
export function checkAxes(name: string, axis: Axes, shape: Shape): number[] {
  if (axis === undefined || axis === null) return shape.map((_, i) => i);
  const list = (Array.isArray(axis) ? axis : [axis]).map((one) => checkAxis(name, one, shape));
  const unique = [...new Set(list)].sort((a, b) => a - b);
  if (unique.length !== list.length) refuse(name, "axis", "each axis once", axis);
  return unique;
}

/** A finite number, or a ValueError. */
export function finite(name: string, argument: string, value: number): number {
  if (!Number.isFinite(value)) refuse(name, argument, "a finite number", value);
  return value;
}

/** A list of integers from `least` on; one number stands for a list of it. */
export function integers(name: string, argument: string, value: unknown, least: number = -Infinity): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((one) => Number.isInteger(one) && (one as number) >= least)) {
    refuse(name, argument, `integers${least === -Infinity ? "" : ` from ${least} on`}`, value);
  }
  return list as readonly number[];
}

/** The order of axes that exchanges one with the last. */
export function withLast(axis: number, rank: number): number[] {
  const last = rank - 1;
  return Array.from({ length: rank }, (_, i) => (i === axis ? last : i === last ? axis : i));
}
