/** Which columns a stream of rows gives, and as what. */
import { describe, FormatError, fail, refuse } from "../util/errors.ts";
import { type ColumnType, type CsvOptions, columnIndex, columnTypes, missingSet, typeOf } from "./csv-format.ts";
import type { CsvRecord } from "./csv-scan.ts";

/** Names of columns, or their numbers from 0 on. */
type ColumnName = string | number;

/** Options of {@link Dataset.fromCsv}. */
export interface CsvStreamOptions extends CsvOptions {
  /**
   * What single columns hold, by name. What is not said is found from the first 1000 rows (or 1 MiB of text, if that is
   * less): a later cell that does not fit is an error.
   */
  types?: Readonly<Record<string, ColumnType>>;
  /** The columns of x, in this order; by default all but the targets. */
  columns?: readonly ColumnName[];
  /** The column that is y, or several. Without it rows have no y. */
  target?: ColumnName | readonly ColumnName[];
  /** Makes x (and several targets) a vector of numbers of this dtype, booleans as 0 and 1; else it is an object by names. */
  dtype?: "float32" | "int32" | "uint32";
  /**
   * What stands for missing values: a number in all columns of numbers, or values by column. Without it a missing value is
   * null in an object, and an error in a vector.
   */
  fill?: number | Readonly<Record<string, CsvValue>>;
}

/** A cell's value: null where it is missing. */
export type CsvValue = number | boolean | string | null;

export const VECTORS: {
  readonly float32: Float32ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly uint32: Uint32ArrayConstructor;
} = { float32: Float32Array, int32: Int32Array, uint32: Uint32Array };
type Vector<D extends keyof typeof VECTORS> = InstanceType<(typeof VECTORS)[D]>;

/** A row as the options make it: x, or `[x, y]`. */
export type CsvRow<O> = O extends { target: readonly unknown[] }
  ? [x: CsvPart<O>, y: CsvPart<O>]
  : O extends { target: string | number }
    ? [x: CsvPart<O>, y: O extends { dtype: string } ? number | string : CsvValue]
    : CsvPart<O>;

type CsvPart<O> = O extends { dtype: infer D extends keyof typeof VECTORS }
  ? Vector<D>
  : { [column: string]: CsvValue };

/** Of each column: whether it is wanted, its type where it is known, and what stands for a missing value. */
export interface Plan {
  readonly names: readonly string[];
  readonly hasHeader: boolean;
  /** The columns of x, and those of y. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** By column; undefined in vectors that take numbers and booleans, and where it is still to be found. */
  readonly types: (ColumnType | undefined)[];
  /** Columns whose type is to be found from the first rows. */
  readonly untyped: readonly number[];
  readonly fill: (CsvValue | undefined)[];
}

export function makePlan(header: { names: readonly string[]; hasHeader: boolean }, options: CsvStreamOptions): Plan {
  const { names } = header;
  const { target, columns, dtype } = options;
  const y = listOf(target, "target").map((column) => columnIndex(names, column));
  const given = columns === undefined ? undefined : listOf(columns, "columns");
  const x = given?.map((column) => columnIndex(names, column)) ?? names.map((_, i) => i).filter((i) => !y.includes(i));
  if (x.length === 0) refuse("csv", "columns", "at least one column that is no target", columns ?? target);
  const wanted = [...x, ...y];
  if (new Set(wanted).size < wanted.length) {
    refuse("csv", "columns", "different columns, without the target", columns ?? target);
  }
  const isVector = (column: number): boolean => dtype !== undefined && (Array.isArray(target) || !y.includes(column));
  for (const part of dtype === undefined ? [x, y] : []) checkNames(part.map((column) => names[column]!));
  const types: (ColumnType | undefined)[] = columnTypes(names, options.types, () => undefined as never);
  const text = wanted.find((column) => isVector(column) && types[column] === "text");
  if (text !== undefined) {
    refuse("csv", "types", `number or boolean for "${names[text]}", as dtype wants a vector`, "text");
  }
  const untyped = wanted.filter((column) => types[column] === undefined && !isVector(column));
  return { ...header, x, y, types, untyped, fill: [] };
}

function listOf(given: unknown, option: string): readonly ColumnName[] {
  const list: readonly unknown[] = given === undefined ? [] : Array.isArray(given) ? given : [given];
  const fits = list.every((column) => typeof column === "string" || typeof column === "number");
  return fits ? (list as readonly ColumnName[]) : refuse("csv", option, "names or numbers of columns", given);
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  fail(
    "csv",
    `header: expected columns of different names, got ${describe(twice)} twice; give dtype or columns`,
    FormatError,
  );
}

/** Completes a plan from the first records, and checks what fills gaps against the types. */
export function findTypes(plan: Plan, records: readonly CsvRecord[], options: CsvStreamOptions): void {
  const rows = plan.hasHeader ? records.slice(1) : records;
  const missing = missingSet(options);
  // A record that is too short is told of when it is read.
  const texts = (column: number): string[] => rows.map(({ cells }) => cells[column] ?? "");
  for (const column of plan.untyped) plan.types[column] = typeOf(texts(column), missing);
  const { fill } = options;
  if (typeof fill === "number") {
    for (const column of [...plan.x, ...plan.y]) {
      if ((plan.types[column] ?? "number") === "number") plan.fill[column] = fill;
    }
  } else if (typeof fill === "object" && fill !== null) {
    for (const [name, value] of Object.entries(fill)) fillColumn(plan, columnIndex(plan.names, name), value);
  } else if (fill !== undefined) refuse("csv", "fill", "a number, or values by column", fill);
}

function fillColumn(plan: Plan, column: number, value: unknown): void {
  const type = plan.types[column] ?? "number";
  const got: string = typeof value;
  if (got !== (type === "text" ? "string" : type)) {
    refuse("csv", "fill", `a ${type} for column ${describe(plan.names[column])}`, value);
  }
  plan.fill[column] = value as CsvValue;
}
