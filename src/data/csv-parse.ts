import { FormatError } from "../util/errors.ts";

/** One record, and the line it starts on. */
export interface CsvRecord {
  readonly cells: string[];
  readonly line: number;
}

/** Splits a text into records as RFC 4180 says: quotes hold separators, line ends and doubled quotes. Blank lines do not count. */
export function parseCsv(text: string, separator: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; // byte order mark
  let line = 1;
  let cells: string[] = [];
  let start = line;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at, line) : plainCell(text, at, separator);
    cells.push(cell.value);
    line += cell.lines;
    at = cell.end;
    if (text[at] === separator) {
      at += 1;
      if (at < text.length) continue;
      cells.push(""); // the text ends with a separator
    } else if (at < text.length && text[at] !== "\n" && text[at] !== "\r") {
      throw new FormatError(`[csv] line ${line}: expected a separator after the closing quote, got "${text[at]}".`);
    }
    if (cells.length > 1 || cells[0] !== "" || cell.quoted) records.push({ cells, line: start });
    cells = [];
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    start = line;
  }
  return records;
}

interface Cell {
  readonly value: string;
  /** Index of the character after the cell. */
  readonly end: number;
  /** Line ends inside the cell. */
  readonly lines: number;
  readonly quoted: boolean;
}

function plainCell(text: string, from: number, separator: string): Cell {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return { value: text.slice(from, end).trim(), end, lines: 0, quoted: false };
}

function quotedCell(text: string, from: number, line: number): Cell {
  let value = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new FormatError(`[csv] line ${line}: expected a closing quote, got the end of the text.`);
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  return { value, end: at, lines: value.split("\n").length - 1, quoted: true };
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
