import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/arranging.ts";

suite("ops: arranging against the oracle", (test) => opTests(test, cases));
