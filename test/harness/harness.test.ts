/** The harness is trusted by every other test, so its own failures are tested here. */
import {
  AssertionFailure,
  assertBitEqual,
  assertClose,
  assertEqual,
  assertRejects,
  assertThrows,
} from "./assert-close.ts";
import {
  checkGradient,
  directionalDerivative,
  numericalGradient,
  scalarize,
  testNumbers,
} from "./finite-difference.ts";
import { suite } from "./suite.ts";

suite("harness: assertions", (test) => {
  test("assertClose accepts numbers, typed arrays, nested arrays and tensors", () => {
    assertClose(1, 1 + 1e-7);
    assertClose(new Float32Array([1, 2, 3, 4]), [
      [1, 2],
      [3, 4],
    ]);
    assertClose({ shape: [2, 1], dataSync: () => new Float32Array([1, 2]) }, [[1], [2]]);
    assertClose([Number.POSITIVE_INFINITY, 0], [Number.POSITIVE_INFINITY, -0]);
    assertClose([Number.NaN], [Number.NaN], { equalNaN: true });
  });
  test("assertClose names the first place and both values", () => {
    const wrong = () =>
      assertClose(
        [
          [1, 2],
          [3.5, 5],
        ],
        [
          [1, 2],
          [3, 4],
        ],
        { what: "kernel" },
      );
    assertThrows(
      wrong,
      AssertionFailure,
      /^kernel: first difference at \[1, 0\]: expected 3, got 3\.5 \(2 of 4 differ/,
    );
  });
  test("assertClose refuses NaN, infinities against numbers, other shapes, other lengths, ragged arrays", () => {
    assertThrows(() => assertClose([Number.NaN], [Number.NaN]), AssertionFailure, /expected NaN, got NaN/);
    assertThrows(() => assertClose([Number.NaN], [1]), AssertionFailure, /expected 1, got NaN/);
    assertThrows(() => assertClose([1], [Number.POSITIVE_INFINITY]), AssertionFailure, /expected Infinity, got 1/);
    assertThrows(() => assertClose([Number.POSITIVE_INFINITY], [1]), AssertionFailure, /expected 1, got Infinity/);
    assertThrows(() => assertClose([[1, 2]], [1, 2]), AssertionFailure, /expected shape \(2\), got \(1, 2\)/);
    assertThrows(() => assertClose(new Float32Array(3), new Float32Array(2)), AssertionFailure, /expected 2 elements/);
    assertThrows(() => assertClose([[1], [2, 3]], [1, 2, 3]), AssertionFailure, /ragged/);
  });
  test("assertBitEqual tells -0 from 0 and takes every NaN as one", () => {
    assertBitEqual(new Float32Array([1, Number.NaN]), new Float32Array([1, Number.NaN]));
    assertThrows(() => assertBitEqual([0], [-0]), AssertionFailure, /bits differ at \[0\]/);
  });
  test("assertEqual is deep and shows the path", () => {
    assertEqual(
      { a: [1, { b: new Float32Array([1, Number.NaN]) }] },
      { a: [1, { b: new Float32Array([1, Number.NaN]) }] },
    );
    assertThrows(
      () => assertEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }),
      AssertionFailure,
      /at \.a\[1\]\.b: expected 3, got 2/,
    );
    assertThrows(() => assertEqual(new Float32Array(2), new Int32Array(2)), AssertionFailure, /Int32Array/);
    assertThrows(() => assertEqual({ a: 1 }, { a: 1, b: undefined }), AssertionFailure, /no such key/);
    assertThrows(
      () => assertEqual([1, 2], [1]),
      AssertionFailure,
      /expected \[1\] \(length 1\), got \[1,2\] \(length 2\)/,
    );
  });
  test("assertThrows and assertRejects check class and text, and fail when nothing is thrown", async () => {
    const error = assertThrows(
      () => {
        throw new RangeError("too far");
      },
      RangeError,
      /far/,
    );
    assertEqual(error.message, "too far");
    assertThrows(() => assertThrows(() => 1, Error), AssertionFailure, /nothing was thrown/);
    const wrongClass = () =>
      assertThrows(() => {
        throw new TypeError("x");
      }, RangeError);
    assertThrows(wrongClass, AssertionFailure, /expected RangeError, got TypeError: x/);
    await assertRejects(Promise.reject(new RangeError("late")), RangeError, /late/);
    await assertRejects(assertRejects(Promise.resolve(), Error), AssertionFailure, /nothing was thrown/);
    assertThrows(() => assertThrows(() => Promise.reject(new Error("x")), Error), AssertionFailure, /assertRejects/);
  });
});

suite("harness: suites", (test) => {
  test("a duplicate test name is an error", () => {
    assertThrows(
      () =>
        suite("twice", (t) => {
          t("same", () => {});
          t("same", () => {});
        }),
      Error,
      /suite "twice": two tests are called "same"/,
    );
  });
  test("a suite without tests is an error", () => {
    assertThrows(() => suite("empty", () => {}), Error, /suite "empty": no tests/);
  });
});

suite("harness: finite differences", (test) => {
  const f = (xs: Float64Array[]): number => (xs[0] as Float64Array).reduce((sum, x) => sum + Math.sin(x), 0);
  test("directional derivative of sin within 1e-10", () => {
    assertClose(directionalDerivative(f, [[0.3, 1.2]], [[1, -2]]), Math.cos(0.3) - 2 * Math.cos(1.2), { rtol: 1e-10 });
  });
  test("numerical gradient of sin within 1e-10", () => {
    assertClose(numericalGradient(f, [[0.3, 1.2]]), [Math.cos(0.3), Math.cos(1.2)], { rtol: 1e-10 });
  });
  test("checkGradient accepts a right gradient and refuses a wrong one", () => {
    const a = testNumbers(5, 1);
    const b = testNumbers(5, 2);
    const product = scalarize(
      ([x, y]) => Float64Array.from(x as Float64Array, (v, i) => v * (y as Float64Array)[i]!),
      [1, 1, 1, 1, 1],
    );
    checkGradient({ f: product, inputs: [a, b], gradients: [b, a] });
    checkGradient({ f: product, inputs: [a, b], gradients: [b, null] });
    const wrong = b.slice();
    wrong[3]! += 0.01;
    assertThrows(
      () => checkGradient({ f: product, inputs: [a, b], gradients: [wrong, a] }),
      AssertionFailure,
      /inputs 0 and 1/,
    );
  });
});
