import { describe, ValueError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape, normalizeAxis } from "../util/shape.ts";

/** How many units go into and come out of a weight. */
export interface Fans {
  fanIn: number;
  fanOut: number;
}

/** Axes of a weight that count as its inputs and as its outputs, where the usual layout does not hold. */
export interface FanAxes {
  inputAxes: readonly number[] | null;
  outputAxes: readonly number[] | null;
}

function product(name: string, shape: Dims, axes: readonly number[]): number {
  let size = 1;
  for (const axis of axes) {
    const index = normalizeAxis(axis, shape.length);
    if (index === undefined) {
      throw new ValueError(`[${name}] axes: expected axes of the shape ${formatShape(shape)}, got ${describe(axis)}.`);
    }
    size *= shape[index]!;
  }
  return size;
}

/**
 * Fans of a weight: a matrix is (in, out), a convolution kernel (…window, in, out).
 * Keras uses given axes only when both lists are given.
 */
export function fansOf(name: string, shape: Dims, axes: FanAxes): Fans {
  if (axes.inputAxes !== null && axes.outputAxes !== null) {
    return { fanIn: product(name, shape, axes.inputAxes), fanOut: product(name, shape, axes.outputAxes) };
  }
  const rank = shape.length;
  if (rank === 0) return { fanIn: 1, fanOut: 1 };
  if (rank === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  let window = 1;
  for (const dim of shape.slice(0, -2)) window *= dim;
  return { fanIn: shape[rank - 2]! * window, fanOut: shape[rank - 1]! * window };
}
