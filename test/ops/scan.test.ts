import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/scan.ts";

suite("ops: scan against the oracle", (test) => opTests(test, cases));
