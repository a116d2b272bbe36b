import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/softmax.ts";

suite("ops: softmax against the oracle", (test) => opTests(test, cases));
