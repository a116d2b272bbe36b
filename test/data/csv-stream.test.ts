import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import promises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { gzipSync } from "fflate";
import { Dataset, type Shaped, SyncDataset } from "../../src/data/index.ts";
import { FormatError, ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { withData } from "../harness/data.ts";
import { suite } from "../harness/suite.ts";

const TEXT = 'name,age,member,score\n"Ann, B.",31,true,1.5\nBob,NA,no,-2e3\n\n?,4.5,YES,.5\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

suite("data: Dataset.fromCsv", (test) => {
  test("rows as objects with the types found; missing values are null", async () => {
    const rows = await Dataset.fromCsv(TEXT).toArray();
    assertEqual(rows, [
      { name: "Ann, B.", age: 31, member: true, score: 1.5 },
      { name: "Bob", age: null, member: false, score: -2000 },
      { name: null, age: 4.5, member: true, score: 0.5 },
    ]);
  });
  test("a target makes pairs; several make an object of their own; columns are chosen and ordered", async () => {
    const pairs = await Dataset.fromCsv(TEXT, { target: "score", columns: ["age", "name"] }).toArray();
    assertEqual(pairs[0], [{ age: 31, name: "Ann, B." }, 1.5]);
    const several = await Dataset.fromCsv(TEXT, { target: [3, "member"], columns: [0] })
      .take(1)
      .toArray();
    assertEqual(several, [[{ name: "Ann, B." }, { score: 1.5, member: true }]]);
    const rest = await Dataset.fromCsv(TEXT, { target: "score" }).take(1).toArray();
    assertEqual(rest, [[{ name: "Ann, B.", age: 31, member: true }, 1.5]]);
  });
  test("dtype makes vectors, booleans 0 and 1, gaps filled", async () => {
    const options = { dtype: "float32", columns: ["score", "age", "member"], fill: -1 } as const;
    const rows = await Dataset.fromCsv(TEXT, options).toArray();
    assertEqual(rows, [Float32Array.of(1.5, 31, 1), Float32Array.of(-2000, -1, 0), Float32Array.of(0.5, 4.5, 1)]);
    const [batch] = await Dataset.fromCsv(TEXT, options).batch(3).toArray();
    assertEqual((batch as Shaped).shape, [3, 3]);
    const integers = await Dataset.fromCsv("a,b,c\n1,2,x\n-3,4,y", { dtype: "int32", target: "c" }).toArray();
    assertEqual(integers, [
      [Int32Array.of(1, 2), "x"],
      [Int32Array.of(-3, 4), "y"],
    ]);
    const targets = await Dataset.fromCsv("a,b,c\n1,2,3", { dtype: "float32", target: ["c"] }).toArray();
    assertEqual(targets, [[Float32Array.of(1, 2), Float32Array.of(3)]]);
  });
  test("fill by column; NaN where it is asked for", async () => {
    const fill = { name: "nobody", age: Number.NaN, member: true };
    const rows = await Dataset.fromCsv(TEXT, { fill }).toArray();
    assertEqual([rows[2]!.name, rows[1]!.age], ["nobody", Number.NaN]);
    const wrong = Dataset.fromCsv(TEXT, { fill: { age: "old" } });
    await assertRejects(wrong.toArray(), ValueError, /fill: expected a number for column "age", got "old"/);
    await assertRejects(Dataset.fromCsv(TEXT, { fill: { agee: 1 } }).toArray(), ValueError, /Did you mean "age"/);
    await assertRejects(Dataset.fromCsv(TEXT, { fill: true as never }).toArray(), ValueError, /fill/);
  });
  test("every kind of source gives the same rows", async () => {
    const expected = await Dataset.fromCsv(TEXT).toArray();
    const folder = mkdtempSync(join(tmpdir(), "hornbeam-csv-"));
    try {
      const path = join(folder, "table.csv");
      writeFileSync(path, TEXT);
      const packed = join(folder, "table.csv.gz");
      writeFileSync(packed, gzipSync(bytes(TEXT)));
      const sources = {
        path,
        packed,
        url: pathToFileURL(path),
        fileUrl: pathToFileURL(packed).href,
        dataUrl: `data:text/csv,${encodeURIComponent(TEXT)}`,
        blob: new Blob([TEXT]),
        bytes: bytes(TEXT),
        buffer: bytes(TEXT).buffer as ArrayBuffer,
        gzip: gzipSync(bytes(TEXT)),
        texts: [...TEXT],
        pieces: [TEXT.slice(0, 30), bytes(TEXT.slice(30))],
        opener: () => new Blob([TEXT]).stream(),
        promise: async () => new Blob([TEXT]),
        body: () => new Response(TEXT),
        node: () => Readable.from([TEXT.slice(0, 7), TEXT.slice(7)]),
      };
      for (const [name, source] of Object.entries(sources)) {
        const set = Dataset.fromCsv(source);
        assertEqual(await set.toArray(), expected, name);
        assertEqual(await set.take(1).toArray(), expected.slice(0, 1), `${name}, again`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test("what is in memory comes at once", () => {
    const set = Dataset.fromCsv(bytes("a,b\n1,2\n3,4\n"), { target: "b", dtype: "float32" });
    assert(set instanceof SyncDataset);
    assertEqual(
      [...set],
      [
        [Float32Array.of(1), 2],
        [Float32Array.of(3), 4],
      ],
    );
  });
  test("a stream has one pass, and the second says so", async () => {
    for (const source of [new Blob([TEXT]).stream(), Readable.from([TEXT]), new Response(TEXT), [TEXT].values()]) {
      const set = Dataset.fromCsv(source as AsyncIterable<string>);
      assertEqual((await set.toArray()).length, 3);
      await assertRejects(set.toArray(), StateError, /give a function that opens it anew/);
    }
  });
  test("a pass that ends early closes its source and has not read on", async () => {
    let given = 0;
    let closed = 0;
    const set = Dataset.fromCsv(
      async function* () {
        try {
          for (; ; given++) yield `${given},${given % 2}\n`.repeat(100);
        } finally {
          closed++;
        }
      },
      { header: false, dtype: "float32" },
    );
    assertEqual((await set.batch(10).take(15).toArray()).length, 15);
    assertEqual([given, closed], [1, 1]);
    for await (const row of set) {
      assertEqual(row.length, 2);
      break;
    }
    assertEqual(closed, 2);
  });
  test("types are found from the first 1000 rows; a later cell that does not fit says what to do", async () => {
    const rows = ["a,b", ...Array.from({ length: 1500 }, (_, i) => `${i},${i === 1200 ? "x" : "1"}`)];
    const set = Dataset.fromCsv(rows.map((row) => `${row}\n`));
    await assertRejects(
      set.toArray(),
      FormatError,
      /line 1202, column "b": expected a number as in the first rows \(else give `types`\), got "x"/,
    );
    const given = await Dataset.fromCsv(rows.join("\n"), { types: { b: "text" } }).toArray();
    assertEqual([given[1199]!.b, given[1200]!.b, given[1201]!.a], ["1", "x", 1201]);
    rows[900] = "1,y";
    assertEqual((await Dataset.fromCsv(rows.join("\n")).toArray())[0]!.b, "1");
  });
  test("what is wrong in the data: line and column", async () => {
    const wrong: [text: string, options: object, message: RegExp][] = [
      ["a,b\n1,2\n3,x", { dtype: "float32" }, /line 3, column "b": expected a number, got "x"/],
      ["a,b\n1,2\n3,NA", { dtype: "float32" }, /line 3, column "b": expected a number, got "NA"/],
      ["a,b\n1,2\n\n3", {}, /line 4: expected 2 cells as in the first, got 1/],
      ["a,b\n1,2,3,4\n", {}, /line 2: expected 2 cells as in the first, got 4/],
      ['a,b\n"x\ny",1\n2,"3', {}, /line 4: expected a closing quote for cell 2, got the end/],
      ['a,b\n1,"2"3\n', {}, /line 2: expected a separator after the closing quote of cell 2, got "3"/],
      ["a,b\n1,2.5", { dtype: "int32" }, /line 2, column "b": expected a value of dtype int32, got "2.5"/],
      ["a,b\n1,-1", { dtype: "uint32" }, /line 2, column "b": expected a value of dtype uint32, got "-1"/],
      ["a,b\n1,maybe", { types: { b: "boolean" } }, /line 2, column "b": expected true or false, got "maybe"/],
      ["a,b\ntrue,1", { types: { a: "number" }, dtype: "float32" }, /line 2, column "a": expected a number/],
      ["a,a\n1,2", {}, /header: expected columns of different names, got "a" twice/],
      ["\n\n", {}, /expected rows of cells, got an empty text/],
    ];
    for (const [text, options, message] of wrong) {
      await assertRejects(Dataset.fromCsv(text, options).toArray(), FormatError, message);
      await assertRejects(Dataset.fromCsv([...text], options).toArray(), FormatError, message);
    }
    assertEqual((await Dataset.fromCsv("a,a\n1,2", { dtype: "float32" }).toArray()).length, 1);
  });
  test("hostile data: a quote never closed, packed nothing, names of Object", async () => {
    let given = 0;
    const open = Dataset.fromCsv(function* () {
      yield 'a,b\n1,"';
      for (; ; given++) yield "x".repeat(1 << 20);
    } as () => Iterable<string>);
    await assertRejects(open.toArray(), FormatError, /line 2: expected a record of at most 16777216 bytes/);
    assert(given < 40, "stopped soon");
    const bomb = gzipSync(new Uint8Array(1 << 26));
    await assertRejects(Dataset.fromCsv([bomb]).toArray(), FormatError, /at most 16777216 bytes/);
    const [row] = await Dataset.fromCsv("__proto__,constructor\n1,2").toArray();
    assertEqual(Object.entries(row!), [
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });
  test("packed and cut off at any place, or with a flipped bit: FormatError", async () => {
    const packed = gzipSync(bytes(TEXT), { mtime: 0 });
    for (let length = 2; length < packed.length; length++) {
      await assertRejects(Dataset.fromCsv([packed.subarray(0, length)]).toArray(), FormatError, /csv/);
    }
    for (let at = 10; at < packed.length; at++) {
      const damaged = packed.slice();
      damaged[at]! ^= 16;
      await assertRejects(Dataset.fromCsv([damaged]).toArray(), FormatError, /csv/);
    }
  });
  test("an endless line of tiny pieces is read in linear time", async () => {
    const seconds = async (lines: number): Promise<number> => {
      const start = performance.now();
      const cell = `"${"x\n".repeat(lines)}"`;
      const rows = await Dataset.fromCsv(["a,b\n1,", ...cell]).toArray();
      assertEqual(String(rows[0]!.b).length, 2 * lines);
      return performance.now() - start;
    };
    await seconds(12_500); // the engine compiles
    const ratio = (await seconds(100_000)) / (await seconds(12_500));
    console.log(`8 times as long takes ${ratio.toFixed(1)} times the time`);
    assert(ratio < 32, `expected about 8 times the time for 8 times the length, 64 would be quadratic; got ${ratio}`);
  });
  test("a file is closed at the end, after an error and when nobody reads on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hornbeam-csv-"));
    const { open } = promises;
    const handles: FileHandle[] = [];
    promises.open = async (...args: Parameters<typeof open>) => {
      handles.push(await open(...args));
      return handles.at(-1)!;
    };
    syncBuiltinESMExports();
    try {
      const path = join(folder, "rows.csv");
      writeFileSync(path, `a,b\n${"1,2\n".repeat(200_000)}3\n`);
      const set = Dataset.fromCsv(path, { dtype: "float32" });
      for await (const row of set) {
        assertEqual(row, Float32Array.of(1, 2));
        break;
      }
      assertEqual((await set.take(3).toArray()).length, 3);
      assertEqual((await set.shuffle(10).batch(2).prefetch(4).take(2).toArray()).length, 2);
      await assertRejects(set.toArray(), FormatError, /line 200002: expected 2 cells/);
      await assertRejects(set.batch(100).prefetch(3).toArray(), FormatError, /line 200002/);
      assertEqual((await set.take(200_000).toArray()).length, 200_000);
      await assertRejects(Dataset.fromCsv(folder).toArray(), ValueError, /source: expected a file to read at .*EISDIR/);
      assertEqual(
        handles.map(({ fd }) => fd),
        [-1, -1, -1, -1, -1, -1, -1],
      );
    } finally {
      promises.open = open;
      syncBuiltinESMExports();
      rmSync(folder, { recursive: true });
    }
  });
  test("rows that somebody may hold stay as they are; those that only a batch has seen are filled anew", async () => {
    const text = Array.from({ length: 100 }, (_, i) => `${i},${2 * i},${3 * i}\n`);
    const set = Dataset.fromCsv(text, { header: false, dtype: "float32", target: 2 });
    const first = (batches: readonly (readonly [Float32Array, Float32Array])[]): number[] =>
      batches.flatMap(([x, y]) =>
        [...y].map((value, i) => (value === 3 * x[2 * i]! && x[2 * i + 1] === 2 * x[2 * i]! ? x[2 * i]! : -1)),
      );
    const whole = Array.from({ length: 100 }, (_, i) => i);
    const held: (readonly [Float32Array, number | string])[] = [];
    const keep = (row: readonly [Float32Array, number | string]): boolean => held.push(row) > 0;
    const seen = set.filter(keep).batch(7) as SyncDataset<[Shaped, Shaped]>;
    assertEqual(first([...seen]), whole);
    assertEqual(
      held.map(([[x]]) => x),
      whole,
    );
    assertEqual(new Set(await set.shuffle(9).toArray()).size, 100);
    const sorted = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);
    for (const some of [
      set,
      set.shuffle(13, 1),
      set.shuffle(200),
      set.skip(0).take(100),
      set.repeat(1),
      set.prefetch(2),
    ]) {
      assertEqual(sorted(first((await some.batch(8).toArray()) as unknown as [Shaped, Shaped][])), whole);
    }
    const [left, right] = set.shuffle(5, 2, false).split(0.3, { seed: 4 });
    const sides = await Promise.all([left, right].map((side) => side.batch(6).prefetch(2).toArray()));
    assertEqual(sorted(sides.flatMap((side) => first(side as unknown as [Shaped, Shaped][]))), whole);
    const both = set.concatenate(Dataset.fromCsv(["1,2,3,4\n"], { header: false, dtype: "float32", target: 3 }));
    await assertRejects(both.batch(200).toArray(), ShapeError, /shape \(3,\)/);
  });
  test("messy files: byte order marks, blank lines first, line ends in a header, commas at line ends, no rows", async () => {
    const rows = async (text: string, options = {}): Promise<unknown[]> => {
      const whole = await Dataset.fromCsv(bytes(text), options).toArray();
      const single = [...bytes(text)].map((byte) => Uint8Array.of(byte));
      assertEqual(await Dataset.fromCsv(single, options).toArray(), whole);
      return whole;
    };
    assertEqual(await rows('\ufeff"a";b\r\n1;2\r\n'), [{ a: 1, b: 2 }]);
    assertEqual(await rows("\n \r\n\na;b\n1;2"), [{ a: 1, b: 2 }]);
    assertEqual(await rows('"x;y;\nz",b\n1,2\n'), [{ "x;y;\nz": 1, b: 2 }]);
    assertEqual(await rows('5" pipe;n\n6" pipe;2', { header: true }), [{ '5" pipe': '6" pipe', n: 2 }]);
    assertEqual(await rows("a,b,\n1,2,\n"), [{ a: 1, b: 2, "": null }]);
    assertEqual(await rows("a,b\n"), []);
    assertEqual(await rows("a, b\n 1 ,\t2\n+3, 4"), [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    assertEqual(await rows("a§b\n1§2", { separator: "§" }), [{ a: 1, b: 2 }]);
    assertEqual(await rows("a b c\n1 2 3\n  4", { separator: " " }), [
      { a: 1, b: 2, c: 3 },
      { a: null, b: null, c: 4 },
    ]);
    await assertRejects(rows("a,b\n1,2,\n"), FormatError, /line 2: expected 2 cells as in the first, got 3/);
    const wide = new Uint8Array(Uint16Array.from("\ufeffa,b\n1,2\n", (c) => c.charCodeAt(0)).buffer);
    await assertRejects(Dataset.fromCsv(wide).toArray(), FormatError, /expected text in UTF-8, got UTF-16/);
    assertEqual(await rows("a\nnan\nNULL\n2", { header: true }), [{ a: null }, { a: null }, { a: 2 }]);
  });
  test("wrong arguments", async () => {
    assertThrows(() => Dataset.fromCsv(3 as never), ValueError, /source/);
    assertThrows(() => Dataset.fromCsv(null as never), ValueError, /source/);
    assertThrows(() => Dataset.fromCsv({} as never), ValueError, /source/);
    assertThrows(() => Dataset.fromCsv(TEXT, { targets: "a" } as never), ValueError, /Did you mean "target"/);
    assertThrows(() => Dataset.fromCsv(TEXT, { dtype: "float" as never }), ValueError, /float32/);
    assertThrows(() => Dataset.fromCsv(TEXT, { separator: ",," }), ValueError, /separator/);
    assertThrows(() => Dataset.fromCsv(TEXT, { missing: "NA" as never }), ValueError, /missing/);
    const later: [options: object, message: RegExp][] = [
      [{ target: "scores" }, /Did you mean "score"/],
      [{ target: 4 }, /\[0, 3\]/],
      [{ target: {} }, /target: expected names or numbers/],
      [{ columns: [] }, /at least one column/],
      [{ columns: ["age", "age"] }, /different columns/],
      [{ columns: ["age"], target: "age" }, /without the target/],
      [{ types: { agee: "number" } }, /Did you mean "age"/],
      [{ types: { age: "date" } }, /number, boolean, text/],
      [{ types: { name: "text" }, dtype: "float32" }, /number or boolean for "name"/],
      [{ header: "yes" }, /header/],
    ];
    for (const [options, message] of later) {
      await assertRejects(Dataset.fromCsv(TEXT, options).toArray(), ValueError, message);
    }
    await assertRejects(Dataset.fromCsv([3] as never).toArray(), ValueError, /csv source/);
    await assertRejects(Dataset.fromCsv("no/such/file.csv").toArray(), ValueError, /no\/such\/file.csv.*ENOENT/);
    await assertRejects(Dataset.fromCsv("data:text/csv,").toArray(), FormatError, /empty/);
  });
  withData(test, "california-housing/housing.csv", "California housing, from its path", async (path) => {
    const set = Dataset.fromCsv(path, { target: "median_house_value" });
    const gaps = set.filter(([x]) => x.total_bedrooms === null);
    assertEqual([(await set.toArray()).length, (await gaps.toArray()).length], [20640, 207]);
  });

  test("a marker of missing values may be a number", async () => {
    const set = Dataset.fromCsv("a,b\n1,-999\n-999,4\n", { missing: ["-999"], fill: 0, dtype: "float32", target: "b" });
    const rows = (await set.toArray()).map(([x, y]) => [...x, y]);
    assertEqual(rows, [
      [1, 0],
      [0, 4],
    ]);
    await assertRejects(
      Dataset.fromCsv("a,b\n1,2\n-999,4\n", { missing: ["-999"], dtype: "float32" }).toArray(),
      FormatError,
      /line 3, column "a": expected a number, got "-999", which stands for a missing value\.$/,
    );
  });
});
