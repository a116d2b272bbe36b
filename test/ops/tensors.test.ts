import { compile } from "../../src/autodiff/compile.ts";
import { withLabel } from "../../src/graph/scope.ts";
import { input } from "../../src/layers/core/input-layer.ts";
import { eye, fill, linspace, oneHot, ones, range, scalar, tensor, zeros } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { tracePlan } from "../../src/ops/plan-cache.ts";
import { inferSpecs, runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { MemoryError, StateError, TraceError, ValueError } from "../../src/util/errors.ts";
import { assert, assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const specOf = ({ dtype, shape }: Tensor): unknown[] => [dtype, shape];
const int = tensor([1, -2], [2], "int32");
const uint = tensor([1, 2], [2], "uint32");
const bool = tensor([true, false]);
const float = tensor([1.5, -2]);

suite("tensors: what goes in", (test) => {
  test("numbers, nested arrays, booleans, typed arrays, rows of typed arrays", () => {
    assertEqual(specOf(tensor(3)), ["float32", []]);
    assertEqual(specOf(tensor([[1, 2, 3]])), ["float32", [1, 3]]);
    assertEqual(specOf(tensor([])), ["float32", [0]]);
    assertEqual(specOf(tensor([[], []])), ["float32", [2, 0]]);
    assertEqual(specOf(tensor([[true], [false]])), ["bool", [2, 1]]);
    assertEqual(specOf(tensor(new Float64Array(3))), ["float32", [3]]);
    assertEqual(specOf(tensor(new Uint8Array(3))), ["int32", [3]]);
    assertEqual(specOf(tensor(new Uint32Array(3))), ["uint32", [3]]);
    assertEqual(specOf(tensor([new Int32Array(3), new Int32Array(3)])), ["int32", [2, 3]]);
    assertEqual(tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)]).arraySync(), [
      [1, 2],
      [3, 4],
    ]);
  });
  test("a shape and a dtype given: integers are truncated, all but 0 is true", () => {
    assertEqual(tensor([1, 2, 3, 4], [2, 2]).arraySync(), [
      [1, 2],
      [3, 4],
    ]);
    assertEqual(tensor([1.9, -1.9], [2], "int32").dataSync(), Int32Array.of(1, -1));
    assertEqual(tensor([2, 0], [2], "bool").arraySync(), [true, false]);
    assertEqual(tensor([true, false], [2], "float32").dataSync(), Float32Array.of(1, 0));
  });
  test("data are copied: what is changed afterwards does not matter", () => {
    const data = Float32Array.of(1, 2);
    const x = tensor(data);
    data[0] = 9;
    x.dataSync()[1] = 9;
    assertEqual(x.dataSync(), Float32Array.of(1, 2));
  });
  test("a tensor passes through, with another shape or dtype if asked", () => {
    assert(tensor(float) === float);
    assertEqual(specOf(tensor(float, [2, 1], "int32")), ["int32", [2, 1]]);
  });
  test("makers", () => {
    assertEqual(zeros([2, 0]).shape, [2, 0]);
    assertEqual(ones([2], "bool").arraySync(), [true, true]);
    assertEqual(fill([2], 7, "uint32").dataSync(), Uint32Array.of(7, 7));
    assertEqual(eye(2, 3).arraySync(), [
      [1, 0, 0],
      [0, 1, 0],
    ]);
    assertEqual(range(5, 0, -2).arraySync(), [5, 3, 1]);
    assertEqual(range(0, 3, 1, "int32").dataSync(), Int32Array.of(0, 1, 2));
    assertEqual(linspace(0, 1, 3).arraySync(), [0, 0.5, 1]);
    assertEqual(linspace(2, 1, 1).arraySync(), [2]);
    assertEqual(scalar(true).dtype, "bool");
    assertEqual(oneHot([1, 0], 2).arraySync(), [
      [0, 1],
      [1, 0],
    ]);
  });
});

