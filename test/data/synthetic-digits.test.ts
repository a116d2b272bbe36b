import { syntheticDigits } from "../../src/data/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** FNV-1a over the bits. */
function hash(values: Float32Array | Int32Array): string {
  let h = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    h = Math.imul(h ^ byte, 0x01000193);
  }
  return (h >>> 0).toString(16);
}

suite("data: syntheticDigits", (test) => {
  test("shapes, ranges, and every digit equally often", () => {
    const { images, labels, count, size, height, width } = syntheticDigits({ count: 95, size: 16, seed: 3 });
    assertEqual([count, size, height, width, images.length, labels.length], [95, 16, 16, 16, 95 * 256, 95]);
    assert(images.every((value) => value >= 0 && value <= 1));
    for (let start = 0; start + 10 <= 95; start += 10) {
      assertEqual([...labels.subarray(start, start + 10)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });
  test("equal bits on every engine", () => {
    const { images, labels } = syntheticDigits({ count: 60, seed: 1 });
    assertEqual([hash(images), hash(labels)], ["da10ced6", "c2e4f5"]);
  });
  test("image i depends on the seed and i alone", () => {
    const few = syntheticDigits({ count: 13, size: 12, seed: 9 });
    const many = syntheticDigits({ count: 40, size: 12, seed: 9 });
    assertEqual(many.images.slice(0, few.images.length), few.images);
    assertEqual(many.labels.slice(0, 13), few.labels);
    assert(hash(syntheticDigits({ count: 13, size: 12, seed: 10 }).images) !== hash(few.images));
  });
  test("no two images are alike, and each has ink and paper", () => {
    const size = 20;
    const { images } = syntheticDigits({ count: 300, size, seed: 2 });
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const image = images.slice(i * size * size, (i + 1) * size * size);
      seen.add(hash(image));
      const ink = image.filter((value) => value > 0.35).length / image.length;
      assert(ink > 0.02 && ink < 0.5, `image ${i}: share of ink ${ink}`);
    }
    assertEqual(seen.size, 300);
  });
  test("none, and bad options", () => {
    assertEqual(syntheticDigits({ count: 0 }).images.length, 0);
    assertThrows(() => syntheticDigits({ count: -1 }), ValueError, /count/);
    assertThrows(() => syntheticDigits({ count: 2.5 }), ValueError, /count/);
    assertThrows(() => syntheticDigits({ count: 1, size: 4 }), ValueError, /size/);
    assertThrows(() => syntheticDigits({ count: 1, seed: -1 }), ValueError, /seed/);
    assertThrows(() => syntheticDigits({ count: 1, sed: 1 } as never), ValueError, /Did you mean "seed"/);
  });
});
