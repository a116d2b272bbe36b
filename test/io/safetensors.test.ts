/** safetensors files, ours read by Python's library and its read by us; sinks and sources. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as hb from "../../src/index.ts";
import { readSafetensors, type Safetensors, type Source, writeSafetensors } from "../../src/io/index.ts";
import { assert, assertClose, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { goldenInputs, goldenModel, goldenTensors, METADATA } from "./golden-tensors.ts";

const folder = new URL("../fixtures/safetensors/", import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.safetensors`, folder)));
const json = (name: string): never => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as never;

/** Values as the script wrote them: what JSON does not know as texts. */
function values(data: ArrayLike<number | bigint>, dtype = ""): unknown[] {
  const names: Readonly<Record<string, string>> = { Infinity: "inf", "-Infinity": "-inf" };
  return Array.from(data as ArrayLike<number>, (value) =>
    dtype === "bool" ? Boolean(value) : (names[String(value)] ?? Number(value)),
  );
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), "hornbeam-"));
  try {
    await body(made);
  } finally {
    rmSync(made, { recursive: true });
  }
}

suite("safetensors: Python's library", (test) => {
  test("reads what is written here: bytes as when it did, values as given", async () => {
    const written = await writeSafetensors(goldenTensors(), undefined, METADATA);
    assertEqual(written, bytesOf("hornbeam"));
    const seen: { metadata: object; tensors: Record<string, { dtype: string; shape: number[]; values: unknown[] }> } =
      json("hornbeam");
    assertEqual(seen.metadata, METADATA);
    assertEqual(Object.keys(seen.tensors).sort(), Object.keys(goldenTensors()).sort());
    for (const [name, { shape, data }] of Object.entries(goldenTensors())) {
      const { dtype, shape: python, values: got } = seen.tensors[name]!;
      assertEqual([python, got], [shape, values(data, dtype)]);
    }
  });
  test("and what it writes is read here: every type of elements", async () => {
    const { metadata, tensors } = await readSafetensors(bytesOf("python"));
    const expected: Record<string, unknown[]> = json("python");
    assertEqual(metadata, { author: "a “quoted” name", n: "1" });
    assertEqual(Object.keys(tensors).sort(), Object.keys(expected).sort());
    for (const [name, { data }] of Object.entries(tensors)) assertEqual(values(data, name), expected[name]);
    assertEqual(
      [tensors.matrix!.shape, tensors.empty!.shape],
      [
        [2, 3],
        [0, 4],
      ],
    );
    assertEqual([tensors.float16!.data.constructor, tensors.bfloat16!.dtype], [Float32Array, "BF16"]);
  });
  test("a model that was saved: names, shapes, sums; predictions and further training as in the process that saved it", async () => {
    const python: { tensors: Record<string, { shape: number[]; sum: number }> } = json("model");
    const { tensors } = await readSafetensors(bytesOf("model"));
    assertEqual(Object.keys(tensors).sort(), Object.keys(python.tensors));
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      assertEqual(shape, python.tensors[name]!.shape);
      assertClose(
        [...(data as Float32Array)].reduce((sum, value) => sum + value, 0),
        python.tensors[name]!.sum,
      );
    }
    // Bits of a training are the same in the build that is the same everywhere.
    hb.configure({ deterministic: true });
    const { outputs, later }: { outputs: number[][]; later: number[][] } = json("predictions");
    const model = await hb.loadModel(bytesOf("model"));
    const x = goldenInputs();
    assertEqual(model.predict(x, { verbose: 0 }).arraySync(), outputs);
    await model.fit(x, hb.zeros([12, 2]), { epochs: 3, initialEpoch: model.epoch, batchSize: 4, verbose: 0 });
    assertEqual(model.predict(x, { verbose: 0 }).arraySync(), later);
    hb.configure({ deterministic: false });
  });
  test("weights that went through Python, in its order and half precision, go into a model", async () => {
    const { tensors } = await readSafetensors(bytesOf("model"));
    const sorted = Object.keys(tensors).sort();
    const weights = Object.fromEntries(
      sorted.filter((name) => /layers.*vars/.test(name) && !/seed/.test(name)).map((name) => [name, tensors[name]!]),
    );
    weights["layers/dense/vars/1"] = { shape: [4], data: Float64Array.of(1, 2, 3, 4.5) };
    const model = goldenModel();
    await model.loadWeights(await writeSafetensors(weights));
    const [kernel, bias] = model.getWeights();
    assertEqual([...kernel!.dataSync()], [...(tensors["layers/dense/vars/0"]!.data as Float32Array)]);
    assertEqual(bias!.arraySync(), [1, 2, 3, 4.5]);
  });
});

