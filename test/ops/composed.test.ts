import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/composed.ts";

suite("ops: made of others, against the oracle", (test) => opTests(test, cases));
