/**
 * Every kernel that may be split gives the same bytes in parts as in one piece: each is called on random memory, whole and
 * cut in two to seven parts, and all of memory is compared. Names of parameters tell what a number means.
 */
import { readFileSync } from "node:fs";
import { kernelSplits } from "../../src/threads/kernel-splits.ts";
import { type Split, splitCall } from "../../src/threads/split.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { builds } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";

const { kernels, memory } = builds.find(({ name }) => name === "simd")!;
const signatures = parameters();

function parameters(): Map<string, string[]> {
  const table = readFileSync(new URL("../../src/runtime/kernel-table.ts", import.meta.url), "utf8");
  const found = [...table.matchAll(/^ {2}(\w+)\(([^)]*)\):/gm)];
  return new Map(found.map(([, name, list]) => [name!, list!.split(", ").map((text) => text.split(":")[0]!)]));
}

/** Sizes that leave rests of every kind; rows of a product are longer than they need be. */
const SIZES: Readonly<Record<string, number>> = {
  n: 421,
  outer: 6,
  inner: 5,
  rows: 11,
  cols: 7,
  C: 9,
  M: 23,
  N: 37,
  K: 19,
  ldx: 40,
  ldw: 44,
  ldy: 48,
  epilogue: 0x11,
  first: 64,
  flags: 3,
};
/** Broadcasting: which loops there are. */
const NESTS: readonly Readonly<Record<string, number>>[] = [
  { n0: 5, n1: 3, n2: 11, a0: 33, a1: 11, a2: 1, b0: 11, b1: 0, b2: 1 },
  { n0: 1, n1: 7, n2: 11, a0: 0, a1: 11, a2: 1, b0: 0, b1: 1, b2: 0 },
  { n0: 1, n1: 1, n2: 421, a0: 0, a1: 0, a2: 1, b0: 0, b1: 0, b2: 0 },
];
/** Smaller where all three sizes of a reduction count. */
const REDUCTION = { outer: 6, n: 70, inner: 5 };
/** Steps of optimizers take elements by fours. */
const FOURS = { n: 420 };
const BLOCK = 16384;
const WHOLE_NUMBERS = /^(labels|indices|iteration|cond)$/;

/** Fills memory with numbers in [0.5, 1.5), or with small integers where a pointer means those. */
function fill(names: readonly string[]): Uint8Array {
  names.forEach((name, i) => {
    const ptr = 65536 + i * BLOCK;
    if (WHOLE_NUMBERS.test(name)) {
      new Int32Array(memory.buffer, ptr, BLOCK / 4).set(testNumbers(BLOCK / 4, i, 0, 5).map(Math.floor));
    } else new Float32Array(memory.buffer, ptr, BLOCK / 4).set(testNumbers(BLOCK / 4, i, 0.5, 1.5));
  });
  return bytesOf(names).slice();
}

const bytesOf = (names: readonly string[]): Uint8Array => new Uint8Array(memory.buffer, 65536, names.length * BLOCK);

function argsFor(names: readonly string[], sizes: Readonly<Record<string, number>>): number[] {
  const isReduction = names.includes("outer") && names.includes("n");
  const known = { ...SIZES, ...(isReduction ? REDUCTION : {}), ...(names.includes("cells") ? FOURS : {}), ...sizes };
  const firstSize = names.findIndex((name) => name in known);
  return names.map((name, i) => {
    if (name in known) return known[name as keyof typeof known]!;
    const isPointer = i < firstSize || /^(ws|cells|learning_rate|clip|cell|scale_in|step)$/.test(name);
    return isPointer ? 65536 + i * BLOCK : 0.75;
  });
}

/** Runs a call whole and in parts from the same memory. */
function compare(name: string, splits: readonly Split[], names: readonly string[], args: readonly number[]): void {
  const kernel = kernels[name as keyof typeof kernels] as (...args: number[]) => void;
  const before = fill(names);
  kernel(...args);
  const whole = bytesOf(names).slice();
  const changed = whole.some((byte, i) => byte !== before[i]);
  assert(changed, `${name} wrote nothing`);
  const ws = names.indexOf("ws");
  let cut = 0;
  for (let parts = 2; parts <= 7; parts++) {
    const split = splitCall(splits, args, parts);
    if (split === undefined) continue;
    cut++;
    bytesOf(names).set(before);
    // The last part first: order must not matter.
    for (const call of [...split.calls].reverse()) kernel(...call);
    const actual = bytesOf(names).slice();
    if (ws >= 0) for (const side of [actual, whole]) side.fill(0, ws * BLOCK, (ws + 1) * BLOCK);
    const at = actual.findIndex((byte, i) => byte !== whole[i]);
    assertEqual(at, -1, `${name} in ${parts} parts: first byte that differs, in ${names[Math.floor(at / BLOCK)]}`);
  }
  assert(cut > 0, `${name} was never cut`);
}

suite("threads: splits", (test) => {
  for (const [name, splits] of Object.entries(kernelSplits)) {
    test(`${name} in parts gives the same bytes`, () => {
      const names = signatures.get(name)!;
      const nests = names.includes("n0") ? NESTS : [{}];
      for (const nest of nests) compare(name, splits, names, argsFor(names, nest));
      // Each way by itself, too.
      for (const split of splits) {
        for (const nest of nests) {
          const args = argsFor(names, nest);
          if (split.when?.some(([arg, value]) => args[arg] !== value) || args[split.dim]! <= split.unit) continue;
          compare(name, [split], names, args);
        }
      }
    });
  }

  test("parts cover the whole, begin at multiples of the unit and are as even as can be", () => {
    for (const size of [1, 63, 64, 65, 128, 1000]) {
      for (const parts of [2, 3, 8]) {
        const split = splitCall([{ dim: 1, unit: 64, moves: [[0, 4]] }], [0, size], parts);
        if (size <= 64) assertEqual(split, undefined);
        else {
          const { calls } = split!;
          assertEqual(calls.length, Math.min(parts, Math.ceil(size / 64)));
          let next = 0;
          for (const [ptr, count] of calls) {
            assertEqual(ptr, next * 4);
            assertEqual(next % 64, 0);
            next += count!;
          }
          assertEqual(next, size);
        }
      }
    }
  });
});
