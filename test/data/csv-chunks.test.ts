/** Read piece by piece, a file gives what it gives in one, however it is cut: random files, random cuts. */
import fc from "fast-check";
import { csv, Dataset } from "../../src/data/index.ts";
import { FormatError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** Texts of the characters that matter, valid or not. */
const wild = fc
  .array(
    fc.constantFrom("a", "1", "-", ".", "e", ",", ",", ",", ";", '"', '""', "\n", "\n", "\r\n", "\r", " ", "é", "😀"),
    {
      maxLength: 60,
    },
  )
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
  test("any text at all, cut anywhere: the same cells, or a FormatError that names a line", () => {
    const options = { header: false, separator: ",", missing: [] };
    fc.assert(
      fc.property(wild, cuts, (text, places) => {
        const whole = outcome(() => {
          const table = csv(text, options);
          return table.names.map((_, i) => table.column(i));
        });
        const width = whole?.length ?? 0;
        const types = Object.fromEntries(Array.from({ length: width }, (_, i) => [`column ${i}`, "text"] as const));
        for (const source of [pieces(text, places), pieces(new TextEncoder().encode(text), places)]) {
          const inPieces = outcome(() => {
            const rows = [...Dataset.fromCsv(source as Uint8Array[], { ...options, types })];
            return columns(rows, Object.keys(rows[0] ?? {}));
          });
          assertEqual(inPieces, whole, JSON.stringify(text));
        }
      }),
      { numRuns: 3000 },
    );
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
    const number = fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), cuts, (texts, places) => {
        const rows = [...Dataset.fromCsv(pieces(`${texts.join("\n")}\n`, places), { header: false })];
        assertEqual(
          rows.map((row) => row["column 0"]),
          texts.map(Number),
        );
        for (const row of rows) assert(typeof row["column 0"] === "number");
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
  });
});
