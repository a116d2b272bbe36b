import { refuse } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape, normalizeAxis, sizeOf } from "../util/shape.ts";

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

/**
 * Fans of a weight: a matrix is (in, out), a convolution kernel (…window, in, out).
 * Keras uses given axes only when both lists are given.
 */
export function fansOf(where: string, shape: Dims, { inputAxes, outputAxes }: FanAxes): Fans {
  const rank = shape.length;
  const product = (axes: readonly number[]): number =>
    sizeOf(
      axes.map((axis) => {
        const index = normalizeAxis(axis, rank);
        return index === undefined ? refuse(where, "axes", `axes of ${formatShape(shape)}`, axis) : shape[index]!;
      }),
    );
  if (inputAxes !== null && outputAxes !== null) return { fanIn: product(inputAxes), fanOut: product(outputAxes) };
  const window = sizeOf(shape.slice(0, -2));
  const fanOut = shape[rank - 1] ?? 1;
  return { fanIn: (shape[rank - 2] ?? fanOut) * window, fanOut: fanOut * window };
}
