import { currentLabel, currentScope, enterScope, isTracing, outsideTraces, withLabel } from "../../src/graph/scope.ts";
import { TraceScope } from "../../src/graph/trace.ts";
import { tensor } from "../../src/ops/creation.ts";
import { tracePlan } from "../../src/ops/plan-cache.ts";
import { inferSpecs, runScoped } from "../../src/ops/scopes.ts";
import { producerOf } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fail = (): never => {
  throw new RangeError("stop");
};

suite("graph: scopes", (test) => {
  test("are left again, also when the body throws", () => {
    assertThrows(() => runScoped(fail), RangeError);
    assertThrows(() => tracePlan("test", [], fail), RangeError);
    assertThrows(() => withLabel("a", fail), RangeError);
    assertThrows(() => inferSpecs(fail, []), RangeError);
    assertEqual([currentScope(), currentLabel(), isTracing()], [undefined, "", false]);
  });
  test("labels are paths, and nodes bear them", () => {
    const scope = new TraceScope();
    enterScope(scope, () => {
      withLabel("model", () => {
        tensor([1]).neg();
        withLabel("dense", () => tensor([1]).relu());
      });
    });
    assertEqual(
      scope.nodes.map(({ record, label }) => `${label}: ${record.name}`),
      ["model: neg", "model/dense: relu"],
    );
  });
  test("one variable or tensor is one leaf, however often it is read", () => {
    const scope = new TraceScope();
    const [w, x] = [variable([1]), tensor([2])];
    enterScope(scope, () => w.value().mul(x).add(w).add(x));
    const inputs = scope.nodes.flatMap((node) => node.inputs).filter(({ leaf }) => leaf !== undefined);
    assertEqual([inputs.length, new Set(inputs).size], [4, 2]);
  });
  test("first values are made outside a trace, in the immediate scope around it or in none", () => {
    tracePlan("test", [], () => {
      assertEqual(isTracing(), true);
      assertEqual(
        outsideTraces(() => [isTracing(), tensor([1]).add(1).dataSync()[0]]),
        [false, 2],
      );
      assertEqual(isTracing(), true);
      return [];
    });
    const inside = runScoped(() => {
      const outer = currentScope();
      return inferSpecs(() => outsideTraces(() => currentScope() === outer), []);
    });
    assert(inside, "the scope around the inference");
  });
  test("inferring shapes assigns nothing and keeps nothing", () => {
    const w = variable([1]);
    inferSpecs(() => w.assign(w.value().add(1)), []);
    assertEqual(w.readSync()[0], 1);
  });
  test("how a tensor was made is known in its scope only", () => {
    const y = runScoped(() => {
      const made = tensor([1, 2]).softmax();
      assertEqual([producerOf(made)?.name, producerOf(made)?.inputs.length], ["softmax", 1]);
      return made;
    });
    assertEqual([producerOf(y), runScoped(() => producerOf(y))], [undefined, undefined]);
  });
});
