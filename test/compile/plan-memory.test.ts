import fc from "fast-check";
import { batchOf, type Workload, w1, w2 } from "../../bench/models/workloads.ts";
import { Plan } from "../../src/compile/plan.ts";
import { type Block, planMemory } from "../../src/compile/plan-memory.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const block = fc
  .record({ lines: fc.integer({ min: 1, max: 40 }), start: fc.nat(30), length: fc.nat(12) })
  .map(({ lines, start, length }): Block => ({ bytes: lines * 64, start, end: start + length, offset: -1 }));

const overlap = (a: Block, b: Block): boolean => a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
const together = (a: Block, b: Block): boolean => a.start <= b.end && b.start <= a.end;

/** The most bytes needed at one time: no layout can be smaller. */
function leastBytes(blocks: readonly Block[]): number {
  const moments = blocks.map(({ start }) => start);
  const needed = moments.map((t) =>
    blocks.filter(({ start, end }) => start <= t && t <= end).reduce((sum, { bytes }) => sum + bytes, 0),
  );
  return Math.max(0, ...needed);
}

/** The blocks of a workload's training step. */
function blocksOfStep(workload: Workload): Block[] {
  const { run } = Plan.prototype;
  let plan: Plan | undefined;
  Plan.prototype.run = function (inputs) {
    plan = this;
    run.call(this, inputs);
  };
  try {
    const { x, y } = batchOf(workload);
    workload.model().trainOnBatch(x, y);
  } finally {
    Plan.prototype.run = run;
  }
  const { blocks, workspaces } = plan!.assignment;
  return [...new Set([...blocks.values(), ...workspaces.values()])];
}

suite("compile: places in the arena", (test) => {
  test("blocks alive at one time never overlap, and all lie within the arena", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 40 }), (blocks) => {
        const { bytes, unshared } = planMemory(blocks, true);
        blocks.forEach((a, i) => {
          assert(a.offset >= 0 && a.offset % 64 === 0 && a.offset + a.bytes <= bytes);
          for (const b of blocks.slice(i + 1)) assert(!together(a, b) || !overlap(a, b), "two living blocks overlap");
        });
        assert(bytes >= leastBytes(blocks) && bytes <= unshared);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
  test("random blocks take 2 % more than what is needed at one time, training steps a thousandth", () => {
    const layouts = fc.sample(fc.array(block, { minLength: 30, maxLength: 30 }), { numRuns: 200, seed: 7 });
    const excess = layouts.map((blocks) => planMemory(blocks, true).bytes / leastBytes(blocks));
    const mean = excess.reduce((sum, ratio) => sum + ratio, 0) / excess.length;
    assert(mean < 1.02, `on average ${mean} times the least`);
    for (const workload of [w1, w2]) {
      const blocks = blocksOfStep(workload);
      const ratio = planMemory(blocks, true).bytes / leastBytes(blocks);
      assert(ratio <= 1.001, `${workload.name}: ${ratio} times the least`);
    }
  });
  test("without sharing no two blocks overlap at all", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const { bytes, unshared } = planMemory(blocks, false);
        assertEqual(bytes, unshared);
        blocks.forEach((a, i) => {
          for (const b of blocks.slice(i + 1)) assert(!overlap(a, b));
        });
      }),
      { numRuns: 100, seed: 7 },
    );
  });
  test("the layout depends on the blocks alone", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const again = blocks.map((one) => ({ ...one }));
        planMemory(blocks, true);
        planMemory(again, true);
        assertEqual(again, blocks);
      }),
      { numRuns: 50, seed: 7 },
    );
  });
  test("a chain of values of one size needs two places", () => {
    const chain = Array.from({ length: 10 }, (_, i): Block => ({ bytes: 64, start: i, end: i + 1, offset: 0 }));
    assertEqual(planMemory(chain, true), { bytes: 128, unshared: 640 });
  });
});
