import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/arithmetic.ts";

suite("ops: arithmetic against the oracle", (test) => opTests(test, cases));
