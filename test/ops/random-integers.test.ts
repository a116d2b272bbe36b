import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/random-integers.ts";

suite("ops: random integers against the oracle", (test) => opTests(test, cases));
