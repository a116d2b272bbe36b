import { checkInteger } from "../util/names.ts";
import { type Settled, settle } from "../util/settle.ts";
import { element, picture, short, textAt } from "./svg.ts";
import { numbersOf, type PlotValues, rangeOf } from "./values.ts";

/** Options of `histogram`. */
export interface HistogramOptions {
  /** How many bins of equal width there are, from 1 to 10,000. Default 20. */
  readonly bins?: number;
}

/** How values are spread. */
export interface Histogram {
  /** Limits of the bins, one more than there are bins. */
  readonly edges: readonly number[];
  /** Values in each bin: from its lower limit up to, but not including, the upper one; the last bin has both. */
  readonly counts: readonly number[];
  /** Values that are NaN or infinite, which are in no bin. */
  readonly nonFinite: number;
  /** A line for each bin, with a bar. */
  toString(): string;
  /** Bars, as an SVG document. */
  toSvg(): string;
}

const WHERE = "histogram";

/**
 * Counts values (weights, activations) in bins of equal width between the least and the greatest finite one, as NumPy's
 * `histogram` does: a single value v gets the range v ± 0.5, no value at all the range 0 to 1.
 *
 * @throws ValueError for values that are no numbers, or a number of bins that is none.
 * @example console.log(String(histogram(model.layers[0].weights[0])));
 */
export function histogram(values: PlotValues, options?: HistogramOptions): Histogram {
  const { bins }: Settled<HistogramOptions> = settle<HistogramOptions>(WHERE, options, {
    bins: [20, (value, where, argument) => checkInteger(value, where, argument, 1, 10_000)],
  });
  const numbers = numbersOf(values, WHERE, "values");
  let [min, max] = rangeOf(numbers) ?? [0, 1];
  if (min === max) [min, max] = [min - 0.5, max + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) => min * (1 - i / bins) + max * (i / bins));
  edges[bins] = max;
  const counts: number[] = Array(bins).fill(0);
  let nonFinite = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (Number.isFinite(value)) counts[binOf(value, edges)]!++;
    else nonFinite++;
  }
  return {
    edges,
    counts,
    nonFinite,
    toString: () => toText(edges, counts, nonFinite),
    toSvg: () => toSvg(edges, counts),
  };
}

/** The bin by its edges, so that counts agree with the edges shown, whatever rounding does. */
function binOf(value: number, edges: readonly number[]): number {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value < edges[middle]!) high = middle;
    else low = middle;
  }
  return low;
}

const mostOf = (counts: readonly number[]): number => counts.reduce((most, count) => Math.max(most, count), 1);

function toText(edges: readonly number[], counts: readonly number[], nonFinite: number): string {
  const labels = counts.map((_, i) => `${short(edges[i]!)} … ${short(edges[i + 1]!)}`);
  const width = labels.reduce((most, { length }) => Math.max(most, length), 0);
  const most = mostOf(counts);
  const digits = String(most).length;
  const lines = counts.map((count, i) => {
    const bar = "█".repeat(Math.round((40 * count) / most));
    return `${labels[i]!.padStart(width)} │ ${String(count).padStart(digits)} ${bar}`.trimEnd();
  });
  return [...lines, ...(nonFinite === 0 ? [] : [`not finite: ${nonFinite}`])].join("\n");
}

function toSvg(edges: readonly number[], counts: readonly number[]): string {
  const most = mostOf(counts);
  const width = 400 / counts.length;
  const bars = counts.map((count, i) => {
    const height = (200 * count) / most;
    return element("rect", { x: 50 + i * width, y: 220 - height, width, height, fill: "#1f77b4", stroke: "#fff" });
  });
  const middle = { "text-anchor": "middle" };
  return picture(480, 260, [
    ...bars,
    element("line", { x1: 50, y1: 220, x2: 450, y2: 220, stroke: "#333" }),
    textAt(50, 238, short(edges[0]!), middle),
    textAt(450, 238, short(edges.at(-1)!), middle),
    textAt(44, 24, String(most), { "text-anchor": "end" }),
  ]);
}
