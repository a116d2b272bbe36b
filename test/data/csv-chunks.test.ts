/** Read piece by piece, a file gives what a plain reader of its text gives, however it is cut: random files, random cuts. */
import fc from "fast-check";
import { csv, Dataset } from "../../src/data/index.ts";
import { FormatError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** Texts of the characters that matter, valid or not. */
const wild = fc
  .array(fc.constantFrom(...'a1-.e,,,,;"\n\n\n\r \té§😀\u00a0\ufeff', '""', '"', "\r\n", ',"', '",', '"\n'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(""));

/** Cells as files hold them, quoted where they must be. */
const cell = fc.oneof(
  fc.constantFrom("", "NA", "true", "No", "x", "1", "-2.5", "3e2", "12345678901234567890", ".5", "5.", "a b"),
  fc.constantFrom('"x,y"', '"say ""hi"""', '"two\nlines"', '"1"', '"é😀"', '""'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
);

/** Tables with rows of equal length. */
const tame = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }))
  .chain((rows) => fc.constantFrom("\n", "\r\n").map((end) => rows.map((row) => row.join(",")).join(end)));

const cuts = fc.array(fc.nat(), { maxLength: 12 });

/** A text or its bytes cut at these places (modulo the length). */
function pieces<T extends string | Uint8Array>(whole: T, places: readonly number[]): T[] {
  const at = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => whole.slice(at[i]!, end) as T);
}

/** Records as RFC 4180 has them, from a text at once: the plainest reader there is. Undefined where the text is wrong. */
function oracle(text: string, separator: string): string[][] | undefined {
  const records: string[][] = [];
  let rest = text.replace(/^\ufeff/, "");
  while (rest !== "") {
    const cells: string[] = [];
    let isQuoted = false;
    for (let ended = false; !ended; ) {
      const found = /^"((?:[^"]|"")*)"(?!")/.exec(rest);
      isQuoted = found !== null;
      const cell = found?.[0] ?? new RegExp(`^[^${separator}\r\n]*`).exec(rest)![0];
      if (!isQuoted && cell.startsWith('"')) return undefined;
      cells.push(found === null ? cell.trim() : found[1]!.replaceAll('""', '"'));
      const end = new RegExp(`^(${separator}|\r\n|\r|\n|$)`).exec(rest.slice(cell.length));
      if (end === null) return undefined;
      ended = end[0] !== separator;
      rest = rest.slice(cell.length + end[0].length);
    }
    if (cells.length > 1 || isQuoted || cells[0] !== "") records.push(cells);
  }
  const width = records[0]?.length;
  return width === undefined || records.some((cells) => cells.length !== width) ? undefined : records;
}

/** What a reader gives: columns of values, or the FormatError it throws. */
function outcome(read: () => unknown[][]): unknown[][] | undefined {
  try {
    return read();
  } catch (error) {
    assert(error instanceof FormatError, `expected a FormatError, got ${error}`);
    assert(/line \d+|empty text/.test(error.message), error.message);
    return undefined;
  }
}

function columns(rows: readonly object[], names: readonly string[]): unknown[][] {
  return names.map((name) => rows.map((row) => (row as Record<string, unknown>)[name]));
}

suite("data: CSV in pieces equals CSV in one", (test) => {
  test("any text at all, cut anywhere: the cells of the oracle, or a FormatError that names a line", () => {
    let right = 0;
    fc.assert(
      fc.property(wild, cuts, fc.constantFrom(",", ";", "§"), (text, places, separator) => {
        const options = { header: false, separator, missing: [] };
        const expected = oracle(text, separator);
        right += expected === undefined ? 0 : 1;
        const names = (expected?.[0] ?? []).map((_, i) => `column ${i}`);
        const types = Object.fromEntries(names.map((name) => [name, "text"] as const));
        const table = outcome(() => {
          const whole = csv(text, options);
          const found = whole.names.map((_, i) => whole.column(i));
          return Array.from({ length: whole.rows }, (_, row) => found.map((column) => column[row]));
        });
        assertEqual(table, expected, JSON.stringify(text));
        for (const source of [pieces(text, places), pieces(new TextEncoder().encode(text), places)]) {
          const rows = outcome(() =>
            [...Dataset.fromCsv(source as Uint8Array[], { ...options, types })].map((row) => Object.values(row)),
          );
          assertEqual(rows, expected, JSON.stringify(text));
        }
      }),
      { numRuns: 3000 },
    );
    assert(right > 500, `only ${right} of the texts were right`);
  });
  test("tables with headers, types and gaps: the same values", () => {
    fc.assert(
      fc.property(tame, cuts, (text, places) => {
        const table = outcome(() => [[csv(text)]])?.[0]?.[0] as ReturnType<typeof csv> | undefined;
        if (table === undefined || table.names.length !== new Set(table.names).size) return;
        const rows = [...Dataset.fromCsv(pieces(text, places))];
        assertEqual(
          columns(rows, table.names),
          table.names.map((_, i) => table.values(i)),
          JSON.stringify(text),
        );
      }),
      { numRuns: 2000 },
    );
  });
  test("numbers are read to the last bit", () => {
    const digits = fc.stringMatching(/^[+-]?(\d{1,20}\.?\d{0,20}|\.\d{1,20})([eE][+-]?\d{1,3})?$/);
    // What two exact doubles make: as many digits as a double holds, and one too many; powers of ten up to 10^22 and beyond.
    const edge = fc
      .tuple(fc.bigInt({ min: 2n ** 53n - 2000n, max: 2n ** 53n + 2000n }), fc.integer({ min: -25, max: 25 }))
      .map(([mantissa, power]) => `${mantissa}e${power}`);
    const point = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.nat(17)).map(([mantissa, at]) =>
      String(mantissa)
        .padStart(18, "0")
        .replace(new RegExp(`(.{${at}})$`), ".$1"),
    );
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const number = fc.oneof(
      digits,
      edge,
      point,
      double.map(String),
      double.map((value) => value.toExponential()),
    );
    const spaces = fc.constantFrom("", "", " ", "  ");
    const padded = fc.tuple(spaces, number, spaces).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(padded, { minLength: 1, maxLength: 20 }), cuts, (texts, places) => {
        const source = pieces(`${texts.join("\n")}\n`, places);
        const values = texts.map(Number);
        const rows = [...Dataset.fromCsv(source, { header: false })];
        assertEqual(
          rows.map((row) => row["column 0"]),
          values,
        );
        for (const row of rows) assert(typeof row["column 0"] === "number");
        const vectors = [...Dataset.fromCsv(source, { header: false, dtype: "float32" })];
        assertEqual(
          vectors.map(([value]) => value),
          values.map(Math.fround),
        );
      }),
      { numRuns: 2000 },
    );
  });
  test("one character at a time", () => {
    const text = 'a,b\r\n"x ""y""\r\nz",1\r\n\r\n,"2"';
    const rows = [...Dataset.fromCsv([...text])];
    assertEqual(rows, [
      { a: 'x "y"\r\nz', b: 1 },
      { a: null, b: 2 },
    ]);
    assertThrows(() => [...Dataset.fromCsv([...'a,b\n1,"2\n3,4'])], FormatError, /line 2.*closing quote for cell 2/);
    const bytes = [...new TextEncoder().encode('a,b\n1,"2"é')].map((byte) => Uint8Array.of(byte));
    assertThrows(() => [...Dataset.fromCsv(bytes)], FormatError, /line 2.*after the closing quote of cell 2, got "é"/);
  });
});
