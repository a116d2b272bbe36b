import { readFileSync } from "node:fs";
import { compress } from "lzma";
import { wasmInline } from "../../build/wasm-inline.js";
import { unpackLzma } from "../../src/runtime/lzma.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { integers } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";

/** What precedes the raw stream in a .lzma file. */
const HEADER = 13;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The characters that stand for six bits in a packed text. */
const DIGITS = "#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abc";

const asText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("base64")
    .replace(/=/g, "")
    .replace(/./g, (character) => DIGITS[BASE64.indexOf(character)]!);

function roundTrip(bytes: Uint8Array, size: number = bytes.length): Uint8Array {
  const packed = asText(Uint8Array.from(compress(bytes, 9)).subarray(HEADER));
  return unpackLzma(wasmInline.unpacker, packed, size);
}

suite("LZMA", (test) => {
  test("unpacks what an encoder made: random bytes, runs, far repeats, long distances", () => {
    const noise = Uint8Array.from(integers(3000, 1, 0, 255));
    const far = new Uint8Array(200_000);
    for (let i = 0; i < far.length; i++) far[i] = i % 70_001 < 400 ? (i % 70_001) & 255 : noise[i % 977]! & (i >> 12);
    const cases = [Uint8Array.of(7), noise, new Uint8Array(5000), Uint8Array.from([...noise, ...noise, ...noise]), far];
    for (const bytes of cases) assertEqual([...roundTrip(bytes)], [...bytes]);
  });
  test("stops after the size asked for", () => {
    const bytes = Uint8Array.from(integers(1000, 2, 0, 3));
    assertEqual([...roundTrip(bytes, 333)], [...bytes.subarray(0, 333)]);
    assertEqual(roundTrip(bytes, 0).length, 0);
  });
  test("the inline kernels are the bytes of both builds", () => {
    const { unpacker, packed, lengths } = wasmInline;
    const bytes = unpackLzma(unpacker, packed, lengths.simd + lengths.relaxed);
    const files = ["simd", "relaxed"].map((name) => readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));
    assert(Buffer.concat(files).equals(bytes), "both builds, one after the other");
  });
});
