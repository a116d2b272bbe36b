import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/shaping.ts";

suite("ops: shaping against the oracle", (test) => opTests(test, cases));
