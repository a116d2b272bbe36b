/** hornbeam/data beside hornbeam: two bundles whose errors are the same classes. */
import * as hb from "hornbeam";
import * as data from "hornbeam/data";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("hornbeam/data", (test) => {
  test("names", () => {
    const exported: Record<string, unknown> = { ...data };
    assertEqual(
      ["csv", "idx", "syntheticDigits", "Dataset", "SyncDataset"].filter(
        (name) => typeof exported[name] !== "function",
      ),
      [],
    );
  });
  test("an IDX array of bytes", () => {
    const bytes = new Uint8Array([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
    const { shape, data: values } = data.idx(bytes) as unknown as { shape: number[]; data: ArrayLike<number> };
    assertEqual(
      [shape, [...Array.from(values)]],
      [
        [2, 3],
        [1, 2, 3, 4, 5, 6],
      ],
    );
  });
  test("errors are hornbeam's own classes", () => {
    const error = assertThrows(() => data.idx(new Uint8Array([1, 2, 3])), hb.FormatError);
    assert(error instanceof hb.HornbeamError);
  });
  test("a Dataset of arrays goes into fit and evaluate", async () => {
    hb.setRandomSeed(1);
    const rows = Array.from({ length: 40 }, (_, i) => [[i / 40], i / 20 - 1] as const);
    const batches = data.Dataset.from(rows).shuffle(40, 1).batch(8);
    const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.3 }), loss: "meanSquaredError" });
    await model.fit(batches, undefined, { epochs: 40, verbose: 0 });
    const loss = model.evaluate(batches, undefined, { verbose: 0 }) as number;
    assert(loss < 1e-4, `expected a loss below 1e-4, got ${loss}`);
  });
  test("CSV from a Blob, a stream, a Response, bytes, gzip and a data: URL", async () => {
    const text = 'a,b\nérable,1.5\n"x, y",2\n';
    const packed = Uint8Array.from(atob("H4sIAAAAAAAC/0vUSeI6vLIoMSknVcdQz5RLqUJHoVJJx4gLABQZRJsZAAAA"), (byte) =>
      byte.charCodeAt(0),
    );
    const sources: Record<string, () => unknown> = {
      blob: () => new Blob([text]),
      stream: () => new Blob([text]).stream(),
      response: () => new Response(text),
      bytes: () => new TextEncoder().encode(text),
      gzip: () => new Blob([packed]),
      url: () => `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`,
    };
    for (const [name, source] of Object.entries(sources)) {
      const rows = await data.Dataset.fromCsv(source() as data.FileSource).toArray();
      assertEqual(
        rows,
        [
          { a: "érable", b: 1.5 },
          { a: "x, y", b: 2 },
        ],
        name,
      );
    }
  });
  test("errors in a stream are hornbeam's own classes", async () => {
    const wrong = data.Dataset.fromCsv(new Blob(["a,b\n1,2\n3\n"]));
    await assertRejects(wrong.toArray(), hb.FormatError, /line 3: expected 2 cells/);
  });
});
