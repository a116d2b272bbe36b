import { flagCosts } from "../../bench/models/flag-cost.ts";
import { assert } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("what the training flag costs", (test) => {
  test("W1's step by tape with {training: true} or a selector: at most 2 % more than with the flag in the graph", () => {
    for (const [name, ratio] of Object.entries(flagCosts(3000))) assert(ratio <= 1.02, `${name}: ${ratio}`);
  });
});
