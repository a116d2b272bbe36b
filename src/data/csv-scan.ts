import { describe, FormatError, fail, refuse } from "../util/errors.ts";

/** One record, and the line it starts on. */
export interface CsvRecord {
  readonly cells: string[];
  readonly line: number;
}

const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
/** "E" with the bit that makes it "e". */
const SMALL_E = 101;

/** Separators that are found by themselves, and in doubt the first. */
const SEPARATORS = [",", ";", "\t"];

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/** Bytes of a text up to which building it by its characters beats the call of a decoder. */
const SHORT_TEXT = 20;

/**
 * Reads cells one after the other as RFC 4180 says: quotes hold separators, line ends and doubled quotes. It works on the
 * bytes, since nothing but text needs more: numbers become no strings. The bytes may come in pieces: where they break
 * off, reading returns false, and the record is read anew when there are more.
 */
export class CsvScanner {
  /** Line on which the record under way starts. */
  line = 1;
  /** Number of the cell read last, counted from 1 in each record. */
  column = 0;
  /** Whether the last cell ended its record. */
  ended = true;
  /** Whether all bytes have come. */
  last = false;
  private bytes: Uint8Array = new Uint8Array(0);
  /** How many of the bytes count. */
  private length = 0;
  private at = 0;
  private lineAt = 1;
  /** Where the record under way starts. */
  private mark = 0;
  /** Where the first record starts. */
  private origin = 0;
  // The last cell: whether it stood in quotes, where its text is, and whether quotes in it are doubled.
  private quoted = false;
  private start = 0;
  private end = 0;
  private doubled = false;
  /** The separator's first byte, and all of them where there are several. */
  private separator = 0;
  private sequence: Uint8Array | undefined;
  /** The whole text, where each byte is a character. */
  private ascii: string | undefined;
  private readonly utf8: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** More bytes, which are copied. Drops what has been read. */
  feed(piece: Uint8Array): void {
    const { bytes, mark } = this;
    const pending = this.length - mark;
    const length = pending + piece.length;
    // One byte more than there are can be looked at.
    const grows = length >= bytes.length;
    if (grows) this.bytes = new Uint8Array(2 * length + 1);
    if (grows || mark > 0) this.bytes.set(bytes.subarray(mark, this.length));
    this.bytes.set(piece, pending);
    this.length = length;
    this.at = 0;
    this.mark = 0;
    this.origin = 0;
  }

  /** All bytes at once, which are not copied, and their text. */
  take(bytes: Uint8Array, text: string): void {
    this.bytes = bytes;
    this.length = bytes.length;
    this.last = true;
    if (text.length === bytes.length) this.ascii = text;
  }

  /** Passes over a byte order mark, and takes the separator or finds it; false when that needs more bytes. */
  open(separator: unknown): boolean {
    const { bytes, length } = this;
    if (length < 3 && !this.last) return false;
    const start = length < 2 ? 0 : (bytes[0]! << 8) | bytes[1]!;
    if (start === 0xfffe || start === 0xfeff) {
      fail("csv", "source: expected text in UTF-8, got UTF-16; decode it, as with TextDecoderStream", FormatError);
    }
    this.origin = start === 0xefbb && length > 2 && bytes[2] === 0xbf ? 3 : 0;
    this.rewind();
    const given = givenSeparator(separator) ?? this.findSeparator();
    if (given === undefined) return false;
    const sequence = new TextEncoder().encode(given);
    this.separator = sequence[0]!;
    if (sequence.length > 1) this.sequence = sequence;
    return true;
  }

  /**
   * The separator that splits the first line that is not blank into most cells: a comma unless another does better.
   * Undefined where that line breaks off.
   */
  private findSeparator(): string | undefined {
    const { bytes, length } = this;
    const counts = [0, 0, 0];
    const best = (): string => SEPARATORS[counts.indexOf(Math.max(...counts))]!;
    let inQuotes = false;
    let atStart = true;
    let isBlank = true;
    for (let at = this.origin; at < length; at++) {
      const code = bytes[at]!;
      if (code === QUOTE && (inQuotes || atStart)) {
        if (inQuotes && at + 1 < length && bytes[at + 1] === QUOTE) at += 1;
        else inQuotes = !inQuotes;
        atStart = false;
      } else if (!inQuotes) {
        const isEnd = code === LINE_FEED || code === RETURN;
        if (isEnd && !isBlank) return best();
        const index = SEPARATORS.indexOf(String.fromCharCode(code));
        if (index >= 0) counts[index]! += 1;
        atStart = index >= 0 || isEnd;
      }
      isBlank &&= code === SPACE || code === LINE_FEED || code === RETURN;
    }
    return this.last ? best() : undefined;
  }

