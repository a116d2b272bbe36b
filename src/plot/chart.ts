import { countNonFinite } from "./values.ts";

/** One line of a chart: value i is that of epoch `epochs[i]`. */
export interface Series {
  readonly name: string;
  readonly epochs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** All that is drawn, with the limits of both axes. */
export interface Chart {
  readonly series: readonly Series[];
  readonly epochs: ArrayLike<number>;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** What stands beside the line: its name, and how many values could not be drawn. */
export function legendOf({ name, values }: Series): string {
  const missing = countNonFinite(values);
  return missing === 0 ? name : `${name} (${missing} not finite)`;
}
