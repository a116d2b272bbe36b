import { describe, ShapeError, ValueError } from "../util/errors.ts";

/** Lowest and highest value of each column. */
export interface ColumnRange {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** The range of each of `width` columns; NaN does not count. */
export function columnRange(values: Float32Array, width: number): ColumnRange {
  checkWidth(values, width);
  const low = new Float32Array(width).fill(Infinity);
  const high = new Float32Array(width).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const column = i % width;
    if (values[i]! < low[column]!) low[column] = values[i]!;
    if (values[i]! > high[column]!) high[column] = values[i]!;
  }
  return { low, high };
}

/** Values scaled such that each column's range becomes [0, 1]; a column of one value becomes 0. Take the training set's range for all. */
export function scaleToRange(values: Float32Array, range: ColumnRange): Float32Array {
  const { low: lows, high: highs } = range ?? {};
  if (!(lows instanceof Float32Array && highs instanceof Float32Array)) {
    throw new ValueError(`[scaling] range: expected what columnRange gave, got ${describe(range)}.`);
  }
  const width = lows.length;
  checkWidth(values, width);
  return values.map((value, i) => {
    const low = lows[i % width]!;
    const span = highs[i % width]! - low;
    return span > 0 ? (value - low) / span : 0;
  });
}

function checkWidth(values: Float32Array, width: number): void {
  if (!(values instanceof Float32Array)) {
    throw new ValueError(`[scaling] values: expected a Float32Array, got ${describe(values)}.`);
  }
  if (Number.isInteger(width) && width > 0 && values.length % width === 0) return;
  throw new ShapeError(`[scaling] values: expected rows of ${describe(width)} values, got ${values.length} values.`);
}
