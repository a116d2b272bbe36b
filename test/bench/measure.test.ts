/** The way benchmarks measure, on functions whose times are known. */
import type { Bench } from "../../bench/bench.ts";
import { peak } from "../../bench/kernels/peak.ts";
import { inTurns, measure, show, spreadOf } from "../../bench/measure.ts";
import { supportsRelaxedSimd } from "../../src/runtime/probe.ts";
import { assert, assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const BRIEF = { seconds: 0.005, rounds: 3, tries: 1 };

/** Keeps the processor busy, by the clock. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const bench = (name: string, milliseconds: number, elements: number): Bench => ({
  name,
  elements,
  prepare: () => () => busy(milliseconds),
});

suite("bench: measuring", (test) => {
  test("median and quartiles", () => {
    assertEqual(spreadOf([9, 1, 5, 3, 7, 2, 8, 4, 6]), { median: 5, low: 3, high: 7 });
    assertEqual(spreadOf([2]), { median: 2, low: 2, high: 2 });
  });

  test("a comparison gives each side's time and rate, and rates by the first side's", async () => {
    const sides = [bench("one", 1, 1000), bench("two", 2, 1000), bench("both", 2, 4000)];
    const results = await measure({ name: "busy", sides }, { ...BRIEF, rounds: 1 });
    assertEqual(
      results.map(({ name }) => name),
      ["busy: one", "busy: two", "busy: both"],
    );
    // Nothing busy can take less than the clock says; how much more it takes is the machine's matter.
    for (const [i, least] of [1, 2, 2].entries()) assert(results[i]!.milliseconds.low >= least * 0.999);
    const [one, two] = results;
    assertEqual(one!.ratio, undefined);
    for (const [i, { milliseconds, megaelementsPerSecond, ratio }] of results.entries()) {
      const rate = sides[i]!.elements! / milliseconds.median / 1e3;
      assertClose(megaelementsPerSecond!, rate, { rtol: 1e-12 });
      if (i > 0) assertClose(ratio!.median, rate / one!.megaelementsPerSecond!, { rtol: 1e-12 });
    }
    assert(/^busy: two +\S+ ms .* Me\/s +\d+\.\d+x one/.test(show(two!)), show(two!));
  });

  test("sides take turns, each round from another one on; one that waits is waited for, one may time itself", async () => {
    const order: string[] = [];
    const waits = async (): Promise<void> => {
      order.push("waits");
      await new Promise((resolve) => setTimeout(resolve, 6));
    };
    const own = {
      time: async (seconds: number): Promise<number> => {
        order.push(`own ${seconds}`);
        return 0.25;
      },
    };
    const { times } = await inTurns([waits, own], BRIEF);
    assertEqual(times.length, 3);
    for (const [waited, given] of times) assert(waited! >= 0.0049 && given === 0.25);
    const runs = order.slice(order.lastIndexOf("own 0.3") + 1);
    assertEqual(runs, ["waits", "own 0.005", "own 0.005", "waits", "waits", "own 0.005"]);
  });

  test("the loop of the peak computes what it shall, fused or not", async () => {
    for (const relaxed of supportsRelaxedSimd() ? [false, true] : [false]) (await peak(relaxed).prepare())();
  });
});
