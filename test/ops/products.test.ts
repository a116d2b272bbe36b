import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/products.ts";

suite("ops: products against the oracle", (test) => opTests(test, cases));
