/**
 * What a product can reach at most on this engine: the inner loop of one, 4 rows by 8 columns, over operands that are in the
 * first-level cache, as a module written here byte by byte. Nothing is packed, and nothing comes from further away. Loops
 * that stay in registers reach no more (fused, on Node 24: 43 against 46 GFLOP/s).
 */
import type { Bench } from "../bench.ts";

/** Elements of k in the inner loop: 4 rows of X and 8 columns of W take 12 KB. */
const DEPTH = 256;
const TURNS = 200;

const [I32, V128] = [0x7f, 0x7b];
const [LOOP, END, BR_IF, EMPTY] = [0x03, 0x0b, 0x0d, 0x40];
const [GET, SET, TEE, I32_CONST] = [0x20, 0x21, 0x22, 0x41];
const [I32_ADD, I32_SUB, I32_LT_U] = [0x6a, 0x6b, 0x49];

const leb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))];
/** Constants of i32 are signed LEB128: a value with bit 6 set needs one more byte. */
const signedLeb = (value: number): number[] =>
  value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signedLeb(Math.floor(value / 0x80))];
const simd = (code: number, ...rest: number[]): number[] => [0xfd, ...leb(code), ...rest];
const ADD = simd(0xe4);
const MULTIPLY = simd(0xe6);
const RELAXED_MADD = simd(0x105);
const load = (offset: number): number[] => simd(0x00, 0, ...leb(offset));
const loadSplat = (offset: number): number[] => simd(0x09, 0, ...leb(offset));
const i32 = (value: number): number[] => [I32_CONST, ...signedLeb(value)];

const vector = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];
const text = (name: string): number[] => vector([...name].map((letter) => [letter.charCodeAt(0)]));

/** A function's body: parameter 0 counts its turns, then come `ints` and `vectors` locals. */
function body(ints: number, vectors: number, code: readonly number[]): number[] {
  const content = [
    ...vector([
      [...leb(ints), I32],
      [...leb(vectors), V128],
    ]),
    ...code,
    END,
  ];
  return [...leb(content.length), ...content];
}

/** Adds up the first vectors of a function and stores the sum, so that nothing is optimised away. */
function storeSum(first: number, count: number): number[] {
  const rest = Array.from({ length: count - 1 }, (_, i) => [GET, first + 1 + i, ...ADD]).flat();
  return [...i32(0), GET, first, ...rest, ...simd(0x0b, 0, 0)];
}

const nextTurn = [GET, 0, ...i32(1), I32_SUB, TEE, 0, BR_IF, 0];

/** `sum + x * y`, all of them locals. */
function multiplyAdd(sum: number, x: number, y: number, relaxed: boolean): number[] {
  const factors = [GET, x, GET, y];
  return relaxed
    ? [...factors, GET, sum, ...RELAXED_MADD, SET, sum]
    : [...factors, ...MULTIPLY, GET, sum, ...ADD, SET, sum];
}

function innerLoop(relaxed: boolean): number[] {
  const [x, w, first] = [1, 2, 3];
  const [left, right, row] = [first + 8, first + 9, first + 10];
  const rows = [0, 1, 2, 3].flatMap((i) => [
    ...[GET, x, ...loadSplat(4 * i), SET, row],
    ...multiplyAdd(first + 2 * i, row, left, relaxed),
    ...multiplyAdd(first + 2 * i + 1, row, right, relaxed),
  ]);
  const inner = [
    ...[GET, w, ...load(0), SET, left, GET, w, ...load(16), SET, right, ...rows],
    ...[GET, w, ...i32(32), I32_ADD, SET, w],
    ...[GET, x, ...i32(16), I32_ADD, TEE, x, ...i32(16 * DEPTH), I32_LT_U, BR_IF, 0],
  ];
  const reset = [...i32(0), SET, x, ...i32(16 * DEPTH), SET, w];
  const code = [LOOP, EMPTY, ...reset, LOOP, EMPTY, ...inner, END, ...nextTurn, END];
  return body(2, 11, [...code, ...storeSum(first, 8)]);
}

/** The loop, with or without fused multiply-add; checked before it is timed. */
export function peak(relaxed: boolean): Bench {
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 1, I32, 0]])),
    ...section(3, vector([[0]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector([
        [...text("run"), 0, 0],
        [...text("memory"), 2, 0],
      ]),
    ),
    ...section(10, vector([innerLoop(relaxed)])),
  ];
  return {
    name: "peak",
    flops: 64 * DEPTH * TURNS,
    prepare: () => {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)));
      const run = exports.run as (turns: number) => void;
      const numbers = new Float32Array((exports.memory as WebAssembly.Memory).buffer);
      numbers.fill(1);
      run(1);
      if (numbers[0] !== 8 * DEPTH) throw new Error(`the loop of the peak: expected ${8 * DEPTH}, got ${numbers[0]}`);
      numbers.fill(0);
      return () => run(TURNS);
    },
  };
}