suite("tensors: dtypes of results", (test) => {
  test("arithmetic: float32 wins, then uint32, then int32; bools count as int32", () => {
    const table: [Tensor, Tensor, string][] = [
      [float, int, "float32"],
      [int, float, "float32"],
      [int, int, "int32"],
      [int, uint, "uint32"],
      [bool, int, "int32"],
      [bool, bool, "int32"],
      [bool, float, "float32"],
    ];
    for (const [a, b, dtype] of table) assertEqual(a.add(b).dtype, dtype, `${a.dtype} + ${b.dtype}`);
  });
  test("a plain number joins integers when it is one, else makes floats", () => {
    assertEqual(
      [int.add(1).dtype, int.mul(0.5).dtype, uint.add(1).dtype, bool.add(1).dtype],
      ["int32", "float32", "uint32", "float32"],
    );
    assertEqual([float.add(1).dtype, int.div(2).dtype, int.pow(2).dtype], ["float32", "float32", "int32"]);
    // Beyond int32: a float again, instead of the number that its last bits make.
    assertEqual(int.less(3e9).arraySync(), [true, true]);
    assertEqual(int.mul(2 ** 31).arraySync(), [2 ** 31, -(2 ** 32)]);
  });
  test("a choice between bools and numbers keeps the numbers, as in NumPy", () => {
    const seven = tensor([5, 7], [2], "int32");
    assertEqual(ops.where(bool, bool, seven).dataSync(), Int32Array.of(1, 7));
    assertEqual(ops.where(bool, seven, bool).dataSync(), Int32Array.of(5, 0));
    assertEqual(ops.where(bool, bool, bool).dtype, "bool");
  });
  test("bools are 0 or 1, whatever they are filled or padded with", () => {
    assertEqual(fill([2], 5, "bool").sum().item(), 2);
    assertEqual(fill([2], 0.5, "bool").arraySync(), [true, true]);
    assertEqual(ops.pad(bool, 1, "constant", 5).sum().item(), 3);
  });
  test("comparisons and logic give bool, sums of bool int32, places int32, means float32", () => {
    assertEqual([float.less(int).dtype, bool.logicalNot().dtype, int.any().dtype], ["bool", "bool", "bool"]);
    assertEqual(
      [bool.sum().dtype, int.sum().dtype, float.argMax().dtype, int.mean().dtype],
      ["int32", "int32", "int32", "float32"],
    );
    assertEqual(
      [int.neg().dtype, int.exp().dtype, ops.where(bool, int, int).dtype, ops.where(bool, int, 0.5).dtype],
      ["int32", "float32", "int32", "float32"],
    );
  });
  test("integers are exact beyond what float32 holds, and wrap", () => {
    const big = tensor([16777217, 2147483647], [2], "int32");
    assertEqual(big.add(2).dataSync(), Int32Array.of(16777219, -2147483647));
    assertEqual(big.sum().item(), -2130706432);
    assertEqual(big.less(tensor([16777218, 0], [2], "int32")).arraySync(), [true, false]);
  });
  test("the least integer divided by −1 wraps, as in NumPy; so nothing remains", () => {
    const least = tensor([-(2 ** 31), -7, 7], [3], "int32");
    assertEqual(least.floorDiv([-1, 2, -2]).dataSync(), Float32Array.of(2 ** 31, -4, -4));
    assertEqual(least.floorDiv(-1).dataSync(), Int32Array.of(-(2 ** 31), 7, -7));
    assertEqual(least.mod(-1).dataSync(), Int32Array.of(0, 0, 0));
  });
  test("divided by infinity: −1 with the divisor as rest where signs differ, as in NumPy", () => {
    const [x, y] = [tensor([-1, 1, 5, 0]), [Infinity, -Infinity, Infinity, -Infinity]];
    assertEqual(x.floorDiv(y).dataSync(), Float32Array.of(-1, -1, 0, -0));
    assertEqual(x.mod(y).dataSync(), Float32Array.of(Infinity, -Infinity, 5, 0));
    assertEqual(tensor([Infinity, -Infinity]).floorDiv(2).dataSync(), Float32Array.of(Number.NaN, Number.NaN));
  });
  test("rests are exact however large the quotient is", () => {
    const x = tensor([3.4e38, 3.4e38, -3.4e38, -3.4e38, 3e30, -7.5, 7.5, Infinity, 1]);
    const rests = x.mod([100, -100, 100, 2.5, 7, 2, -2, 3, 0]).dataSync();
    assertEqual(rests, Float32Array.of(4, -96, 96, 1, 6, 0.5, -0.5, Number.NaN, Number.NaN));
  });
  test("any power of 1 is 1, and so are the infinite ones of −1, as in C", () => {
    const y = tensor([1, 1, 1, -1, -1, -1]).pow([Number.NaN, Infinity, -Infinity, Infinity, -Infinity, Number.NaN]);
    assertEqual(y.dataSync(), Float32Array.of(1, 1, 1, 1, 1, Number.NaN));
  });
  test("floats become unsigned up to 2^32, below 0 zero, as in JAX", () => {
    const x = tensor([3e9, 4.2e9, -1, Number.NaN, 5e9, 7.9]);
    assertEqual(x.cast("uint32").dataSync(), Uint32Array.of(3e9, 4.2e9, 0, 0, 2 ** 32 - 1, 7));
  });
  test("unsigned integers are compared as such", () => {
    const [a, b] = [tensor([4000000000, 1, 7], [3], "uint32"), tensor([1, 4000000000, 7], [3], "uint32")];
    assertEqual(a.greater(b).arraySync(), [true, false, false]);
    assertEqual(a.greaterEqual(b).arraySync(), [true, false, true]);
    assertEqual(a.less(b).arraySync(), [false, true, false]);
    assertEqual(a.lessEqual(4000000000).arraySync(), [true, true, true]);
    assertEqual(ops.sort(a).dataSync(), Uint32Array.of(1, 7, 4000000000));
    assertEqual(ops.argSort(a, 0, true).dataSync(), Int32Array.of(0, 2, 1));
  });
  test("integers that float32 takes for equal: extremes and their places are exact", () => {
    const start = 2 ** 24;
    for (const [dtype, low, high] of [
      ["int32", -(2 ** 31), 2 ** 31 - 1],
      ["uint32", 0, 2 ** 32 - 1],
    ] as const) {
      const rows = [
        [start + 1, start, start + 2, start + 1],
        [high - 1, high, low + 1, low],
      ];
      const x = tensor(rows, undefined, dtype);
      assertEqual([x.max(1).dtype, x.max(1).arraySync()], [dtype, [start + 2, high]]);
      assertEqual([x.min(1).dtype, x.min(1).arraySync()], [dtype, [start, low]]);
      assertEqual([x.max().item(), x.min().item()], [high, Math.min(start, low)]);
      assertEqual(x.argMax(1).arraySync(), [2, 1]);
      assertEqual(x.argMin(1).arraySync(), [1, 3]);
      assertEqual(ops.sort(x).arraySync(), [
        [start, start + 1, start + 1, start + 2],
        [low, low + 1, high - 1, high],
      ]);
      assertEqual(ops.topK(x, 2).values.arraySync(), [
        [start + 2, start + 1],
        [high, high - 1],
      ]);
      const [a, b] = [tensor([start + 1, low], [2], dtype), tensor([start, high], [2], dtype)];
      assertEqual([a.maximum(b).dtype, a.maximum(b).arraySync()], [dtype, [start + 1, high]]);
      assertEqual([a.minimum(b).dtype, a.minimum(b).arraySync()], [dtype, [start, low]]);
    }
  });
});

