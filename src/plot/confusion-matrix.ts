import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkInteger } from "../util/names.ts";
import { settle } from "../util/settle.ts";
import { element, picture, textAt } from "./svg.ts";
import { numbersOf, type PlotValues } from "./values.ts";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** Default: the number of labels; without labels, one more than the greatest class number. At most 1000. */
  readonly numClasses?: number;
  /** Names of the classes, in order. Default: their numbers. */
  readonly labels?: readonly string[];
}

/** How often each class was taken for each other. */
export interface ConfusionMatrix {
  /** Rows are true classes, columns predicted ones. */
  readonly matrix: number[][];
  /** A table. */
  toString(): string;
  /** A table with darker cells for greater shares of their row, as an SVG document. */
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
    numClasses: [undefined, (value) => value],
    labels: [undefined, checkLabels],
  }) as ConfusionMatrixOptions;
  const [actual, predicted] = [numbersOf(yTrue, WHERE, "yTrue"), numbersOf(yPred, WHERE, "yPred")];
  if (actual.length !== predicted.length) {
    fail(WHERE, `yPred: expected ${actual.length} values, as in yTrue, got ${predicted.length}`, ShapeError);
  }
  const classes = checkInteger(
    given.numClasses ?? given.labels?.length ?? 1 + Math.max(greatest(actual, "yTrue"), greatest(predicted, "yPred")),
    WHERE,
    "numClasses",
    0,
    MOST_CLASSES,
  );
  const labels = given.labels ?? Array.from({ length: classes }, (_, i) => String(i));
  if (labels.length !== classes) refuse(WHERE, "labels", `${classes} names`, labels);
  greatest(actual, "yTrue", classes - 1);
  greatest(predicted, "yPred", classes - 1);
  const matrix = labels.map(() => Array<number>(classes).fill(0));
  for (let i = 0; i < actual.length; i++) matrix[actual[i]!]![predicted[i]!]!++;
  return { matrix, toString: () => toText(matrix, labels), toSvg: () => toSvg(matrix, labels) };
}

function checkLabels(value: unknown, where: string, argument: string): unknown {
  const fits = value === undefined || (Array.isArray(value) && value.every((label) => typeof label === "string"));
  return fits ? value : refuse(where, argument, "a list of strings", value);
}

/** The greatest class number; refuses what is none. */
function greatest(values: ArrayLike<number>, argument: string, max = MOST_CLASSES - 1): number {
  let most = -1;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, checkInteger(values[i], WHERE, `${argument}[${i}]`, 0, max));
  }
  return most;
}

function toText(matrix: readonly (readonly number[])[], labels: readonly string[]): string {
  const rows = [["true \\ predicted", ...labels], ...matrix.map((row, i) => [labels[i]!, ...row.map(String)])];
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return rows.map((row) => row.map((text, column) => text.padStart(widths[column]!)).join("  ")).join("\n");
}

const CELL = 48;

function toSvg(matrix: readonly (readonly number[])[], labels: readonly string[]): string {
  const left = 40 + 7 * labels.reduce((most, { length }) => Math.max(most, length), 0);
  const size = CELL * labels.length;
  const middle = { "text-anchor": "middle" };
  const parts = [textAt(left + size / 2, 16, "predicted", middle), textAt(8, 56, "true")];
  matrix.forEach((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    const top = 44 + CELL * i;
    parts.push(textAt(left - 8, top + 28, labels[i]!, { "text-anchor": "end" }));
    parts.push(textAt(left + CELL * (i + 0.5), 36, labels[i]!, middle));
    row.forEach((count, j) => {
      const part = count / total;
      const box = { x: left + CELL * j, y: top, width: CELL, height: CELL, stroke: "#ccc" };
      parts.push(element("rect", { ...box, fill: "#1f77b4", "fill-opacity": part }));
      const fill = part > 0.5 ? "#fff" : "#000";
      parts.push(textAt(left + CELL * (j + 0.5), top + 28, String(count), { ...middle, fill }));
    });
  });
  return picture(
    left + size + 20,
    64 + size,
    parts.filter((part) => part !== ""),
  );
}
