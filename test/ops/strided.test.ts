import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/strided.ts";

suite("ops: strided against the oracle", (test) => opTests(test, cases));
