import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/random.ts";

suite("ops: random against the oracle", (test) => opTests(test, cases));
