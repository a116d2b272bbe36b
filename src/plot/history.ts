import { refuse, refuseName } from "../util/errors.ts";
import { checkChoice, checkInteger } from "../util/names.ts";
import { type Check, settle } from "../util/settle.ts";
import { element, picture, short, textAt } from "./svg.ts";
import { rangeOf } from "./values.ts";

/** What `fit` returns, or its `history` alone. */
export type HistoryLike = { readonly history: Logs; readonly epoch?: readonly number[] } | Logs;

type Logs = { readonly [name: string]: readonly number[] };

/** Options of `plotHistory`. */
export interface PlotHistoryOptions {
  /** Names in the history to draw. Default: all. */
  readonly metrics?: readonly string[];
  /** In pixels, from 200 on, default 640; for a terminal in characters, from 30 on, default 72. */
  readonly width?: number;
  /** In pixels, from 120 on, default 360; for a terminal in lines, from 5 on, default 16. */
  readonly height?: number;
  /** Stands above. Default: nothing. */
  readonly title?: string;
  /** Default "svg". */
  readonly format?: "svg" | "terminal";
}

interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** All that is drawn, with the limits of both axes. */
interface Chart {
  readonly series: readonly Series[];
  readonly epochs: readonly number[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

const WHERE = "plotHistory";
const COLOURS = ["#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#e377c2", "#17becf"];
const MARKS = "●○■□▲△◆◇";
const anything: Check = (value) => value;
const string: Check = (value, where, argument) =>
  typeof value === "string" ? value : refuse(where, argument, "a string", value);

/**
 * Losses and metrics over the epochs, as an SVG document or as a chart of characters. Values that are not finite leave a
 * gap. One axis is common to all names; `metrics` chooses those that belong together.
 *
 * @throws ValueError for a history that is none, a name that is not in it, a size that is too small.
 * @example writeFileSync("loss.svg", plotHistory(history, { metrics: ["loss", "val_loss"] }));
 */
export function plotHistory(history: HistoryLike, options?: PlotHistoryOptions): string {
  const format = checkChoice(options?.format ?? "svg", WHERE, "format", ["svg", "terminal"]);
  const [least, size] = format === "svg" ? [[200, 120], [640, 360]] : [[30, 5], [72, 16]]; // biome-ignore format: pairs
  const atLeast =
    (min: number): Check =>
    (value, where, argument) =>
      checkInteger(value, where, argument, min);
  const { metrics, width, height, title } = settle<PlotHistoryOptions>(WHERE, options, {
    metrics: [undefined, anything],
    width: [size![0], atLeast(least![0]!)],
    height: [size![1], atLeast(least![1]!)],
    title: ["", string],
    format: [format, anything],
  });
  const chart = chartOf(history, metrics);
  return format === "svg" ? toSvg(chart, width, height, title) : toText(chart, width, height, title);
}

function chartOf(history: HistoryLike, metrics: unknown): Chart {
  const given = history as { history?: unknown; epoch?: readonly number[] } | null | undefined;
  const own = given?.history !== undefined && !Array.isArray(given.history);
  const logs = (own ? given.history : given) as Logs;
  const fits =
    typeof logs === "object" && logs !== null && !Array.isArray(logs) && Object.values(logs).every(isNumbers);
  if (!fits) refuse(WHERE, "history", "what fit returned, or lists of numbers by name", history);
  const names = metrics ?? Object.keys(logs);
  if (!Array.isArray(names)) refuse(WHERE, "metrics", "a list of names", metrics);
  const series = (names as string[]).map((name) =>
    Object.hasOwn(logs, name) ? { name, values: logs[name]! } : refuseName(WHERE, "metrics", name, Object.keys(logs)),
  );
  const length = series.reduce((most, { values }) => Math.max(most, values.length), 0);
  const known = own ? given.epoch : undefined;
  const epochs = known?.length === length ? known : Array.from({ length }, (_, i) => i);
  return { series, epochs, x: widened(rangeOf(epochs)), y: widened(rangeOf(series.flatMap(({ values }) => values))) };
}

function isNumbers(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === "number");
}

/** A range with some extent: one value stands in its middle. */
function widened([min, max]: readonly [number, number] = [0, 1]): [number, number] {
  const room = min < max ? 0 : Math.abs(min) / 2 || 0.5;
  return [min - room, max + room];
}

/** Where in the range a value lies, 0 to 1. Halves first: the extent of a range may be too great for a number. */
function share(value: number, [min, max]: readonly [number, number]): number {
  return (value / 2 - min / 2) / (max / 2 - min / 2);
}

const MARGIN = { left: 60, right: 20, top: 40, bottom: 40 };

function toSvg({ series, epochs, x, y }: Chart, width: number, height: number, title: string): string {
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const atX = (value: number): number => MARGIN.left + share(value, x) * (right - MARGIN.left);
  const atY = (value: number): number => bottom - share(value, y) * (bottom - MARGIN.top);
  const parts = [textAt(width / 2, 16, title, { "text-anchor": "middle", "font-size": 14 })];
  for (let tick = 0; tick <= 4; tick++) {
    const value = y[0] * (1 - tick / 4) + y[1] * (tick / 4);
    const line = { x1: MARGIN.left, y1: atY(value), x2: right, y2: atY(value), stroke: tick === 0 ? "#333" : "#ddd" };
    parts.push(element("line", line), textAt(MARGIN.left - 6, atY(value) + 4, short(value), { "text-anchor": "end" }));
  }
  for (const epoch of new Set([epochs[0], epochs.at(-1)])) {
    if (epoch !== undefined) parts.push(textAt(atX(epoch), bottom + 16, String(epoch), { "text-anchor": "middle" }));
  }
  parts.push(textAt((MARGIN.left + right) / 2, height - 8, "epoch", { "text-anchor": "middle" }));
  series.forEach(({ name, values }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const points = values.map((value, j) => (Number.isFinite(value) ? ([atX(epochs[j]!), atY(value)] as const) : null));
    parts.push(...curve(points, colour));
    const left = MARGIN.left + (i * (right - MARGIN.left)) / series.length;
    parts.push(element("rect", { x: left, y: 24, width: 10, height: 10, fill: colour }), textAt(left + 14, 33, name));
  });
  return picture(
    width,
    height,
    parts.filter((part) => part !== ""),
  );
}

/** A line through points that follow one another; a point alone is a dot. */
function curve(points: readonly (readonly [number, number] | null)[], stroke: string): string[] {
  const runs: (readonly [number, number])[][] = [[]];
  for (const point of points) {
    if (point === null) runs.push([]);
    else runs.at(-1)!.push(point);
  }
  const round = (value: number): number => Math.round(value * 100) / 100;
  return runs
    .filter((run) => run.length > 0)
    .map((run) =>
      run.length === 1
        ? element("circle", { cx: run[0]![0], cy: run[0]![1], r: 3, fill: stroke })
        : element("polyline", { points: run.map((p) => p.map(round).join()).join(" "), fill: "none", stroke }),
    );
}

function toText({ series, epochs, x, y }: Chart, width: number, height: number, title: string): string {
  const labels = [y[1], y[0]].map(short);
  const margin = Math.max(...labels.map(({ length }) => length));
  const columns = width - margin - 2;
  const rows = Array.from({ length: height }, () => Array<string>(columns).fill(" "));
  series.forEach(({ values }, i) => {
    values.forEach((value, j) => {
      if (!Number.isFinite(value)) return;
      const row = height - 1 - Math.round(share(value, y) * (height - 1));
      rows[row]![Math.round(share(epochs[j]!, x) * (columns - 1))] = MARKS[i % MARKS.length]!;
    });
  });
  const label = (row: number): string => (row === 0 ? labels[0]! : row === height - 1 ? labels[1]! : "");
  const lines = rows.map((row, i) => `${label(i).padStart(margin)} │${row.join("").trimEnd()}`);
  const last = epochs.length > 1 ? String(epochs.at(-1)) : "";
  const axis = String(epochs[0] ?? "").padEnd(columns - last.length) + last;
  const legend = series.map(({ name }, i) => `${MARKS[i % MARKS.length]} ${name}`).join("  ");
  const rule = `${" ".repeat(margin + 1)}└${"─".repeat(columns)}`;
  return [...(title === "" ? [] : [title]), ...lines, rule, `${" ".repeat(margin + 2)}${axis}`.trimEnd(), legend].join(
    "\n",
  );
}
