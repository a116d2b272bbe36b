import { describe, FormatError, suggest, ValueError } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import type { CsvRecord } from "./csv-parse.ts";
import { findSeparator, parseCsv } from "./csv-parse.ts";

/** Options of {@link csv}. */
export interface CsvOptions {
  /** Whether the first line names the columns; "auto" (the default): when it holds no number but the next line does. */
  header?: boolean | "auto";
  /** What stands between cells; "auto" (the default) finds comma, semicolon and tab. */
  separator?: string;
  /** What single columns hold, by name; what is not said is found from the cells. */
  types?: Readonly<Record<string, ColumnType>>;
  /** Cells that say that a value is missing; by default "", "NA", "N/A", "NaN", "null" and "?". */
  missing?: readonly string[];
}

/** What a column holds. */
export type ColumnType = "number" | "boolean" | "text";

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

const MISSING = ["", "NA", "N/A", "NaN", "null", "?"];
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false };
const TYPES = ["number", "boolean", "text"];

/** Numbers as CSV files write them; JavaScript's own reading also takes "", "0x10" and "Infinity". */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A table of texts. */
export class CsvTable {
  /** Names of the columns; "column 0", "column 1", … without a header. */
  readonly names: readonly string[];
  private readonly records: readonly CsvRecord[];
  private readonly missing: ReadonlySet<string>;
  private readonly given: Readonly<Record<string, ColumnType>>;
  private found: readonly ColumnType[] | undefined;

  constructor(names: readonly string[], records: readonly CsvRecord[], options: CsvOptions = {}) {
    this.names = names;
    this.records = records;
    this.missing = new Set(options.missing ?? MISSING);
    this.given = options.types ?? {};
    for (const [name, type] of Object.entries(this.given)) {
      this.indexOf(name);
      if (!TYPES.includes(type)) {
        throw new ValueError(`[csv] types: expected ${TYPES.join(", ")} for "${name}", got ${describe(type)}.`);
      }
    }
  }

  /** What each column holds: as given, else numbers or booleans where every cell that is not missing is one, else text. */
  get types(): readonly ColumnType[] {
    this.found ??= this.names.map((name, index) => this.given[name] ?? this.typeOf(index));
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
      return BOOLEANS[text.trim().toLowerCase()] ?? this.wrongCell(record, index, "true or false");
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

  private typeOf(index: number): ColumnType {
    const cells = this.column(index).filter((text) => !this.isMissing(text));
    if (cells.every((text) => NUMBER.test(text.trim()))) return "number";
    return cells.every((text) => Object.hasOwn(BOOLEANS, text.trim().toLowerCase())) ? "boolean" : "text";
  }

  /** One column as class labels, the others as numbers. */
  withClasses(options: ClassOptions = {}): ClassifiedRows {
    checkOptions(options, ["column", "classes"], "csv withClasses");
    const classColumn = this.indexOf(options.column ?? this.names.length - 1);
    const texts = this.column(classColumn);
    const classes = options.classes ?? sortedClasses(texts);
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
    const index = typeof column === "string" ? this.names.indexOf(column) : column;
    if (Number.isInteger(index) && index >= 0 && index < this.names.length) return index;
    const hint = typeof column === "string" ? suggest(column, this.names) : "";
    throw new ValueError(
      `[csv] column: expected a name or an index in [0, ${this.names.length - 1}], got ${describe(column)}.${hint}`,
    );
  }

  private number(record: CsvRecord, index: number): number {
    const text = record.cells[index]!.trim();
    return NUMBER.test(text) ? Number(text) : this.wrongCell(record, index, "a number");
  }

  private wrongCell(record: CsvRecord, index: number, expected: string): never {
    const [name, text] = [describe(this.names[index]), describe(record.cells[index]!.trim())];
    throw new FormatError(`[csv] line ${record.line}, column ${name}: expected ${expected}, got ${text}.`);
  }
}

/** Classes that are all numbers are sorted as numbers, so that the digits 0–9 get the labels 0–9. */
function sortedClasses(texts: readonly string[]): string[] {
  const classes = [...new Set(texts)];
  if (classes.every((text) => NUMBER.test(text))) return classes.sort((a, b) => Number(a) - Number(b));
  return classes.sort();
}

/**
 * Reads comma-separated values (RFC 4180) from a text or UTF-8 bytes.
 * @throws FormatError for an empty text, rows of unequal length and open quotes.
 */
export function csv(source: string | Uint8Array, options: CsvOptions = {}): CsvTable {
  checkOptions(options, ["header", "separator", "types", "missing"], "csv");
  const text = source instanceof Uint8Array ? new TextDecoder().decode(source) : source;
  if (typeof text !== "string")
    throw new ValueError(`[csv] source: expected a text or its bytes, got ${describe(text)}.`);
  const records = parseCsv(text, checkSeparator(options.separator, text));
  const [first, second] = records;
  if (first === undefined) throw new FormatError("[csv] source: expected rows of cells, got an empty text.");
  for (const { cells, line } of records) {
    if (cells.length === first.cells.length) continue;
    throw new FormatError(
      `[csv] line ${line}: expected ${first.cells.length} cells as in the first, got ${cells.length}.`,
    );
  }
  const hasHeader =
    options.header === undefined || options.header === "auto" ? isHeader(first, second) : options.header;
  if (typeof hasHeader !== "boolean") {
    throw new ValueError(`[csv] header: expected true, false or "auto", got ${describe(hasHeader)}.`);
  }
  if (!hasHeader)
    return new CsvTable(
      first.cells.map((_, index) => `column ${index}`),
      records,
      options,
    );
  return new CsvTable(first.cells, records.slice(1), options);
}

function checkSeparator(separator: unknown, text: string): string {
  if (separator === undefined || separator === "auto") return findSeparator(text);
  if (typeof separator === "string" && separator.length === 1 && !'"\r\n'.includes(separator)) return separator;
  throw new ValueError(`[csv] separator: expected one character or "auto", got ${describe(separator)}.`);
}

function isHeader(first: CsvRecord, second: CsvRecord | undefined): boolean {
  const isNumber = (cell: string): boolean => NUMBER.test(cell.trim());
  if (first.cells.some(isNumber)) return false;
  return second === undefined || second.cells.some(isNumber);
}
