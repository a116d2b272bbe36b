import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/activations.ts";

suite("ops: activations against the oracle", (test) => opTests(test, cases));
