import fc from "fast-check";
import { ALIGNMENT, Heap } from "../../src/memory/heap.ts";
import { MemoryError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface Held {
  readonly start: number;
  readonly words: number;
  readonly mark: number;
}

/** Allocate so many words, or free the n-th of what is held. */
const step = fc.oneof(fc.record({ words: fc.integer({ min: 0, max: 30000 }) }), fc.record({ free: fc.nat(100) }));

function checkHeld(heap: Heap, held: readonly Held[]): void {
  const sorted = [...held].sort((a, b) => a.start - b.start);
  sorted.forEach(({ start, words, mark }, i) => {
    assert(start % ALIGNMENT === 0 && start >= 65536, "aligned, behind the kernels' page");
    const next = sorted[i + 1];
    assert(next === undefined || start + Math.max(words * 4, 1) <= next.start, "extents overlap");
    const view = heap.u32.subarray(start >>> 2, (start >>> 2) + words);
    assert(view.length === words && view.every((value) => value === mark), "contents changed");
  });
}

suite("memory: the heap", (test) => {
  test("what is handed out never overlaps and keeps its contents, through growth and reuse", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = new Heap();
        const held: Held[] = [];
        steps.forEach((one, mark) => {
          if ("words" in one) {
            const start = heap.allocate(one.words * 4);
            heap.u32.fill(mark, start >>> 2, (start >>> 2) + one.words);
            held.push({ start, words: one.words, mark });
          } else if (held.length > 0) {
            const [gone] = held.splice(one.free % held.length, 1);
            heap.free(gone!.start);
          }
        });
        checkHeld(heap, held);
        const used = held.reduce(
          (sum, { words }) => sum + Math.max(Math.ceil((words * 4) / ALIGNMENT), 1) * ALIGNMENT,
          0,
        );
        assertEqual(heap.used, used);
        assert(heap.peak >= heap.used && heap.memory.buffer.byteLength >= heap.used);
        for (const { start } of held) heap.free(start);
        assertEqual(heap.used, 0);
        const length = heap.memory.buffer.byteLength;
        heap.allocate(length - 65536);
        assertEqual(heap.memory.buffer.byteLength, length, "free neighbours are one extent");
      }),
      { numRuns: 100, seed: 7 },
    );
  });
  test("views belong to the grown memory", () => {
    const heap = new Heap();
    const first = heap.allocate(64);
    heap.f32[first >>> 2] = 1.5;
    const large = heap.allocate(5 << 20);
    for (const view of [heap.f32, heap.i32, heap.u32]) assert(view.buffer === heap.memory.buffer);
    assertEqual(heap.f32[first >>> 2], 1.5);
    heap.f32[(large >>> 2) + (5 << 18) - 1] = 2;
  });
  test("the first hole that is large enough is used again", () => {
    const heap = new Heap();
    const [a, b, c] = [640, 640, 64].map((bytes) => heap.allocate(bytes));
    heap.free(a!);
    assertEqual(heap.allocate(64), a);
    assertEqual(heap.allocate(576), a! + 64);
    heap.free(b!);
    assertEqual(heap.allocate(641), c! + 64);
    assertEqual(heap.allocate(640), b);
  });
  test("what was not allocated cannot be freed, nor anything twice; more than there is cannot be had", () => {
    const heap = new Heap();
    const a = heap.allocate(64);
    heap.free(a);
    assertThrows(() => heap.free(a), MemoryError, /free: expected an allocated address/);
    assertThrows(() => heap.free(a + 4), MemoryError);
    assertThrows(
      () => heap.allocate(2 ** 32),
      MemoryError,
      /expected \d+ more bytes of linear memory, got none; in use 0 of/,
    );
    assertEqual([heap.used, heap.allocate(64)], [0, a]);
  });
});