suite("tensors: what comes out", (test) => {
  test("item, arraySync, data and array", async () => {
    assertEqual(tensor([[7]]).item(), 7);
    assertEqual(bool.arraySync(), [true, false]);
    assertEqual(bool.dataSync(), Uint8Array.of(1, 0));
    assertEqual(scalar(2).arraySync(), 2);
    assertEqual(zeros([2, 0]).arraySync(), [[], []]);
    assertEqual(await int.data(), Int32Array.of(1, -2));
    assertEqual(await float.array(), [1.5, -2]);
  });
  test("text: dtype, shape, values with the digits of float32, long axes cut", () => {
    assertEqual(tensor([0.1, Number.NaN, 3]).toString(), "Tensor float32 (3,)\n[0.1, NaN, 3]");
    assertEqual(tensor([[true], [false]]).toString(), "Tensor bool (2, 1)\n[[true],\n [false]]");
    assertEqual(scalar(1.5).toString(), "Tensor float32 ()\n1.5");
    assertEqual(zeros([0, 3]).toString(), "Tensor float32 (0, 3)\n[]");
    assertEqual(range(0, 9).toString(), "Tensor float32 (9,)\n[0, 1, 2, …, 6, 7, 8]");
    assertEqual(range(0, 7).toString(), "Tensor float32 (7,)\n[0, 1, 2, 3, 4, 5, 6]");
    assertEqual(
      range(0, 8).reshape([2, 2, 2]).toString(),
      "Tensor float32 (2, 2, 2)\n[[[0, 1],\n  [2, 3]],\n [[4, 5],\n  [6, 7]]]",
    );
  });
  test("while a plan is traced: no values, and the way out is named", () => {
    let text = "";
    tracePlan("test", [{ shape: [2], dtype: "float32" }], ([x]) => {
      text = x!.toString();
      const error = assertThrows(() => withLabel("dense_1", () => x!.item() + x!.dataSync()[0]!), Error);
      assert(/expected one element/.test(error.message), error.message);
      assertThrows(
        () => withLabel("dense_1", () => x!.dataSync()),
        TraceError,
        /traced \(in dense_1\); use `ops\.where`/,
      );
      return [x!];
    });
    assertEqual(text, "Tensor float32 (2,) (no values)");
  });
  test("a tensor that did not leave its scope has no values any more", () => {
    let lost: Tensor | undefined;
    runScoped(() => {
      lost = float.mul(2);
      assertEqual(lost.dataSync(), Float32Array.of(3, -4));
      return undefined;
    });
    assertThrows(() => lost!.dataSync(), StateError, /has ended; expected it to be returned from there/);
    assertThrows(() => lost!.add(1), StateError);
    assertEqual(lost!.toString(), "Tensor float32 (2,) (no values)");
  });
  test("the implicit mask leaves a scope together with its tensor", () => {
    const y = runScoped(() => {
      const made = float.mul(2);
      made.mask = made.greater(0);
      return made;
    });
    assertEqual(y.mask?.arraySync(), [true, false]);
    const same = tensor([1, 0]);
    runScoped(() => {
      same.mask = same.greater(0);
      return same;
    });
    assertEqual(same.mask?.arraySync(), [true, false]);
  });
  test("shapes alone can be inferred, and nothing is computed", () => {
    const y = inferSpecs(([x]) => x!.matMul(zeros([3, 4])).softmax(), [{ shape: [2, 3], dtype: "float32" }]);
    assertEqual(specOf(y), ["float32", [2, 4]]);
    assertThrows(() => y.dataSync(), TraceError);
  });
});