  /** Bytes that wait for more. */
  get pending(): number {
    return this.length - this.mark;
  }

  /** Bytes read so far of those at hand. */
  get position(): number {
    return this.mark;
  }

  /** Goes back to the start of the bytes at hand. */
  rewind(): void {
    this.lineAt = 1;
    this.at = this.origin;
    this.mark = this.origin;
  }

  /** Starts a record; false when nothing is left. */
  begin(): boolean {
    this.mark = this.at;
    this.line = this.lineAt;
    this.column = 0;
    return this.at < this.length;
  }

  /** Goes back to the start of the record under way, which is not complete yet. */
  back(): void {
    this.at = this.mark;
    this.lineAt = this.line;
  }

  /** The next record's cells; undefined where the bytes end. Blank lines do not count. */
  record(): CsvRecord | undefined {
    while (this.begin()) {
      const cells: string[] = [];
      do {
        if (!this.cell()) {
          this.back();
          return undefined;
        }
        cells.push(this.value());
      } while (!this.ended);
      if (!this.isBlank) return { cells, line: this.line };
    }
    return undefined;
  }

  /** Reads the next cell; false where the bytes break off. */
  cell(): boolean {
    const { bytes, length, separator, sequence } = this;
    let at = this.at;
    if (at < length && bytes[at] === QUOTE) return this.quotedCell(at + 1);
    this.quoted = false;
    this.start = at;
    for (; at < length; at++) {
      const code = bytes[at]!;
      if (code === LINE_FEED || code === RETURN) break;
      if (code === separator && (sequence === undefined || this.separates(at))) break;
    }
    this.end = at;
    return this.finish(at);
  }

  /** Whether a separator of several bytes stands there. */
  private separates(at: number): boolean {
    const { sequence } = this;
    return at + sequence!.length <= this.length && sequence!.every((byte, i) => this.bytes[at + i] === byte);
  }

  /** Whether the last cell was a line of its own with nothing in it. */
  get isBlank(): boolean {
    return this.ended && !this.quoted && this.column === 1 && this.value() === "";
  }

  /** The last cell's text; spaces around one without quotes do not count. */
  value(): string {
    const text = this.text(this.start, this.end);
    if (!this.quoted) return text.trim();
    return this.doubled ? text.replaceAll('""', '"') : text;
  }

  private text(start: number, end: number): string {
    const { bytes, ascii } = this;
    if (ascii !== undefined) return ascii.slice(start, end);
    if (end - start > SHORT_TEXT) return this.utf8.decode(bytes.subarray(start, end));
    let text = "";
    for (let at = start; at < end; ) {
      const a = bytes[at++]!;
      const b = at < end ? bytes[at]! : 0;
      if (a < 0x80) {
        // Two at a time make half the strings.
        const isPair = b < 0x80 && at < end;
        text += isPair ? String.fromCharCode(a, b) : String.fromCharCode(a);
        if (isPair) at += 1;
      } else if (a >= 0xc2 && a < 0xe0 && (b & 0xc0) === 0x80) {
        text += String.fromCharCode(((a & 31) << 6) | (b & 63));
        at += 1;
      } else return this.utf8.decode(bytes.subarray(start, end));
    }
    return text;
  }

