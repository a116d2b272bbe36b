import { describe, FormatError, refuse, ValueError } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import {
  booleanOf,
  type ColumnType,
  CSV_OPTIONS,
  type CsvOptions,
  columnIndex,
  columnNames,
  columnTypes,
  isNumber,
  missingSet,
  typeOf,
} from "./csv-format.ts";
import type { CsvRecord } from "./csv-scan.ts";
import { parseCsv, wrongCell, wrongWidth } from "./csv-scan.ts";

/** How {@link CsvTable.numbers} treats missing values. */
export interface NumbersOptions {
  /** Stands for a missing value: a number, or "mean", that of the column's others. Without it missing values are an error. */
  missing?: number | "mean";
}

/** How {@link CsvTable.withClasses} splits a table. */
export interface ClassOptions {
  /** Name or index of the column with the class; the last one by default. */
  column?: string | number;
  /** The classes in the order of their labels, such as those of the training table; found and sorted by default. */
  classes?: readonly string[];
}

/** Numbers with a class for each row. */
export interface ClassifiedRows {
  /** count × width values. */
  readonly inputs: Float32Array;
  /** Index into `classes` for each row. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly count: number;
  readonly width: number;
}

/** A table of texts. */
export class CsvTable {
  /** Names of the columns; "column 0", "column 1", … without a header. */
  readonly names: readonly string[];
  private readonly records: readonly CsvRecord[];
  private readonly missing: ReadonlySet<string>;
  private readonly given: CsvOptions["types"];
  private found: readonly ColumnType[] | undefined;

  constructor(names: readonly string[], records: readonly CsvRecord[], options: CsvOptions = {}) {
    if (!Array.isArray(names)) refuse("CsvTable", "names", "a list of names", names);
    if (!Array.isArray(records)) refuse("CsvTable", "records", "a list of records", records);
    this.names = names;
    this.records = records;
    this.missing = missingSet(options);
    this.given = options.types;
    columnTypes(names, this.given, () => "text"); // checks them
  }

  /** What each column holds: as given, else numbers or booleans where every cell that is not missing is one, else text. */
  get types(): readonly ColumnType[] {
    this.found ??= columnTypes(this.names, this.given, (index) => typeOf(this.column(index), this.missing));
    return this.found;
  }

  /** One column's values in its type; null where one is missing. */
  values(column: string | number): (number | boolean | string | null)[] {
    const index = this.indexOf(column);
    const type = this.types[index]!;
    return this.records.map((record) => {
      const text = record.cells[index]!;
      if (this.isMissing(text)) return null;
      if (type === "number") return this.number(record, index);
      if (type === "text") return text;
      return booleanOf(text) ?? this.wrongCell(record, index, "true or false");
    });
  }

  /** Number of rows, the header not counted. */
  get rows(): number {
    return this.records.length;
  }

  /** The texts of one column. */
  column(column: string | number): string[] {
    const index = this.indexOf(column);
    return this.records.map((record) => record.cells[index]!);
  }

  /** Columns as numbers, row after row; all of them by default. */
  numbers(columns?: readonly (string | number)[], options: NumbersOptions = {}): Float32Array {
    checkOptions(options, ["missing"], "csv numbers");
    if (columns !== undefined && !Array.isArray(columns))
      refuse("csv numbers", "columns", "a list of columns", columns);
    const indices = (columns ?? this.names.map((_, index) => index)).map((column) => this.indexOf(column));
    const fillers = indices.map((index) => this.filler(index, options.missing));
    const values = new Float32Array(this.rows * indices.length);
    let at = 0;
    for (const record of this.records) {
      indices.forEach((index, i) => {
        const absent = fillers[i] !== undefined && this.isMissing(record.cells[index]!);
        values[at++] = absent ? fillers[i]! : this.number(record, index);
      });
    }
    return values;
  }

  /** What stands for a missing value of a column; undefined when that is an error. */
  private filler(index: number, missing: unknown): number | undefined {
    if (missing === undefined || typeof missing === "number") return missing;
    if (missing !== "mean") {
      throw new ValueError(`[csv] missing: expected a number or "mean", got ${describe(missing)}.`);
    }
    const present = this.records.filter((record) => !this.isMissing(record.cells[index]!));
    return present.reduce((sum, record) => sum + this.number(record, index), 0) / Math.max(present.length, 1);
  }

  private isMissing(text: string): boolean {
    return this.missing.has(text.trim());
  }

  /** One column as class labels, the others as numbers. */
  withClasses(options: ClassOptions = {}): ClassifiedRows {
    checkOptions(options, ["column", "classes"], "csv withClasses");
    const classColumn = this.indexOf(options.column ?? this.names.length - 1);
    const texts = this.column(classColumn);
    const classes = options.classes ?? sortedClasses(texts);
    if (!Array.isArray(classes)) refuse("csv withClasses", "classes", "a list of texts", classes);
    const labelOf = new Map(classes.map((name, label) => [name, label]));
    const labels = Int32Array.from(texts, (text, row) => {
      const label = labelOf.get(text);
      if (label !== undefined) return label;
      throw new FormatError(
        `[csv] line ${this.records[row]!.line}: expected one of the classes ${classes.join(", ")}, got ${describe(text)}.`,
      );
    });
    const others = this.names.map((_, index) => index).filter((index) => index !== classColumn);
    return { inputs: this.numbers(others), labels, classes, count: this.rows, width: others.length };
  }

  private indexOf(column: string | number): number {
    return columnIndex(this.names, column);
  }

  private number(record: CsvRecord, index: number): number {
    const text = record.cells[index]!;
    // A marker may read as a number.
    return isNumber(text) && !this.isMissing(text) ? Number(text) : this.wrongCell(record, index, "a number");
  }

  private wrongCell(record: CsvRecord, index: number, expected: string): never {
    const text = record.cells[index]!.trim();
    return wrongCell(record.line, this.names[index], expected, text, this.missing.has(text));
  }
}

/** Classes that are all numbers are sorted as numbers, so that the digits 0–9 get the labels 0–9. */
function sortedClasses(texts: readonly string[]): string[] {
  const classes = [...new Set(texts)];
  if (classes.every((text) => isNumber(text))) return classes.sort((a, b) => Number(a) - Number(b));
  return classes.sort();
}

/**
 * Reads comma-separated values (RFC 4180) from a text or UTF-8 bytes.
 * @throws FormatError for an empty text, rows of unequal length and open quotes.
 */
export function csv(source: string | Uint8Array, options: CsvOptions = {}): CsvTable {
  checkOptions(options, CSV_OPTIONS, "csv");
  if (typeof source !== "string" && !(source instanceof Uint8Array)) {
    throw new ValueError(`[csv] source: expected a text or its bytes, got ${describe(source)}.`);
  }
  const records = parseCsv(source, options.separator);
  const { names, hasHeader } = columnNames(options.header, records);
  for (const { cells, line } of records) {
    if (cells.length !== names.length) wrongWidth(line, names.length, cells.length);
  }
  return new CsvTable(names, hasHeader ? records.slice(1) : records, options);
}
