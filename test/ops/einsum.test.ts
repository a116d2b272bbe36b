import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/einsum.ts";

suite("ops: einsum against the oracle", (test) => opTests(test, cases));
