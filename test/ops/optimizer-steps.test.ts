import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/optimizer-steps.ts";

suite("ops: optimizer-steps against the oracle", (test) => opTests(test, cases));
