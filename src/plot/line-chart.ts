import { axisOf, drawAxes, scales } from "./axes.ts";
import { type Chart, legendOf, type Series } from "./chart.ts";
import { type Attributes, clipped, element, heading, middle, picture, round, textAt, widest, widthOf } from "./svg.ts";

const COLOURS = ["#1f77b4", "#d9480f", "#2b8a3e", "#9c36b5", "#c92a2a", "#0b7285", "#8c564b", "#5f3dc4"];

interface Size {
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

type Point = readonly [x: number, y: number];

/** Lines over epochs, as an SVG document. */
export function lineChart({ series, x, y }: Chart, { width, height, title }: Size): string {
  const styles = stylesOf(series);
  const top = title === "" ? 16 : 40;
  const bottom = height - 44;
  const legend = legendAt(top, series, styles, { width, most: Math.floor((bottom - top) / 2 / LINE) });
  const upright = axisOf(y, { steps: Math.max(2, Math.floor((bottom - legend.bottom) / 45)) });
  const left = widest(upright.ticks.map(({ label }) => label)) + 16;
  const area = { left, right: width - 24, top: legend.bottom, bottom };
  const across = axisOf(x, { steps: Math.max(1, Math.floor((area.right - left) / 80)), tight: true, whole: true });
  const [atX, atY] = scales(area, across, upright);
  const curves = series.map((one, i) => curve(one, atX, atY, { ...styles[i], width: area.right - left }));
  const axes = drawAxes(area, across, upright, width);
  const below = textAt((left + area.right) / 2, height - 8, "epoch", middle);
  const label = title || series.map(({ name }) => name).join(", ") || "history";
  return picture(width, height, [heading(width, title), ...legend.parts, ...axes, below, ...curves], label);
}

/** What belongs to validation has the colour of what it belongs to, and is dashed. */
function stylesOf(series: readonly Series[]): Attributes[] {
  const bases = [...new Set(series.map(({ name }) => name.replace(/^val_/, "")))];
  const places = new Map(bases.map((name, i) => [name, i]));
  return series.map(({ name }) => {
    const place = places.get(name.replace(/^val_/, ""))!;
    const dashes = [name.startsWith("val_") ? "6 3" : "", place < COLOURS.length ? "" : "1.5 3"].filter(Boolean);
    const dash = dashes.length === 0 ? undefined : dashes.join(" ");
    return { stroke: COLOURS[place % COLOURS.length]!, "stroke-dasharray": dash };
  });
}

const LINE = 18;

/** Names in lines of their own; those that find no room are counted. */
function legendAt(
  top: number,
  series: readonly Series[],
  styles: readonly Attributes[],
  { width, most }: { readonly width: number; readonly most: number },
): { readonly parts: string[]; readonly bottom: number } {
  const parts: string[] = [];
  let [x, row] = [16, 0];
  for (const [i, one] of series.entries()) {
    const text = clipped(legendOf(one), width - 80);
    const rest = `… ${series.length - i} more`;
    const room = row === most - 1 && i < series.length - 1 ? widthOf(rest) + 16 : 0;
    const needed = 44 + widthOf(text);
    if (x > 16 && x + needed + room > width) {
      if (row === most - 1) {
        parts.push(textAt(x, top + row * LINE + 4, rest));
        break;
      }
      [x, row] = [16, row + 1];
    }
    const y = top + row * LINE;
    parts.push(element("line", { x1: x, y1: y, x2: x + 22, y2: y, "stroke-width": 2, ...styles[i] }));
    parts.push(textAt(x + 28, y + 4, legendOf(one), {}, width - 80));
    x += needed;
  }
  return { parts, bottom: top + (series.length === 0 ? 0 : (row + 1) * LINE) };
}

/** Lines through points that follow one another. Where there are few they are marked, and so is one that is alone. */
function curve(
  { name, epochs, values }: Series,
  atX: (value: number) => number,
  atY: (value: number) => number,
  { width, stroke, "stroke-dasharray": dash }: Attributes & { readonly width: number },
): string {
  const runs: Point[][] = [[]];
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) runs.at(-1)!.push([atX(epochs[i]!), atY(values[i]!)]);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  const few = values.length <= width / 16;
  const parts = runs.flatMap((run) => {
    const dots = few || run.length === 1 ? run : [];
    const marks = dots.map(([cx, cy]) => element("circle", { cx, cy, r: 2.5, fill: stroke, stroke: "none" }));
    const points = thinned(run).map((point) => point.map(round).join());
    return run.length < 2
      ? marks
      : [element("polyline", { points: points.join(" "), "stroke-dasharray": dash }), ...marks];
  });
  const group = { "data-name": name, fill: "none", stroke, "stroke-width": 1.5 };
  return parts.length === 0 ? "" : element("g", group, parts.join(""));
}

/**
 * The same line with fewer points: of those in one column of pixels the first, the lowest, the highest and the last. A
 * history of a million epochs looks as it would with all of them.
 */
function thinned(run: readonly Point[]): readonly Point[] {
  const columns = Math.floor(run.at(-1)?.[0] ?? 0) - Math.floor(run[0]?.[0] ?? 0) + 1;
  if (run.length <= 4 * columns) return run;
  const kept: Point[] = [];
  for (let i = 0; i < run.length; ) {
    const [first, column] = [i, Math.floor(run[i]![0])];
    let [low, high] = [i, i];
    for (; i < run.length && Math.floor(run[i]![0]) === column; i++) {
      if (run[i]![1] < run[low]![1]) low = i;
      if (run[i]![1] > run[high]![1]) high = i;
    }
    const places = [...new Set([first, Math.min(low, high), Math.max(low, high), i - 1])];
    kept.push(...places.map((place) => run[place]!));
  }
  return kept;
}
