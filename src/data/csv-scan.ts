import { describe, FormatError, fail, refuse } from "../util/errors.ts";

/** One record, and the line it starts on. */
export interface CsvRecord {
  readonly cells: string[];
  readonly line: number;
}

const QUOTE = 34;
const LINE_FEED = 10;
const RETURN = 13;
const POINT = 46;
const ZERO = 48;

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/**
 * Reads cells one after the other as RFC 4180 says: quotes hold separators, line ends and doubled quotes. The text may
 * come in pieces: where it breaks off, reading returns false, and the record is read anew when there is more.
 */
export class CsvScanner {
  /** Line on which the record under way starts. */
  line = 1;
  /** Number of the cell read last, counted from 1 in each record. */
  column = 0;
  /** Whether the last cell ended its record. */
  ended = true;
  /** Whether the last cell stood in quotes. */
  quoted = false;
  private text = "";
  /** Whether all text has come. */
  last = false;
  private at = 0;
  private lineAt = 1;
  /** Where the record under way starts. */
  private mark = 0;
  private start = 0;
  private end = 0;
  private doubled = false;
  private readonly separator: number;

  constructor(separator: string) {
    this.separator = separator.charCodeAt(0);
  }

  /** More text; it ends with a piece that is the last. Drops what has been read. */
  feed(text: string, last: boolean): void {
    this.text = this.mark === this.text.length ? text : this.text.slice(this.mark) + text;
    this.at = 0;
    this.mark = 0;
    this.last = last;
  }

  /** Characters that wait for more. */
  get pending(): number {
    return this.text.length - this.mark;
  }

  /** Characters read so far of the text at hand. */
  get position(): number {
    return this.mark;
  }

  /** Goes back to the start of the text at hand. */
  rewind(): void {
    this.lineAt = 1;
    this.at = 0;
  }

  /** Starts a record; false when no text is left. */
  begin(): boolean {
    this.mark = this.at;
    this.line = this.lineAt;
    this.column = 0;
    return this.at < this.text.length;
  }

  /** Goes back to the start of the record under way, which is not complete yet. */
  back(): void {
    this.at = this.mark;
    this.lineAt = this.line;
  }

  /** The next record's cells; undefined where the text ends. Blank lines do not count. */
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

  /** Reads the next cell; false where the text breaks off. */
  cell(): boolean {
    const { text, separator } = this;
    let at = this.at;
    if (text.charCodeAt(at) === QUOTE) return this.quotedCell(at + 1);
    this.quoted = false;
    this.start = at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === separator || code === LINE_FEED || code === RETURN) break;
    }
    this.end = at;
    return this.finish(at);
  }

  /** Whether the last cell was a line of its own with nothing in it. */
  get isBlank(): boolean {
    return this.ended && !this.quoted && this.column === 1 && this.value() === "";
  }

  /** The last cell's text; spaces around one without quotes do not count. */
  value(): string {
    const text = this.text.slice(this.start, this.end);
    if (!this.quoted) return text.trim();
    return this.doubled ? text.replaceAll('""', '"') : text;
  }

  /**
   * Reads the next cell if it is a plain decimal number that a double computes exactly (Clinger 1990: up to 15 digits,
   * no exponent); else NaN, and `cell` reads it.
   */
  number(): number {
    const { text } = this;
    let at = this.at;
    let code = text.charCodeAt(at);
    const negative = code === 45;
    if (negative) code = text.charCodeAt(++at);
    const start = at;
    let digits = 0;
    for (; code >= ZERO && code <= 57; code = text.charCodeAt(++at)) digits = digits * 10 + (code - ZERO);
    let decimals = 0;
    if (code === POINT) {
      const point = at;
      code = text.charCodeAt(++at);
      for (; code >= ZERO && code <= 57; code = text.charCodeAt(++at)) digits = digits * 10 + (code - ZERO);
      decimals = at - point - 1;
      if (at - start === 1) return Number.NaN; // a lone point
    }
    const length = at - start;
    if (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED) code = text.charCodeAt(++at);
    if (length === 0 || length - (decimals > 0 ? 1 : 0) > 15 || (code !== this.separator && code !== LINE_FEED)) {
      return Number.NaN;
    }
    this.column += 1;
    this.at = at + 1;
    this.ended = code === LINE_FEED;
    if (this.ended) this.lineAt += 1;
    const value = decimals === 0 ? digits : digits / POWERS_OF_TEN[decimals]!;
    return negative ? -value : value;
  }

  private quotedCell(start: number): boolean {
    const { text } = this;
    this.quoted = true;
    this.doubled = false;
    this.start = start;
    for (let at = start; ; this.doubled = true) {
      const quote = text.indexOf('"', at);
      if (quote < 0 || (quote + 1 === text.length && !this.last)) {
        if (!this.last) return false;
        const where = `line ${this.lineAt}: expected a closing quote for cell ${this.column + 1}`;
        fail("csv", `${where}, got the end of the text`, FormatError);
      }
      this.end = quote;
      if (text.charCodeAt(quote + 1) !== QUOTE) break;
      at = quote + 2;
    }
    for (let at = start; at < this.end; at++) if (text.charCodeAt(at) === LINE_FEED) this.lineAt += 1;
    return this.finish(this.end + 1);
  }

  /** Reads what ends a cell. */
  private finish(at: number): boolean {
    const { text } = this;
    const code = text.charCodeAt(at);
    if (at >= text.length || (code === RETURN && at + 1 === text.length)) {
      if (!this.last) return false;
    } else if (code !== this.separator && code !== LINE_FEED && code !== RETURN) {
      const where = `line ${this.lineAt}: expected a separator after the closing quote of cell ${this.column + 1}`;
      fail("csv", `${where}, got "${text[at]}"`, FormatError);
    }
    this.column += 1;
    this.ended = code !== this.separator;
    if (this.ended) this.lineAt += 1;
    this.at = at + (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED ? 2 : 1);
    return true;
  }
}

/** The text without the mark that says how its bytes are ordered. */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Splits a whole text into records. */
export function parseCsv(text: string, separator: string): CsvRecord[] {
  const scanner = new CsvScanner(separator);
  scanner.feed(withoutByteOrderMark(text), true);
  const records: CsvRecord[] = [];
  for (;;) {
    const record = scanner.record();
    if (record === undefined) return records;
    records.push(record);
  }
}

/** The separator that splits the first line into most cells: a comma unless another does better. */
export function findSeparator(text: string): string {
  const firstLine = /^[^\n\r]*/.exec(text)![0].replace(/"[^"]*"/g, "");
  let best = ",";
  for (const separator of [";", "\t"]) {
    if (firstLine.split(separator).length > firstLine.split(best).length) best = separator;
  }
  return best;
}

/** Checks a separator given, or finds it. */
export function separatorOf(given: unknown, text: () => string): string {
  if (given === undefined || given === "auto") return findSeparator(text());
  if (typeof given === "string" && given.length === 1 && !'"\r\n'.includes(given)) return given;
  return refuse("csv", "separator", 'one character or "auto"', given);
}

/** How errors show a cell. */
export function wrongCell(line: number, column: string | undefined, expected: string, text: string): never {
  fail("csv", `line ${line}, column ${describe(column)}: expected ${expected}, got ${describe(text)}`, FormatError);
}
