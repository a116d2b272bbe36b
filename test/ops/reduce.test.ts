import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/reduce.ts";

suite("ops: reduce against the oracle", (test) => opTests(test, cases));