/** A file with this header in front of so many bytes. */
function fileOf(header: unknown, data = 0, length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

suite("safetensors: files that are none", (test) => {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /got 0 bytes/],
    ["seven bytes", new Uint8Array(7), /got 7 bytes/],
    ["an image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), /another kind of file/],
    ["a text", new TextEncoder().encode('{"weights": [1, 2, 3]}'), /another kind of file/],
    ["a header longer than the file", fileOf({}, 0, 99), /cut off/],
    ["a header that is no JSON", fileOf("{not json}"), /no JSON/],
    ["a header that is no UTF-8", fileOf("{}").fill(0xff, 8), /no JSON/],
    ["a list", fileOf([]), /no JSON object/],
    ["an entry that is none", fileOf({ a: 5 }), /no entry for "a"/],
    ["no dtype", fileOf({ a: { ...entry, dtype: undefined } }, 8), /the dtype undefined of "a"/],
    ["an unknown dtype", fileOf({ a: { ...entry, dtype: "F4" } }, 8), /the dtype "F4" of "a"/],
    ["a dtype of JavaScript's own", fileOf({ a: { ...entry, dtype: "constructor" } }, 8), /the dtype "constructor"/],
    ["a shape that is none", fileOf({ a: { ...entry, shape: [-2] } }, 8), /no shape/],
    ["a shape of halves", fileOf({ a: { ...entry, shape: [0.5] } }, 8), /no shape/],
    ["sizes past all bounds", fileOf({ a: { ...entry, shape: [2 ** 50, 2 ** 50] } }, 8), /8 bytes for "a"/],
    ["offsets that are none", fileOf({ a: { ...entry, data_offsets: [8] } }, 8), /no data_offsets/],
    ["offsets the wrong way", fileOf({ a: { ...entry, data_offsets: [8, 0] } }, 8), /-8 bytes for "a"/],
    ["data cut off", fileOf({ a: entry }, 7), /ends 1 bytes behind the end/],
    ["data left over", fileOf({ a: entry }, 9), /1 bytes that belong to no tensor/],
    ["a gap", fileOf({ a: { ...entry, data_offsets: [4, 12] } }, 12), /a gap or an overlap before the tensor "a"/],
    ["an overlap", fileOf({ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12), /overlap before the tensor "b"/],
    ["metadata that are a list", fileOf({ __metadata__: [] }), /__metadata__/],
    ["metadata that are numbers", fileOf({ __metadata__: { n: 1 } }), /__metadata__\.n that is no text/],
  ];
  for (const [name, bytes, message] of cases) {
    test(name, async () => {
      await assertRejects(() => readSafetensors(bytes), hb.FormatError, message);
      await assertRejects(() => hb.loadModel(bytes), hb.FormatError, message);
      const model = goldenModel();
      const before = model.getState();
      await assertRejects(() => model.loadWeights(bytes), hb.FormatError, message);
      assertEqual(model.getState(), before);
    });
  }
  test("names of JavaScript's own are names like others", async () => {
    const names = ["__proto__", "constructor", "", "a b/ü"];
    const given = Object.fromEntries(names.map((name, i) => [name, { shape: [1], data: Float32Array.of(i) }]));
    const { tensors } = await readSafetensors(await writeSafetensors(given));
    assertEqual(
      Object.entries(tensors).map(([name, { data }]) => [name, Number(data[0])]),
      names.map((name, i) => [name, i]),
    );
  });
  test("tensors that are none are refused in writing", async () => {
    const bad: [unknown, RegExp][] = [
      [[], /tensors: expected an object/],
      [{ a: { shape: [1], data: [1] } }, /tensors\["a"\]\.data: expected a typed array/],
      [{ a: { shape: [3], data: new Float32Array(2) } }, /tensors\["a"\]\.shape: expected sizes with the product 2/],
    ];
    for (const [tensors, message] of bad)
      await assertRejects(() => writeSafetensors(tensors as never), hb.ValueError, message);
    await assertRejects(() => writeSafetensors({}, undefined, { a: 1 } as never), hb.ValueError, /metadata/);
  });
});

const EXAMPLE = { a: { shape: [3], data: Float32Array.of(1, 2, 3) } };

suite("sinks and sources", (test) => {
  const read = async (source: Source): Promise<number[]> =>
    [...((await readSafetensors(source)) as Safetensors).tensors.a!.data] as number[];
  test("bytes, Blob, Response, ArrayBuffer, data URL, read() at once and piece by piece", async () => {
    const bytes = await writeSafetensors(EXAMPLE);
    const blob: Blob = await writeSafetensors(EXAMPLE, Blob);
    assertEqual(await writeSafetensors(EXAMPLE, Uint8Array), bytes);
    const inside = new Uint8Array(bytes.length + 3).fill(9);
    inside.set(bytes, 3);
    const base64 = `data:application/octet-stream;base64,${Buffer.from(bytes).toString("base64")}`;
    const sources: Source[] = [
      ...[bytes, bytes.buffer as ArrayBuffer, inside.subarray(3), blob, new Response(blob), base64, new URL(base64)],
      ...[{ read: () => bytes }, { read: async () => bytes.buffer }, blob.stream().getReader()],
    ];
    for (const source of sources) assertEqual(await read(source), [1, 2, 3]);
    await assertRejects(() => read({ read: () => "text" }), hb.ValueError, /read\(\) to give bytes/);
    await assertRejects(() => read("data:text/html,oops"), hb.FormatError, /safetensors/);
  });
  test("an object with write(bytes) gets the whole file, once, and is waited for; its error is passed on", async () => {
    const got: Uint8Array[] = [];
    let waited = false;
    const sink = {
      async write(bytes: Uint8Array): Promise<void> {
        got.push(bytes);
        await new Promise((resolve) => setTimeout(resolve, 5));
        waited = true;
      },
    };
    await writeSafetensors(EXAMPLE, sink);
    assertEqual([got.length, waited], [1, true]);
    assertEqual(await read(got[0]!), [1, 2, 3]);
    const full = { write: () => Promise.reject(new Error("disk full")) };
    await assertRejects(() => writeSafetensors(EXAMPLE, full), Error, /disk full/);
  });
  test("a path or file: URL; another file's mode and a link stay; nothing is left beside", async () => {
    await inFolder(async (place) => {
      const path = join(place, "a b.safetensors");
      await writeSafetensors(EXAMPLE, path);
      assertEqual(await read(path), [1, 2, 3]);
      assertEqual(await read(pathToFileURL(path)), [1, 2, 3]);
      assertEqual(await read(pathToFileURL(path).href), [1, 2, 3]);
      const target = join(place, "target");
      writeFileSync(target, "old", { mode: 0o600 });
      symlinkSync(target, join(place, "link"));
      await writeSafetensors(EXAMPLE, join(place, "link"));
      assertEqual([await read(target), statSync(target).mode & 0o777], [[1, 2, 3], 0o600]);
      await writeSafetensors({ a: { shape: [1], data: Float32Array.of(4) } }, pathToFileURL(target));
      assertEqual(await read(join(place, "link")), [4]);
      assertEqual(readdirSync(place).sort(), ["a b.safetensors", "link", "target"]);
    });
  });
  test("what cannot be read is a FormatError that says where, with its cause", async () => {
    await inFolder(async (place) => {
      const missing = pathToFileURL(join(place, "none"));
      for (const [source, code] of [
        [place, "EISDIR"],
        [missing, "ENOENT"],
        [missing.href, "ENOENT"],
      ] as const) {
        const error = await assertRejects(
          () => read(source),
          hb.FormatError,
          /^\[readSafetensors\] source: expected a file/,
        );
        assert(error.message.includes(`at "${source}", got: Error: ${code}`), error.message);
        assertEqual((error.cause as { code?: string }).code, code);
      }
    });
    const server = createServer((request, response) => {
      if (request.url === "/none") response.writeHead(404).end();
      // Cut off after a few bytes.
      else response.writeHead(200, { "content-length": 100 }).write("text", () => response.destroy());
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await assertRejects(() => read(`${base}/none`), hb.FormatError, /expected http:.*none to answer 200, got 404\.$/);
    for (const call of [() => read(`${base}/cut`), () => read(new URL("nothing://there"))]) {
      const error = await assertRejects(
        call,
        hb.FormatError,
        /source: expected a file to read at ".*", got: TypeError/,
      );
      assert(error.cause instanceof TypeError, `cause ${error.cause}`);
    }
    server.close();
  });
  test("what fails on the way leaves the old file and nothing else", async () => {
    await inFolder(async (place) => {
      const path = join(place, "kept.safetensors");
      await writeSafetensors(EXAMPLE, path);
      const model = goldenModel();
      const saving = model.save(path);
      model.dispose();
      await assertRejects(() => saving, hb.StateError, /dispose/);
      assertEqual(await read(path), [1, 2, 3]);
      assertEqual(readdirSync(place), ["kept.safetensors"]);
      await assertRejects(() => writeSafetensors(EXAMPLE, join(place, "none/x")), Error, /ENOENT/);
      await assertRejects(() => writeSafetensors(EXAMPLE, place), Error, /EISDIR|ENOTEMPTY|directory/);
      assert(readdirSync(join(place, "..")).every((name) => !name.endsWith(".tmp") || !name.includes("hornbeam-")));
    });
  });
  test("many at once into one file: it is one of them", async () => {
    await inFolder(async (place) => {
      const path = join(place, "x.safetensors");
      const all = Array.from({ length: 8 }, (_, i) => ({ a: { shape: [5000], data: new Float32Array(5000).fill(i) } }));
      await Promise.all(all.map((tensors) => writeSafetensors(tensors, path)));
      assertEqual(new Set(await read(path)).size, 1);
      assertEqual(readdirSync(place).length, 1);
    });
  });
});
