import fc from "fast-check";
import { wordsOf } from "../../src/graph/spec.ts";
import { tensor } from "../../src/ops/creation.ts";
import { type HostArray, PlanCache } from "../../src/ops/plan-cache.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { Variable } from "../../src/ops/variable.ts";
import { assert, assertBitEqual } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { runAllWays, withSettings } from "../harness/op-test.ts";
import { applySteps, resultsOf, SIDE, stepsArbitrary } from "../harness/random-graph.ts";
import { suite } from "../harness/suite.ts";

const inputs = [1, 2].map((seed) => tensor(testNumbers(SIDE * SIDE, seed), [SIDE, SIDE]));
const args: HostArray[] = inputs.map((input) => ({ data: input.dataSync(), shape: input.shape, dtype: input.dtype }));

/** Variables that a graph reads and writes. */
function variables(): Variable[] {
  return [3, 4, 5].map((seed) => new Variable(tensor(testNumbers(SIDE * SIDE, seed), [SIDE, SIDE])));
}

const bits = (list: readonly Variable[]): number[] => list.flatMap((variable) => [...variable.readSync()]);

suite("compile: random graphs", (test) => {
  test("values and gradients have the same bits in plans, without sharing, without fusion, and immediately", () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        runAllWays((given) => resultsOf(steps, given), inputs, steps.map(({ op }) => op).join());
      }),
      { numRuns: 250, seed: 11 },
    );
  });
  test("so have variables that are read and assigned in any order", () => {
    const effects = fc.array(fc.record({ target: fc.nat(2), source: fc.nat(8), early: fc.boolean() }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(stepsArbitrary, effects, (steps, assignments) => {
        const program =
          (cells: readonly Variable[]) =>
          (given: readonly Tensor[]): Tensor[] => {
            const assign = (values: readonly Tensor[], when: boolean): void => {
              for (const { target, source, early } of assignments) {
                if (early === when) cells[target]!.assign(values[source % values.length]!);
              }
            };
            assign([...given, ...cells.map((cell) => cell.value())], true);
            const values = applySteps(steps, [...given, ...cells.map((cell) => cell.value())]);
            assign(values, false);
            return [values.at(-1)!, cells[0]!.value()];
          };
        const cells = variables();
        const expected = [1, 2].map(() => [
          ...runScoped(() => program(cells)(inputs)).map((x) => x.dataSync()),
          bits(cells),
        ]);
        for (const changes of [{}, { plan: false }, { fuse: false }]) {
          withSettings(changes, () => {
            const own = variables();
            const cache = new PlanCache();
            for (const run of expected) {
              const results = cache.run("test", args, program(own));
              [...results.map((x) => x.dataSync()), bits(own)].forEach((values, i) => {
                assertBitEqual(values, run[i]!, `${JSON.stringify(changes)}, result ${i}`);
              });
            }
            cache.clear();
            for (const variable of own) variable.dispose();
          });
        }
        for (const variable of cells) variable.dispose();
      }),
      { numRuns: 150, seed: 12 },
    );
  });
  test("a plan's blocks are as large as their values, and stay apart while both are needed", () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        const cache = new PlanCache();
        const plan = cache.plan("test", args, (given) => resultsOf(steps, given));
        const { blocks, layout } = plan.assignment;
        for (const [value, block] of blocks) {
          assert(block.bytes >= wordsOf(value) * 4 && block.offset + block.bytes <= layout.bytes);
        }
        cache.clear();
      }),
      { numRuns: 50, seed: 13 },
    );
  });
});
