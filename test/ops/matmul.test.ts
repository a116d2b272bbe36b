import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/matmul.ts";

suite("ops: matmul against the oracle", (test) => opTests(test, cases));
