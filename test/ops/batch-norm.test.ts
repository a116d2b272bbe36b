import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/batch-norm.ts";

suite("ops: batch-norm against the oracle", (test) => opTests(test, cases));
