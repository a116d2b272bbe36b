import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/sort.ts";

suite("ops: sort against the oracle", (test) => opTests(test, cases));
