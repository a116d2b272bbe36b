import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/selecting.ts";

suite("ops: selecting against the oracle", (test) => opTests(test, cases));
