import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkInteger } from "../util/names.ts";
import { settle } from "../util/settle.ts";
import { clipped, element, end, heading, middle, picture, printable, round, textAt, widest } from "./svg.ts";
import { anything, numbersOf, type PlotValues, title } from "./values.ts";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** Default: the number of labels; without labels, one more than the greatest class number. At most 1000. */
  readonly numClasses?: number;
  /** Names of the classes, in order. Default: their numbers. */
  readonly labels?: readonly string[];
  /** Stands above. Default: nothing. */
  readonly title?: string;
}

/** How often each class was taken for each other. */
export interface ConfusionMatrix {
  /** Rows are true classes, columns predicted ones. */
  readonly matrix: number[][];
  /** A table. */
  toString(): string;
  /** A table with darker cells for greater shares of their row, as an SVG document. Beyond 50 classes without numbers. */
  toSvg(): string;
}

const WHERE = "confusionMatrix";
const MOST_CLASSES = 1000;

/**
 * Counts pairs of true and predicted class numbers.
 *
 * @param yTrue integers from 0 on, one for each sample
 * @param yPred as many; of probabilities, take `argMax(-1)` first
 * @throws ValueError for class numbers out of range, ShapeError for lists that differ in length.
 * @example console.log(String(confusionMatrix(labels, model.predict(x).argMax(-1))));
 */
export function confusionMatrix(
  yTrue: PlotValues,
  yPred: PlotValues,
  options?: ConfusionMatrixOptions,
): ConfusionMatrix {
  const given = settle<ConfusionMatrixOptions>(WHERE, options, {
    numClasses: [undefined, anything],
    labels: [undefined, checkLabels],
    title: ["", title],
  }) as ConfusionMatrixOptions & { readonly title: string };
  const [actual, predicted] = [numbersOf(yTrue, WHERE, "yTrue"), numbersOf(yPred, WHERE, "yPred")];
  if (actual.length !== predicted.length) {
    fail(WHERE, `yPred: expected ${actual.length} values, as in yTrue, got ${predicted.length}`, ShapeError);
  }
  const wanted = given.numClasses ?? given.labels?.length;
  const classes =
    wanted === undefined
      ? 1 + Math.max(greatest(actual, "yTrue", MOST_CLASSES), greatest(predicted, "yPred", MOST_CLASSES))
      : checkInteger(wanted, WHERE, "numClasses", 0, MOST_CLASSES);
  const labels = given.labels ?? Array.from({ length: classes }, (_, i) => String(i));
  if (labels.length !== classes) refuse(WHERE, "labels", `${classes} names`, labels);
  greatest(actual, "yTrue", classes);
  greatest(predicted, "yPred", classes);
  const matrix = labels.map(() => Array<number>(classes).fill(0));
  for (let i = 0; i < actual.length; i++) matrix[actual[i]!]![predicted[i]!]!++;
  return {
    matrix,
    toString: () => toText(matrix, labels.map(printable), given.title),
    toSvg: () => toSvg(matrix, labels, given.title),
  };
}

function checkLabels(value: unknown, where: string, argument: string): unknown {
  const fits = value === undefined || (Array.isArray(value) && value.every((label) => typeof label === "string"));
  return fits ? value : refuse(where, argument, "a list of strings", value);
}

/** The greatest class number, −1 if there is none; refuses what is no number below `classes`. */
function greatest(values: ArrayLike<number>, argument: string, classes: number): number {
  let most = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value) || value < 0 || value >= classes) {
      refuse(WHERE, `${argument}[${i}]`, `a class number from 0 to ${classes - 1}`, value);
    }
    if (value > most) most = value;
  }
  return most;
}

type Counts = readonly (readonly number[])[];

function toText(matrix: Counts, labels: readonly string[], title: string): string {
  const rows = [["true \\ predicted", ...labels], ...matrix.map((row, i) => [labels[i]!, ...row.map(String)])];
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  const lines = rows.map((row) => row.map((text, column) => text.padStart(widths[column]!)).join("  "));
  return [...(title === "" ? [] : [title]), ...lines].join("\n");
}

const LONGEST = 160;
/** For labels of up to this width, cells are as wide. */
const WIDE = 80;

function toSvg(matrix: Counts, labels: readonly string[], title: string): string {
  const classes = labels.length;
  const numbers = classes <= 50;
  const most = matrix.flat().reduce((greatest, count) => Math.max(greatest, count), 0);
  const names = widest(labels.map((label) => clipped(label, LONGEST)));
  const wanted = Math.max(40, widest([String(most)]) + 12, names <= WIDE && classes <= 12 ? names + 10 : 0);
  const cell = numbers ? wanted : Math.max(2, Math.floor(800 / classes));
  // Where cells are lower than letters, only some have a label.
  const every = Math.ceil(16 / cell);
  const shown = labels.map((label, i) => (i % every === 0 ? label : ""));
  // Labels that are too wide stand aslant, and the last one reaches to the right.
  const aslant = names > cell * every - 6;
  const [left, right] = [40 + names, 24 + (aslant ? names * 0.75 : 0)];
  const top = (title === "" ? 24 : 48) + (aslant ? 20 + names * 0.75 : 24);
  const size = cell * classes;
  const width = Math.max(left + size + right, Math.min(1.3 * widest([title]) + 20, 480));
  const parts = [heading(width, title)];
  parts.push(textAt(left + size / 2, title === "" ? 18 : 42, "predicted", middle));
  const at = `rotate(-90 18 ${round(top + size / 2)})`;
  parts.push(textAt(18, top + size / 2, "true", { ...middle, transform: at }));
  parts.push(element("rect", { x: left, y: top, width: size, height: size, fill: "none", stroke: "#888" }));
  matrix.forEach((row, i) => {
    const [x, y] = [left + cell * (i + 0.5), top + cell * (i + 0.5) + 4];
    const turn = { transform: `rotate(-45 ${round(x)} ${round(top - 8)})` };
    parts.push(textAt(left - 8, y, shown[i]!, end, LONGEST));
    parts.push(textAt(x, top - 8, shown[i]!, aslant ? turn : middle, LONGEST));
    parts.push(...rowOf(row, { left, top: top + cell * i, cell, numbers }));
  });
  return picture(width, top + size + 24, parts, title || "confusion matrix");
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly numbers: boolean;
}

/** The cells of a row, filled by their share of it. */
function rowOf(row: readonly number[], { left, top, cell, numbers }: Place): string[] {
  const total = row.reduce((sum, count) => sum + count, 0) || 1;
  return row.flatMap((count, j) => {
    const part = count / total;
    const box = { x: left + cell * j, y: top, width: cell, height: cell, stroke: numbers ? "#ddd" : undefined };
    const filled = numbers || count > 0 ? element("rect", { ...box, fill: "#1f5fa8", "fill-opacity": part }) : "";
    const fill = part > 0.5 ? "#fff" : count === 0 ? "#999" : "#333";
    const text = numbers ? textAt(box.x + cell / 2, top + cell / 2 + 4, String(count), { ...middle, fill }) : "";
    return [filled, text];
  });
}
