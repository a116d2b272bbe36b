import { AGAIN, flagCosts } from "../../bench/models/flag-cost.ts";
import { assert } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** A run in which one and the same step, twice in a round, differs by more than 1 % says more of the machine than of the flag. */
function quietRun(): Readonly<Record<string, number>> {
  for (let run = 1; ; run++) {
    const costs = flagCosts(3000);
    if (Math.abs(costs[AGAIN]! - 1) <= 0.01 || run === 5) return costs;
  }
}

suite("what the training flag costs", (test) => {
  test("W1's step by tape with {training: true} or a selector: at most 2 % more than with the flag in the graph", () => {
    for (const [name, ratio] of Object.entries(quietRun())) assert(ratio <= 1.02, `${name}: ${ratio}`);
  });
});
