import { FormatError, refuseName } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { CSV_OPTIONS, columnNames, missingSet } from "./csv-format.ts";
import { type CsvStreamOptions, findTypes, makePlan, type Plan, VECTORS } from "./csv-plan.ts";
import { RowReader } from "./csv-rows.ts";
import { type CsvRecord, CsvScanner, separatorOf, withoutByteOrderMark } from "./csv-scan.ts";
import { type Opener, textPieces } from "./csv-source.ts";
import { END, type End, NONE, pulling, type Walk } from "./walk.ts";

/** Rows and characters from which types are found. */
const SAMPLE_ROWS = 1000;
const SAMPLE_LENGTH = 1 << 20;
/** Characters of one record: beyond it a quote was most likely left open. */
const LONGEST_RECORD = 1 << 24;
/** From here on a record that is not complete waits for as much text again, so that reading stays linear. */
const PATIENCE = 1 << 16;

/** The rows of comma-separated values. */
export function csvRows(source: unknown, options: CsvStreamOptions = {}): Opener<unknown> {
  checkOptions(options, [...CSV_OPTIONS, "columns", "target", "dtype", "fill"], "csv");
  const { dtype } = options;
  const dtypes = Object.keys(VECTORS);
  if (dtype !== undefined && !dtypes.includes(dtype)) refuseName("csv", "dtype", dtype, dtypes);
  if (options.separator !== undefined) separatorOf(options.separator, () => "");
  missingSet(options);
  const { open, sync } = textPieces(source);
  return { open: () => rowsOf(open(), options), sync };
}

function rowsOf(texts: Walk<string>, options: CsvStreamOptions): Walk<unknown> {
  let pieces: string[] = [];
  let length = 0;
  /** Characters that were not enough for a row. */
  let waiting = 0;
  let enough = false;
  let isFirst = true;
  let last = false;
  let held = "";
  let reader: RowReader | undefined;

  const take = (piece: string | End): void => {
    if (piece === END) last = true;
    else if (piece !== "") {
      const text = isFirst ? withoutByteOrderMark(piece as string) : (piece as string);
      isFirst = false;
      pieces.push(text);
      length += text.length;
      enough = length >= waiting || (waiting < PATIENCE && /[\n\r]/.test(text));
    }
  };
  const merge = (): void => {
    const text = pieces.join("");
    pieces = [];
    length = 0;
    if (reader === undefined) held += text;
    else reader.scanner.feed(text, last);
  };
  const ready = (): unknown => {
    if (!enough && !last) return NONE;
    if (length > 0 || (last && reader?.scanner.last === false)) merge();
    if (reader === undefined) {
      reader = prepare(held, last, options);
      held = reader === undefined ? held : "";
    }
    const row = reader?.row();
    if (row !== undefined) return row;
    if (last) return END;
    waiting = reader === undefined ? held.length : reader.scanner.pending;
    if (reader !== undefined) checkLength(waiting, reader.scanner.line);
    enough = false;
    return NONE;
  };
  return pulling(texts, ready, take);
}

/** Refuses a record that is not complete after so many characters. */
function checkLength(pending: number, line: number): void {
  if (pending <= LONGEST_RECORD) return;
  const limit = `expected a record of at most ${LONGEST_RECORD} characters, got a longer one: is a quote left open?`;
  throw new FormatError(`[csv] line ${line}: ${limit}`);
}

/** Looks at the first records to know separator, header and types; undefined when more text is needed. */
function prepare(text: string, last: boolean, options: CsvStreamOptions): RowReader | undefined {
  if (!last && !/[\n\r]/.test(text)) {
    checkLength(text.length, 1);
    return undefined;
  }
  const scanner = new CsvScanner(separatorOf(options.separator, () => text));
  scanner.feed(text, last);
  const records: CsvRecord[] = [];
  /** Takes records until there are so many, or the text ends; false when more text is needed. */
  const look = (count: number): boolean => {
    while (records.length < count && scanner.position < SAMPLE_LENGTH) {
      const record = scanner.record();
      if (record === undefined) {
        if (!last) checkLength(scanner.pending, scanner.line);
        return last;
      }
      records.push(record);
    }
    return true;
  };
  if (!look(options.header === undefined || options.header === "auto" ? 2 : 1)) return undefined;
  const plan: Plan = makePlan(columnNames(options.header, records), options);
  if (plan.untyped.length > 0 && !look(SAMPLE_ROWS + 1)) return undefined;
  findTypes(plan, records, options);
  scanner.rewind();
  if (plan.hasHeader) scanner.record();
  return new RowReader(scanner, plan, options);
}
