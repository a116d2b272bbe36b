import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/indexing.ts";

suite("ops: indexing against the oracle", (test) => opTests(test, cases));
