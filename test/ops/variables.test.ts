import { packVariables } from "../../src/graph/variable.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import { Variable, variable } from "../../src/ops/variable.ts";
import { DTypeError, ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("variables", (test) => {
  test("made of arrays, tensors, other variables; converted to a dtype given", () => {
    const a = variable([1, 2], { name: "a", trainable: false });
    assertEqual([a.name, a.trainable, a.dtype, a.shape, a.size], ["a", false, "float32", [2], 2]);
    assertEqual(variable(a).readSync(), Float32Array.of(1, 2));
    assertEqual(variable([1.5], { dtype: "int32" }).readSync(), Int32Array.of(1));
    assertEqual(variable(tensor([1.5, 0]), { dtype: "int32" }).readSync(), Int32Array.of(1, 0));
    assertEqual(variable(tensor([1.5, 0]), { dtype: "bool" }).readSync(), Uint8Array.of(1, 0));
    assertEqual(variable(tensor([], [0, 3])).shape, [0, 3]);
  });
  test("what is read is a copy, and so is the value", () => {
    const a = variable([1, 2]);
    const before = a.value();
    a.readSync()[0] = 9;
    a.assign([3, 4]);
    assertEqual(
      [before.arraySync(), a.value().arraySync()],
      [
        [1, 2],
        [3, 4],
      ],
    );
  });
  test("stand wherever tensors stand", () => {
    const a = variable([1, 2]);
    assertEqual(tensor([10, 20]).add(a).arraySync(), [11, 22]);
    a.assign(a.value().mul(a));
    assertEqual(a.value().arraySync(), [1, 4]);
    a.assign(variable([5, 6]));
    assertEqual(a.value().arraySync(), [5, 6]);
  });
  test("assigned within a scope: seen at once, written at its end", () => {
    const a = variable([1, 2]);
    const seen = runScoped(() => {
      a.assign(a.value().add(1));
      a.assign(a.value().mul(10));
      return { inside: a.value(), memory: [...a.readSync()] };
    });
    assertEqual(
      [seen.inside.arraySync(), seen.memory, a.value().arraySync()],
      [
        [20, 30],
        [1, 2],
        [20, 30],
      ],
    );
  });
  test("a scope that throws leaves every variable as it was", () => {
    const [a, b] = [variable([1]), variable([2])];
    assertThrows(
      () =>
        runScoped(() => {
          a.assign([5]);
          b.assign(a.value().add(b));
          throw new RangeError("stop");
        }),
      RangeError,
    );
    assertEqual([...a.readSync(), ...b.readSync()], [1, 2]);
  });
  test("two variables swapped in a scope", () => {
    const [a, b] = [variable([1]), variable([2])];
    runScoped(() => {
      const [x, y] = [a.value(), b.value()];
      a.assign(y);
      b.assign(x);
    });
    assertEqual([...a.readSync(), ...b.readSync()], [2, 1]);
  });
  test("bad values: shape, dtype, nothing, and unusable options", () => {
    const a = variable([1, 2], { name: "w" });
    assertThrows(
      () => a.assign([1, 2, 3]),
      ShapeError,
      /^\[variable "w"\] assign: expected shape \(2,\), got \(3,\)\.$/,
    );
    assertThrows(
      () => a.assign(tensor([1, 2], [2], "int32")),
      DTypeError,
      /^\[variable "w"\] assign: expected dtype float32, got int32\.$/,
    );
    assertThrows(() => a.assign(null as never), ValueError);
    assertThrows(() => a.assign(undefined as never), ValueError);
    assertThrows(() => variable([1], { name: 3 as never }), ValueError, /name: expected a string, got 3/);
    assertThrows(() => variable([1], { trainable: 1 as never }), ValueError, /trainable: expected a boolean, got 1/);
    assertThrows(() => variable([1], { dtype: "float" as never }), DTypeError);
    assertThrows(
      () => variable([1], { trainble: true } as never),
      ValueError,
      /got "trainble"\. Did you mean "trainable"/,
    );
    assertEqual(a.readSync(), Float32Array.of(1, 2));
  });
  test("dispose may be called twice; use afterwards is a StateError, also beside others in one storage", () => {
    const [a, b] = [variable([1], { name: "a" }), variable([2], { name: "b" })];
    packVariables([a, b], "variables");
    a.dispose();
    a.dispose();
    const text = /^\[variable "a"\] expected a variable in use, got one after dispose\(\)\.$/;
    assertThrows(() => a.readSync(), StateError, text);
    assertThrows(() => a.value(), StateError, text);
    assertThrows(() => a.assign([3]), StateError, text);
    assertThrows(() => tensor([1]).add(a), StateError, text);
    assertEqual([b.readSync()[0], b.value().add(1).item()], [2, 3]);
    b.dispose();
    assertThrows(() => b.readSync(), StateError);
    assert(a instanceof Variable);
  });
});
