import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/trigonometry.ts";

suite("ops: trigonometry against the oracle", (test) => opTests(test, cases));
