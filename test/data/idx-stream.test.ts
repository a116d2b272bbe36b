import { gzipSync } from "fflate";
import { Dataset, type IdxRow, idx, type Shaped, SyncDataset } from "../../src/data/index.ts";
import { FormatError, StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { withData } from "../harness/data.ts";
import { suite } from "../harness/suite.ts";

function file(type: number, shape: readonly number[], body: Uint8Array | number[]): Uint8Array {
  const header = shape.flatMap((dim) => [dim >>> 24, (dim >>> 16) & 255, (dim >>> 8) & 255, dim & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...header, ...body]);
}

const images = file(8, [2, 2, 3], [0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 1]);
const labels = file(8, [2], [7, 255]);

/** Cut into pieces of so many bytes. */
function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

const plain = (row: IdxRow): unknown => (typeof row === "number" ? row : [[...row], row.shape, row.constructor.name]);

suite("data: Dataset.fromIdx", (test) => {
  test("a pair gives images scaled to [0, 1] and labels as idx does, in pieces of any size, packed and plain", () => {
    const whole = idx({ images, labels });
    const row = whole.height * whole.width;
    const expected = [...whole.labels].map((label, i) => [[...whole.images.subarray(i * row, (i + 1) * row)], label]);
    for (const [x, y] of [
      [images, labels],
      [gzipSync(images), gzipSync(labels)],
    ] as const) {
      for (let size = 1; size <= images.length; size++) {
        const set = Dataset.fromIdx({ images: pieces(x, size), labels: pieces(y, size) });
        assert(set instanceof SyncDataset);
        const rows = [...set];
        assertEqual(
          rows.map(([image, label]) => [[...image], label]),
          expected,
        );
        assertEqual(rows[1]![0].shape, [2, 3]);
        const [batch] = [...set.batch(2)];
        assertEqual([batch![0].shape, [...batch![0]], [...batch![1]]], [[2, 2, 3], [...whole.images], [7, 255]]);
      }
    }
  });
  test("one file gives its entries in the file's own type, big-endian", async () => {
    const rows = (bytes: Uint8Array): unknown[] => [...Dataset.fromIdx(bytes)].map(plain);
    assertEqual(rows(labels), [7, 255]);
    assertEqual(rows(file(9, [2], [1, 255])), [1, -1]);
    assertEqual(rows(file(9, [1, 2], [1, 255])), [[[1, -1], [2], "Int8Array"]]);
    assertEqual(rows(file(11, [2, 1], [1, 0, 255, 254])), [
      [[256], [1], "Int16Array"],
      [[-2], [1], "Int16Array"],
    ]);
    assertEqual(rows(file(12, [1, 1], [0, 1, 0, 2])), [[[65538], [1], "Int32Array"]]);
    assertEqual(rows(file(13, [1], [0x3f, 0xc0, 0, 0])), [1.5]);
    assertEqual(rows(file(14, [1, 1, 1], [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])), [[[1.5], [1, 1], "Float64Array"]]);
    assertEqual(rows(file(8, [0, 3], [])), []);
    assertEqual(rows(file(8, [2, 0], [])), [
      [[], [0], "Uint8Array"],
      [[], [0], "Uint8Array"],
    ]);
    assertEqual((await Dataset.fromIdx(new Blob([labels.slice()])).toArray()).length, 2);
  });
  test("rows that were given stay as they are; a shuffle and a batch see all of them", () => {
    const many = file(
      8,
      [50, 1, 2],
      Array.from({ length: 100 }, (_, i) => i),
    );
    const rows = [...Dataset.fromIdx(many)] as Shaped<Uint8Array>[];
    assertEqual(
      rows.flatMap((row) => [...row]),
      Array.from({ length: 100 }, (_, i) => i),
    );
    const batches = [...Dataset.fromIdx(many).shuffle(7, 1).batch(8)] as Shaped<Uint8Array>[];
    assertEqual(
      batches.flatMap((batch) => [...batch]).sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
  test("cut off at every length, too long, something else, a pair that does not fit: FormatError", async () => {
    for (let length = 0; length < images.length; length++) {
      assertThrows(() => [...Dataset.fromIdx(images.subarray(0, length))], FormatError, /\[idx\] bytes: expected/);
    }
    const rows = (bytes: Uint8Array) => () => [...Dataset.fromIdx(bytes)];
    assertThrows(rows(images.subarray(0, 20)), FormatError, /expected 28 bytes for \(2, 2, 3\), got 20/);
    assertThrows(rows(images.subarray(0, 10)), FormatError, /at least 16 bytes for its shape, got 10/);
    assertThrows(rows(Uint8Array.from([...images, 0])), FormatError, /expected 28 bytes.*got more/);
    assertThrows(rows(new Uint8Array([1, 2, 3])), FormatError, /an IDX file, got one that starts with "01 02 03"/);
    assertThrows(rows(file(7, [1], [1])), FormatError, /an IDX file/);
    assertThrows(rows(file(8, [], [5])), FormatError, /rows along a first axis/);
    assertThrows(rows(file(8, [1, 65536, 65536], [])), FormatError, /rows of at most 268435456 bytes/);
    const pair = (x: Uint8Array, y: Uint8Array) => () => [...Dataset.fromIdx({ images: x, labels: y })];
    assertThrows(pair(images, file(8, [3], [1, 2, 3])), FormatError, /labels: expected 2 as there are images, got 3/);
    assertThrows(pair(file(8, [0, 2, 2], []), labels), FormatError, /labels: expected 0 as there are images, got 2/);
    assertThrows(pair(labels, labels), FormatError, /images: expected grey images of bytes, got the shape \(2,\)/);
    assertThrows(pair(images, images), FormatError, /labels: expected a list of bytes/);
    assertThrows(pair(images, labels.subarray(0, 9)), FormatError, /\[idx labels\] bytes: expected 10 bytes/);
    assertEqual(pair(file(8, [0, 2, 2], []), file(8, [0], []))(), []);
    const packed = gzipSync(images, { mtime: 0 });
    for (let length = 2; length < packed.length; length++) {
      assertThrows(rows(packed.subarray(0, length)), FormatError, /idx/);
    }
    assertThrows(() => Dataset.fromIdx(3 as never), ValueError, /\[idx\] source: expected a path/);
    assertThrows(() => Dataset.fromIdx({ images } as never), ValueError, /source/);
    assertThrows(() => Dataset.fromIdx({ images, labels: 3 } as never), ValueError, /\[idx labels\] source/);
    await assertRejects(
      Dataset.fromIdx("no/such/file").toArray(),
      ValueError,
      /\[idx\] source.*no\/such\/file.*ENOENT/,
    );
    const once = Dataset.fromIdx(new Blob([labels.slice()]).stream());
    await once.toArray();
    await assertRejects(once.toArray(), StateError, /\[idx\] source.*opens it anew/);
  });
  withData(
    test,
    ["fashion-mnist/t10k-images-idx3-ubyte.gz", "fashion-mnist/t10k-labels-idx1-ubyte.gz"],
    "Fashion-MNIST, from its paths",
    async (x, y) => {
      let rows = 0;
      let light = 0;
      const counts = new Int32Array(10);
      for await (const [xs, ys] of Dataset.fromIdx({ images: x, labels: y! }).shuffle(1000, 1).batch(100)) {
        rows += xs.shape[0]!;
        light += xs.reduce((sum, value) => sum + value, 0);
        for (const label of ys) counts[label]! += 1;
      }
      assertEqual([rows, [...counts]], [10_000, new Array(10).fill(1000)]);
      // The mean pixel of the test set, as numpy has it.
      assert(Math.abs(light / rows / 784 - 0.28684928) < 1e-6, String(light / rows / 784));
    },
  );
});
