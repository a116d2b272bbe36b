import { opTests } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { cases } from "./cases/keras-activations.ts";

suite("activations against the oracle", (test) => opTests(test, cases));
