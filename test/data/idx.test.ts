import { readFileSync } from "node:fs";
import { gzipSync } from "fflate";
import { idx } from "../../src/data/index.ts";
import { FormatError, ValueError } from "../../src/util/errors.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { withData } from "../harness/data.ts";
import { suite } from "../harness/suite.ts";

function file(type: number, shape: readonly number[], body: Uint8Array | number[]): Uint8Array {
  const header = shape.flatMap((dim) => [dim >>> 24, (dim >>> 16) & 255, (dim >>> 8) & 255, dim & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...header, ...body]);
}

const images = file(8, [2, 2, 3], [0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 1]);
const labels = file(8, [2], [7, 255]);

suite("data: idx", (test) => {
  test("a pair of files: images scaled to [0, 1] and labels", () => {
    const made = idx({ images, labels });
    assertEqual([made.count, made.height, made.width], [2, 2, 3]);
    assertEqual([...made.labels], [7, 255]);
    assert(made.labels instanceof Int32Array && made.images instanceof Float32Array);
    assertClose(made.images, [0, 0.2, 0.4, 0.6, 0.8, 1, 1, 0, 0, 0, 0, 1 / 255], { rtol: 1e-7 });
  });
  test("packed with gzip it is the same; ArrayBuffers and views serve too", () => {
    const packed = idx({ images: gzipSync(images), labels: gzipSync(labels) });
    assertEqual(packed, idx({ images, labels }));
    const shifted = new Uint8Array(images.length + 3);
    shifted.set(images, 3);
    assertEqual(idx({ images: shifted.subarray(3), labels: labels.slice().buffer }), packed);
    assertEqual(idx({ images: new DataView(shifted.buffer, 3), labels }), packed);
  });
  test("one file gives the array in the file's own type, big-endian", () => {
    assertEqual(idx(labels), { shape: [2], data: Uint8Array.of(7, 255) });
    assertEqual(idx(file(9, [2], [1, 255])), { shape: [2], data: Int8Array.of(1, -1) });
    assertEqual(idx(file(11, [2], [1, 0, 255, 254])), { shape: [2], data: Int16Array.of(256, -2) });
    assertEqual(idx(file(12, [1, 1], [0, 1, 0, 2])), { shape: [1, 1], data: Int32Array.of(65538) });
    assertEqual(idx(file(13, [1], [0x3f, 0xc0, 0, 0])), { shape: [1], data: Float32Array.of(1.5) });
    assertEqual(idx(file(14, [1], [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])), { shape: [1], data: Float64Array.of(1.5) });
    assertEqual(idx(file(8, [], [5])), { shape: [], data: Uint8Array.of(5) });
  });
  test("the result does not share the file's memory", () => {
    const bytes = labels.slice();
    const { data } = idx(bytes);
    bytes.fill(0);
    assertEqual(data[0], 7);
  });
  test("cut off at every length: FormatError", () => {
    for (let length = 0; length < images.length; length++) {
      assertThrows(() => idx(images.subarray(0, length)), FormatError, /\[idx\] bytes: expected/);
    }
    assertThrows(() => idx(images.subarray(0, 20)), FormatError, /expected 28 bytes for \(2, 2, 3\), got 20/);
    assertThrows(() => idx(Uint8Array.from([...images, 0])), FormatError, /expected 28 bytes.*got 29/);
  });
  test("packed and cut off, or with a flipped bit, at any place: FormatError", () => {
    const packed = gzipSync(images, { mtime: 0 });
    for (let length = 2; length < packed.length; length++) {
      assertThrows(() => idx(packed.subarray(0, length)), FormatError, /idx/);
    }
    for (let at = 10; at < packed.length; at++) {
      const damaged = packed.slice();
      damaged[at]! ^= 16;
      assertThrows(() => idx(damaged), FormatError, /idx/);
    }
  });
  test("foreign files: FormatError with what they start with", () => {
    assertThrows(() => idx(new TextEncoder().encode("<html>")), FormatError, /expected an IDX file.*"3c 68 74 6d"/);
    assertThrows(() => idx(file(7, [1], [1])), FormatError, /expected an IDX file/);
    assertThrows(() => idx(gzipSync(new TextEncoder().encode("not idx"))), FormatError, /expected an IDX file/);
    assertThrows(() => idx(new Uint8Array(0)), FormatError);
  });
  test("a header that promises far too much makes no array", () => {
    assertThrows(() => idx(file(14, [2 ** 31, 2 ** 31], [])), FormatError, /cut off or damaged/);
    const bomb = gzipSync(labels);
    new DataView(bomb.buffer).setUint32(bomb.length - 4, 0xfffffff0, true);
    assertThrows(() => idx(bomb), FormatError, /too early/);
  });
  test("files that do not belong together: FormatError", () => {
    assertThrows(() => idx({ images, labels: file(8, [3], [1, 2, 3]) }), FormatError, /labels: expected 2.*got 3/);
    assertThrows(() => idx({ images: labels, labels: images }), FormatError, /images: expected grey images/);
    assertThrows(() => idx({ images, labels: images }), FormatError, /labels: expected a list/);
  });
  test("what is no bytes: ValueError", () => {
    assertThrows(() => idx("train-images" as never), ValueError, /Uint8Array/);
    assertThrows(() => idx({ images, labels: null } as never), ValueError, /idx labels/);
  });
  const real = ["fashion-mnist/t10k-images-idx3-ubyte.gz", "fashion-mnist/t10k-labels-idx1-ubyte.gz"];
  withData(test, real, "Fashion-MNIST's test files", (imagesPath, labelsPath) => {
    const made = idx({ images: readFileSync(imagesPath), labels: readFileSync(labelsPath!) });
    assertEqual([made.count, made.height, made.width, made.images.length], [10000, 28, 28, 7840000]);
    const counts = new Array<number>(10).fill(0);
    for (const label of made.labels) counts[label]! += 1;
    assertEqual(counts, new Array(10).fill(1000));
    assert(made.images.every((value) => value >= 0 && value <= 1));
  });
});
