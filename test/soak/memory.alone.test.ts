import { suite } from "../harness/suite.ts";
import { below, GROWTH_LIMIT, MB, runScript } from "./run-script.ts";

/**
 * V8 doubles its young generation, 16 MB at a step, when enough survives between two of its collections, and on a loaded
 * machine that can happen at any time. What it reserves for short-lived objects is nothing the library keeps, so the size is fixed.
 */
const FIXED_YOUNG_GENERATION = ["--min-semi-space-size=1", "--max-semi-space-size=1"];

/**
 * glibc gives each thread a heap of its own and keeps what was freed there, by V8's helper threads for one; how many heaps there
 * are is chance. With one, 14 runs of the predictions on Node 24 grew by 1.6 MB at most, without by 3.4, once by 7.5.
 */
const ONE_HEAP = { MALLOC_ARENA_MAX: "1" };

function run(script: string, ...args: string[]): Record<string, number> {
  return runScript(script, args, ["--expose-gc", ...FIXED_YOUNG_GENERATION], ONE_HEAP);
}

suite("memory over long runs", (test) => {
  for (const [kind, text] of [
    ["train", "10,000 W1 steps"],
    ["predict", "10,000 predicts"],
    ["tape", "2,000 tape steps"],
    ["callbacks", "10,000 steps of fit with every callback on"],
  ] as const) {
    test(`${text}: over the last 80 % RSS grows by less than 5 MB and memory().total by nothing`, () => {
      const growth = kind === "callbacks" ? run("callbacks.ts") : run("flat-memory.ts", kind);
      below("RSS", growth.rss!, GROWTH_LIMIT);
      if (growth.total !== 0) throw new Error(`memory().total: expected no growth, got ${growth.total} bytes.`);
    });
  }

  test("2,000 models of 4 MB dropped in one loop: memory().total <= 320 MB, RSS <= 800 MB", () => {
    const { rss, total, linear } = run("many-models.ts");
    below("memory().total", total!, 320 * MB);
    below("linear memory", linear!, 320 * MB);
    below("RSS", rss!, 800 * MB);
  });
});
