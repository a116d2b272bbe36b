import { checkInteger } from "../util/names.ts";
import { settle } from "../util/settle.ts";
import { axisOf, drawAxes, scales, widened } from "./axes.ts";
import { element, heading, middle, picture, short, textAt, widest } from "./svg.ts";
import { countNonFinite, numbersOf, type PlotValues, rangeOf, title } from "./values.ts";

/** Options of `histogram`. */
export interface HistogramOptions {
  /** How many bins of equal width there are, from 1 to 10,000. Default 20. */
  readonly bins?: number;
  /** Stands above. Default: nothing. */
  readonly title?: string;
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
  /** Bars, as an SVG document of 480 × 280 pixels. */
  toSvg(): string;
}

const WHERE = "histogram";

/**
 * Counts values (weights, activations) in bins of equal width between the least and the greatest finite one, as NumPy's
 * `histogram` does: a single value v gets the range v ± 0.5, no value at all the range 0 to 1. (Where v is so great that
 * nothing changes by 0.5, the range is v ± |v|/2.)
 *
 * @throws ValueError for values that are no numbers, or a number of bins that is none.
 * @example console.log(String(histogram(model.layers[0].weights[0])));
 */
export function histogram(values: PlotValues, options?: HistogramOptions): Histogram {
  const given = settle<HistogramOptions>(WHERE, options, {
    bins: [20, (value, where, argument) => checkInteger(value, where, argument, 1, 10_000)],
    title: ["", title],
  });
  const numbers = numbersOf(values, WHERE, "values");
  const edges = edgesOf(rangeOf(numbers) ?? [0, 1], given.bins);
  const counts: number[] = Array(given.bins).fill(0);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (Number.isFinite(value)) counts[binOf(value, edges)]!++;
  }
  const found = { edges, counts, nonFinite: countNonFinite(numbers) };
  return { ...found, toString: () => toText(found, given.title), toSvg: () => toSvg(found, given.title) };
}

function edgesOf([low, high]: readonly [number, number], bins: number): number[] {
  let [min, max] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  if (min === max) [min, max] = widened([min, max]);
  // Not min + i·width: the width may be too great for a number. Rounding never makes an edge lie before another.
  let edge = min;
  return Array.from({ length: bins + 1 }, (_, i) => {
    edge = Math.min(max, Math.max(edge, min * (1 - i / bins) + max * (i / bins)));
    return i === bins ? max : edge;
  });
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

type Found = Pick<Histogram, "edges" | "counts" | "nonFinite">;

const mostOf = (counts: readonly number[]): number => counts.reduce((most, count) => Math.max(most, count), 1);
const noteOf = (nonFinite: number): string => (nonFinite === 0 ? "" : `not finite: ${nonFinite}`);

function toText({ edges, counts, nonFinite }: Found, title: string): string {
  const labels = counts.map((_, i) => `${short(edges[i]!)} … ${short(edges[i + 1]!)}`);
  const width = labels.reduce((most, { length }) => Math.max(most, length), 0);
  const most = mostOf(counts);
  const digits = String(most).length;
  const lines = counts.map((count, i) => {
    const bar = "█".repeat(Math.round((40 * count) / most));
    return `${labels[i]!.padStart(width)} │ ${String(count).padStart(digits)} ${bar}`.trimEnd();
  });
  return [title, ...lines, noteOf(nonFinite)].filter((line) => line !== "").join("\n");
}

const [WIDTH, HEIGHT] = [480, 280];

function toSvg({ edges, counts, nonFinite }: Found, title: string): string {
  const x = axisOf([edges[0]!, edges.at(-1)!], { steps: 5, tight: true });
  const y = axisOf([0, mostOf(counts)], { steps: 5, whole: true });
  const left = widest(y.ticks.map(({ label }) => label)) + 16;
  const area = { left, right: WIDTH - 24, top: title === "" ? 16 : 40, bottom: HEIGHT - 36 };
  const [atX, atY] = scales(area, x, y);
  const stroke = (area.right - left) / counts.length > 4 ? "#fff" : undefined;
  const bars = counts.map((count, i) => {
    const [from, to, top] = [atX(edges[i]!), atX(edges[i + 1]!), atY(count)];
    const box = { x: from, y: top, width: to - from, height: area.bottom - top };
    return count === 0 ? "" : element("rect", { ...box, fill: "#1f77b4", stroke });
  });
  const note = textAt((left + area.right) / 2, HEIGHT - 4, noteOf(nonFinite), middle);
  return picture(WIDTH, HEIGHT, [heading(WIDTH, title), ...drawAxes(area, x, y, WIDTH), ...bars, note], title || WHERE);
}
