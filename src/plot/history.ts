import { fail, refuse, refuseName } from "../util/errors.ts";
import { checkChoice, checkInteger } from "../util/names.ts";
import { type Check, settle } from "../util/settle.ts";
import { widened } from "./axes.ts";
import type { Chart, Series } from "./chart.ts";
import { lineChart } from "./line-chart.ts";
import { textChart } from "./text-chart.ts";
import { anything, countNonFinite, isNumbers, rangeOf, title } from "./values.ts";

/** What `fit` returns, or its `history` alone, or lists of numbers of your own. */
export type HistoryLike = { readonly history: Logs; readonly epoch?: readonly number[] } | Logs;

type Logs = { readonly [name: string]: ArrayLike<number> };

/** Options of `plotHistory`. */
export interface PlotHistoryOptions {
  /** Names in the history to draw. Default: all. */
  readonly metrics?: readonly string[];
  /** In pixels, 200 to 10,000, default 640; for a terminal in characters, 30 to 1000, default 72. */
  readonly width?: number;
  /** In pixels, 160 to 10,000, default 360; for a terminal in lines of the chart, 5 to 1000, default 16. */
  readonly height?: number;
  /** Stands above. Default: nothing. */
  readonly title?: string;
  /** Default "svg". */
  readonly format?: "svg" | "terminal";
  /** What `fit` was given, if anything: the history does not tell after which epochs there was validation. */
  readonly validationFreq?: number | readonly number[];
}

const WHERE = "plotHistory";

/** The least, default and greatest sizes. */
const SIZES = {
  svg: { width: [200, 640, 10_000], height: [160, 360, 10_000] },
  terminal: { width: [30, 72, 1000], height: [5, 16, 1000] },
} as const;

/**
 * Losses and metrics over the epochs, as an SVG document or as a chart of characters. Values that are not finite leave a
 * gap and are counted beside the name. One axis is common to all names; `metrics` chooses those that belong together. A
 * list shorter than the others is drawn from the first epoch on, unless `validationFreq` says otherwise.
 *
 * @throws ValueError for a history that is none, a name that is not in it, a size out of range.
 * @example writeFileSync("loss.svg", plotHistory(history, { metrics: ["loss", "val_loss"] }));
 */
export function plotHistory(history: HistoryLike, options?: PlotHistoryOptions): string {
  const format = checkChoice(options?.format ?? "svg", WHERE, "format", ["svg", "terminal"]);
  const sizes = SIZES[format];
  const within = ([least, size, most]: readonly [number, number, number]): readonly [number, Check] => [
    size,
    (value, where, argument) => checkInteger(value, where, argument, least, most),
  ];
  const given = settle<PlotHistoryOptions>(WHERE, options, {
    metrics: [undefined, anything],
    width: within(sizes.width),
    height: within(sizes.height),
    title: ["", title],
    format: [format, anything],
    validationFreq: [undefined, checkFrequency],
  });
  const chart = chartOf(history, given.metrics, given.validationFreq);
  return (format === "svg" ? lineChart : textChart)(chart, given);
}

const checkFrequency: Check = (value, where, argument) => {
  for (const epochs of value === undefined ? [] : [value].flat()) checkInteger(epochs, where, argument, 1);
  return value;
};

function chartOf(history: HistoryLike, metrics: unknown, frequency: PlotHistoryOptions["validationFreq"]): Chart {
  const given = history as { history?: unknown; epoch?: unknown } | null | undefined;
  const own = given?.history !== undefined && !isNumbers(given.history);
  const logs = (own ? given.history : given) as Logs;
  const fits =
    typeof logs === "object" && logs !== null && !Array.isArray(logs) && Object.values(logs).every(isNumbers);
  if (!fits) refuse(WHERE, "history", "what fit returned, or lists of numbers by name", history);
  const names = metrics ?? Object.keys(logs);
  if (!Array.isArray(names)) refuse(WHERE, "metrics", "a list of names", metrics);
  const chosen = (names as string[]).map((name) =>
    Object.hasOwn(logs, name) ? { name, values: logs[name]! } : refuseName(WHERE, "metrics", name, Object.keys(logs)),
  );
  const length = Object.values(logs).reduce((most, values) => Math.max(most, values.length), 0);
  const epochs = epochsOf(own ? given.epoch : undefined, length);
  const series = chosen.map(({ name, values }) => {
    const late = frequency !== undefined && name.startsWith("val_");
    return { name, values, epochs: late ? validated(epochs, frequency, name, values.length) : epochs };
  });
  return { series, epochs, x: widened(rangeOf(epochs)), y: widened(rangeOf(series.flatMap(extremes))) };
}

/** The epochs' numbers if there are as many as there are values, else 0, 1, 2, …. */
function epochsOf(known: unknown, length: number): ArrayLike<number> {
  const fits = isNumbers(known) && known.length === length && countNonFinite(known) === 0;
  return fits ? known : Array.from({ length }, (_, i) => i);
}

/** The epochs after which `fit` validates. */
function validated(
  epochs: ArrayLike<number>,
  frequency: number | readonly number[],
  name: string,
  length: number,
): number[] {
  const due = Array.from(epochs).filter((epoch) =>
    typeof frequency === "number" ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1),
  );
  if (due.length === length) return due;
  return fail(WHERE, `validationFreq: expected one by which "${name}" has ${length} values, got one for ${due.length}`);
}

const extremes = ({ values }: Series): readonly number[] => rangeOf(values) ?? [];
