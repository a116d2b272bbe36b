import { FormatError, refuseName } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { CSV_OPTIONS, columnNames, missingSet } from "./csv-format.ts";
import { type CsvStreamOptions, findTypes, makePlan, type Plan, VECTORS } from "./csv-plan.ts";
import { RowReader } from "./csv-rows.ts";
import { type CsvRecord, CsvScanner, givenSeparator } from "./csv-scan.ts";
import { bytePieces, type Opener } from "./file-source.ts";
import { END, type End, NONE, pulling, type Walk } from "./walk.ts";

/** Rows and bytes from which types are found. */
const SAMPLE_ROWS = 1000;
const SAMPLE_LENGTH = 1 << 20;
/** Bytes of one record: beyond it a quote was most likely left open. */
const LONGEST_RECORD = 1 << 24;
/** From here on a record that is not complete waits for as many bytes again, so that reading stays linear. */
const PATIENCE = 1 << 16;

/** The rows of comma-separated values. */
export function csvRows(source: unknown, options: CsvStreamOptions = {}): Opener<unknown> {
  checkOptions(options, [...CSV_OPTIONS, "columns", "target", "dtype", "fill"], "csv");
  const { dtype } = options;
  const dtypes = Object.keys(VECTORS);
  if (dtype !== undefined && !dtypes.includes(dtype)) refuseName("csv", "dtype", dtype, dtypes);
  givenSeparator(options.separator);
  missingSet(options);
  const { open, sync } = bytePieces(source, "csv");
  return { open: () => rowsOf(open(), options), sync };
}

function rowsOf(bytes: Walk<Uint8Array>, options: CsvStreamOptions): Walk<unknown> {
  const scanner = new CsvScanner();
  /** Bytes that were not enough for a row. */
  let waiting = 0;
  let enough = false;
  let isOpen = false;
  let reader: RowReader | undefined;

  const take = (piece: Uint8Array | End): void => {
    if (piece === END) scanner.last = true;
    else if ((piece as Uint8Array).length > 0) {
      scanner.feed(piece as Uint8Array);
      enough = scanner.pending >= 2 * waiting || (waiting < PATIENCE && hasLineEnd(piece as Uint8Array));
    }
  };
  const ready = (): unknown => {
    if (!enough && !scanner.last) return NONE;
    isOpen ||= scanner.open(options.separator);
    if (isOpen) reader ??= prepare(scanner, options);
    const row = reader?.row();
    if (row !== undefined) return row;
    if (scanner.last) return END;
    checkLength(scanner);
    if (reader === undefined) scanner.rewind();
    waiting = scanner.pending;
    enough = false;
    return NONE;
  };
  return { ...pulling(bytes, ready, take), reuse: (row) => reader!.reuse(row) };
}

function hasLineEnd(piece: Uint8Array): boolean {
  return piece.includes(10) || piece.includes(13);
}

/** Refuses a record that is not complete after so many bytes. */
function checkLength({ pending, line }: CsvScanner): void {
  if (pending <= LONGEST_RECORD) return;
  const limit = `expected a record of at most ${LONGEST_RECORD} bytes, got a longer one: is a quote left open?`;
  throw new FormatError(`[csv] line ${line}: ${limit}`);
}

/** Looks at the first records to know header and types; undefined when more bytes are needed. */
function prepare(scanner: CsvScanner, options: CsvStreamOptions): RowReader | undefined {
  const records: CsvRecord[] = [];
  /** Takes records until there are so many, or the bytes end; false when more are needed. */
  const look = (count: number): boolean => {
    while (records.length < count && scanner.position < SAMPLE_LENGTH) {
      const record = scanner.record();
      if (record === undefined) return scanner.last;
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
