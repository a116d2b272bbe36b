/** What the cells of comma-separated values mean: for tables in memory and for streams alike. */
import { describe, FormatError, fail, refuse, refuseName, suggest, ValueError } from "../util/errors.ts";
import type { CsvRecord } from "./csv-scan.ts";

/** How comma-separated values are read. */
export interface CsvOptions {
  /** Whether the first line names the columns; "auto" (the default): when it holds no number but the next line does. */
  header?: boolean | "auto";
  /** What stands between cells; "auto" (the default) finds comma, semicolon and tab. */
  separator?: string;
  /** What single columns hold, by name; what is not said is found from the cells. */
  types?: Readonly<Record<string, ColumnType>>;
  /** Cells that say that a value is missing; by default "", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "?". */
  missing?: readonly string[];
}

/** What a column holds. */
export type ColumnType = "number" | "boolean" | "text";

export const CSV_OPTIONS = ["header", "separator", "types", "missing"] as const;
const TYPES = ["number", "boolean", "text"] as const;
const MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "?"];
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false };

/** Numbers as CSV files write them; JavaScript's own reading also takes "", "0x10" and "Infinity". */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

export function isNumber(text: string): boolean {
  return NUMBER.test(text.trim());
}

/** true, false, yes and no in any case; undefined for all else. */
export function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

export function missingSet({ missing = MISSING }: CsvOptions): ReadonlySet<string> {
  const fits = Array.isArray(missing) && missing.every((text) => typeof text === "string");
  return fits ? new Set(missing) : refuse("csv", "missing", "a list of texts", missing);
}

/** What the cells of a column hold: numbers or booleans where every one that is not missing is one, else text. */
export function typeOf(texts: readonly string[], missing: ReadonlySet<string>): ColumnType {
  const cells = texts.filter((text) => !missing.has(text.trim()));
  if (cells.every(isNumber)) return "number";
  return cells.every((text) => booleanOf(text) !== undefined) ? "boolean" : "text";
}

/** The type of each column: as given by name, else found. */
export function columnTypes(
  names: readonly string[],
  given: CsvOptions["types"] = {},
  find: (index: number) => ColumnType,
): ColumnType[] {
  for (const [name, type] of Object.entries(given)) {
    columnIndex(names, name);
    if (!TYPES.includes(type)) refuseName("csv", `types: column ${describe(name)}`, type, TYPES);
  }
  return names.map((name, index) => (Object.hasOwn(given, name) ? given[name]! : find(index)));
}

/** The place of a column, given by name or number. */
export function columnIndex(names: readonly string[], column: string | number): number {
  const index = typeof column === "string" ? names.indexOf(column) : column;
  if (Number.isInteger(index) && index >= 0 && index < names.length) return index;
  const hint = typeof column === "string" ? suggest(column, names) : "";
  const expected = `expected a name or an index in [0, ${names.length - 1}]`;
  throw new ValueError(`[csv] column: ${expected}, got ${describe(column)}.${hint}`);
}

/** The names of the columns, from the first two records, and whether the first record holds them. */
export function columnNames(
  header: unknown = "auto",
  [first, second]: readonly CsvRecord[],
): { names: readonly string[]; hasHeader: boolean } {
  if (first === undefined) return fail("csv", "source: expected rows of cells, got an empty text", FormatError);
  const hasHeader = header === "auto" ? isHeader(first, second) : header;
  if (typeof hasHeader !== "boolean") refuse("csv", "header", 'true, false or "auto"', header);
  return { names: hasHeader ? first.cells : first.cells.map((_, index) => `column ${index}`), hasHeader };
}

function isHeader(first: CsvRecord, second: CsvRecord | undefined): boolean {
  if (first.cells.some(isNumber)) return false;
  return second === undefined || second.cells.some(isNumber);
}