  /**
   * Reads the next cell if it is a plain number that a double computes exactly, from digits and a power of ten which it
   * both holds (Clinger 1990); else NaN, and `cell` reads it.
   */
  number(): number {
    const { bytes, length, separator } = this;
    let at = this.at;
    let code = bytes[at]!;
    while (code === SPACE && separator !== SPACE) code = bytes[++at]!;
    const negative = code === MINUS;
    if (negative || code === PLUS) code = bytes[++at]!;
    const start = at;
    let digits = 0;
    for (; code >= ZERO && code <= NINE; code = bytes[++at]!) digits = digits * 10 + (code - ZERO);
    let count = at - start;
    let power = 0;
    if (code === POINT) {
      const point = at;
      code = bytes[++at]!;
      for (; code >= ZERO && code <= NINE; code = bytes[++at]!) digits = digits * 10 + (code - ZERO);
      power = point + 1 - at;
      count -= power;
    }
    if ((code | 32) === SMALL_E) {
      code = bytes[++at]!;
      const isBelow = code === MINUS;
      if (isBelow || code === PLUS) code = bytes[++at]!;
      const from = at;
      let exponent = 0;
      for (; code >= ZERO && code <= NINE; code = bytes[++at]!) exponent = exponent * 10 + (code - ZERO);
      if (at === from) return Number.NaN;
      power += isBelow ? -exponent : exponent;
    }
    if (code === RETURN && bytes[at + 1] === LINE_FEED) code = bytes[++at]!;
    const isEnd = code === LINE_FEED || (code === separator && this.sequence === undefined);
    // Behind the bytes that count there may be others.
    if (!isEnd || at >= length || count === 0 || digits > Number.MAX_SAFE_INTEGER) return Number.NaN;
    if (power > 22 || power < -22) return Number.NaN;
    this.column += 1;
    this.at = at + 1;
    this.ended = code === LINE_FEED;
    if (this.ended) this.lineAt += 1;
    const value = power < 0 ? digits / POWERS_OF_TEN[-power]! : digits * POWERS_OF_TEN[power]!;
    return negative ? -value : value;
  }

  private quotedCell(start: number): boolean {
    const { bytes, length } = this;
    let at = start;
    this.quoted = true;
    this.doubled = false;
    this.start = start;
    let lines = 0;
    for (; ; at += 2, this.doubled = true) {
      for (; at < length && bytes[at] !== QUOTE; at++) if (bytes[at] === LINE_FEED) lines += 1;
      if (at + 1 >= length && !this.last) return false;
      if (at >= length) {
        const where = `line ${this.lineAt}: expected a closing quote for cell ${this.column + 1}`;
        fail("csv", `${where}, got the end of the text`, FormatError);
      }
      if (at + 1 >= length || bytes[at + 1] !== QUOTE) break;
    }
    this.lineAt += lines;
    this.end = at;
    return this.finish(at + 1);
  }

  /** Reads what ends a cell. */
  private finish(at: number): boolean {
    const { bytes, length, sequence } = this;
    const code = at < length ? bytes[at]! : LINE_FEED;
    const isSeparator = code === this.separator && (sequence === undefined || this.separates(at));
    if (at >= length || (code === RETURN && at + 1 === length)) {
      if (!this.last) return false;
    } else if (!isSeparator && code !== LINE_FEED && code !== RETURN) {
      if (length - at < 4 && !this.last) return false; // perhaps a character that is cut off
      const where = `line ${this.lineAt}: expected a separator after the closing quote of cell ${this.column + 1}`;
      const [character] = this.text(at, Math.min(at + 4, length));
      fail("csv", `${where}, got "${character}"`, FormatError);
    }
    this.column += 1;
    this.ended = !isSeparator;
    if (this.ended) this.lineAt += 1;
    const width = isSeparator ? (sequence?.length ?? 1) : code === RETURN && bytes[at + 1] === LINE_FEED ? 2 : 1;
    this.at = Math.min(at + width, length);
    return true;
  }
}

/** Splits a whole file into records. */
export function parseCsv(source: string | Uint8Array, separator: unknown): CsvRecord[] {
  const isText = typeof source === "string";
  const scanner = new CsvScanner();
  scanner.take(
    isText ? new TextEncoder().encode(source) : source,
    isText ? source : new TextDecoder("utf-8", { ignoreBOM: true }).decode(source),
  );
  scanner.open(separator);
  const records: CsvRecord[] = [];
  for (;;) {
    const record = scanner.record();
    if (record === undefined) return records;
    records.push(record);
  }
}

/** Checks a separator; undefined where it is to be found. */
export function givenSeparator(given: unknown): string | undefined {
  if (given === undefined || given === "auto") return undefined;
  if (typeof given === "string" && given.length === 1 && !'"\r\n'.includes(given)) return given;
  return refuse("csv", "separator", 'one character or "auto"', given);
}

/** How errors show a cell. */
export function wrongCell(
  line: number,
  column: string | undefined,
  expected: string,
  text: string,
  isMissing = false,
): never {
  const hint = isMissing ? ", which stands for a missing value" : "";
  const what = `expected ${expected}, got ${describe(text)}${hint}`;
  fail("csv", `line ${line}, column ${describe(column)}: ${what}`, FormatError);
}

/** A record of another width than the first. */
export function wrongWidth(line: number, expected: number, got: number): never {
  fail("csv", `line ${line}: expected ${expected} cells as in the first, got ${got}`, FormatError);
}
