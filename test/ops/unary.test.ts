import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/unary.ts";

suite("ops: unary against the oracle", (test) => opTests(test, cases));