suite("tensors: operators of JavaScript", (test) => {
  const operate = (left: unknown, right: number): unknown => (left as number) * right;
  const plus = (left: unknown, right: number): unknown => (left as number) + right;
  const text = /operator: expected a method such as add, mul or greater \(.*\), got one of JavaScript's\.$/;
  const orText = /greater \(.*\), or a template or String\(x\) for a text, got one of JavaScript's\.$/;
  test("do not compute with tensors, also not with the numbers that compile was given; texts may hold one", () => {
    for (const x of [tensor([1, 2]), input({ shape: [2] }), variable([1, 2], { name: "w" })]) {
      assertThrows(() => operate(x, 2), ValueError, text);
      assertThrows(() => plus(x, 2), ValueError, orText);
      assertThrows(() => plus("loss ", x as never), ValueError, orText);
    }
    const scaled = compile((x: Tensor, factor: number) => x.mul(factor * 2));
    assertThrows(() => scaled(tensor([1]), 3), ValueError, text);
    assertEqual(`${tensor([1])}`, "Tensor float32 (1,)\n[1]");
    assertEqual(`${variable([[1, 2]], { name: "w" })}`, 'Variable "w" float32 (1, 2)');
  });
  test("a tensor kept from a trace that has ended says so", () => {
    let kept: Tensor | undefined;
    compile((x: Tensor) => {
      kept = x.add(1);
      return kept;
    })(tensor([1]));
    assertThrows(() => kept!.add(1), StateError, /made this tensor has ended; expected it to be returned/);
  });
});

suite("tensors: too large", (test) => {
  test("a size that no engine gives is a MemoryError", () => {
    assertThrows(() => zeros([1e6, 1e6]), MemoryError, /expected 1000000000000 values to fit into memory/);
    assertThrows(() => ops.repeat([1, 2], 1e12), MemoryError, /expected 2000000000000 values to fit into memory/);
  });
});

suite("tensors: empty reductions", (test) => {
  test("sums are 0, products 1, means NaN, extremes infinite; all holds, any does not", () => {
    const none = zeros([0, 2]);
    assertBitEqual(none.sum(0), [0, 0]);
    assertBitEqual(none.prod(0), [1, 1]);
    assertBitEqual(none.mean(0), [Number.NaN, Number.NaN]);
    assertBitEqual(none.max(0), [-Infinity, -Infinity]);
    assertBitEqual(none.min(0), [Infinity, Infinity]);
    assertEqual(
      [none.all(0).arraySync(), none.any(0).arraySync()],
      [
        [true, true],
        [false, false],
      ],
    );
  });
});
