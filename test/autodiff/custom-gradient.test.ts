import { compile } from "../../src/autodiff/compile.ts";
import { type CustomResult, customGradient, type Save } from "../../src/autodiff/custom-gradient.ts";
import { grad, gradients } from "../../src/autodiff/gradients.ts";
import { jacobian } from "../../src/autodiff/jacobian.ts";
import { GradientTape } from "../../src/autodiff/tape.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** x², with ten times its gradient. */
const square = customGradient((x: Tensor) => ({ value: x.square(), gradFunc: (dy: Tensor) => dy.mul(x).mul(20) }));

/** a·b with gradients scaled by a number that is another at each call. */
const product = (factor: number) =>
  customGradient((a: Tensor, b: Tensor, save: Save): CustomResult => {
    const y = a.mul(b).sigmoid();
    save([y]);
    return { value: y, gradFunc: (dy, [kept]) => [dy.mul(kept!).mul(factor), dy.mul(a.sub(b))] };
  });

suite("autodiff: gradients of one's own", (test) => {
  test("the value is the function's, the gradient that of gradFunc, in every way of asking", () => {
    assertClose(square([1, 2, 3]), [1, 4, 9]);
    assertClose(grad((x) => square(x))([1, 2, 3]), [20, 40, 60]);
    assertClose(grad((x) => square(x.mul(2)).mul(x))([1]), [4 + 80]);
    const w = variable([1, 2]);
    const tape = new GradientTape();
    const loss = tape.record(() => square(w.value()).sum());
    assertClose(tape.gradient(loss, [w])[0]!, [20, 40]);
    const step = compile((x: Tensor) => gradients(square(x), [x])[0]!);
    assertClose(step(tensor([1, 5])), [20, 100]);
    assertClose(step(tensor([2, -1])), [40, -20]);
  });
  test("several arguments, saved tensors, values that only gradFunc reads", () => {
    const [a, b] = [variable([1, -1]), variable([2, 3])];
    for (const factor of [1, 7]) {
      const tape = new GradientTape({ persistent: true });
      const y = tape.record(() => product(factor)(a.value(), b.value()));
      a.assign([5, 5]); // what was recorded stays as it was
      const [da, db] = tape.gradient(y, [a, b]);
      a.assign([1, -1]);
      assertClose(da!, [factor / (1 + Math.exp(-2)), factor / (1 + Math.exp(3))]);
      assertClose(db!, [-1, -4]);
    }
  });
  test("what gradFunc computes is differentiated again", () => {
    const third = grad((x) => grad((y) => grad((z) => square(z).mul(z))(y))(x));
    // (x²)' is given as 20x: of x²·x that makes 20x·x + x², in which the last x² is ours again, then 60x, then 60
    assertClose(third([1, 2]), [60, 60]);
  });
  test("numbers a closure holds are those of the call, not of an earlier one", () => {
    const results = [1, 2, 3].map((factor) => {
      const f = customGradient((x: Tensor) => ({ value: x.mul(1), gradFunc: (dy: Tensor) => dy.mul(factor) }));
      const v = variable([1]);
      const tape = new GradientTape();
      const y = tape.record(() => f(v.value()));
      return tape.gradient(y, [v])[0]!.item();
    });
    assertEqual(results, [1, 2, 3]);
  });
  test("wrong results are named", () => {
    assertThrows(() => customGradient(3 as never), ValueError, /^\[customGradient\] fn: expected a function, got 3/);
    assertThrows(
      () => customGradient((() => 3) as never)([1]),
      ValueError,
      /expected it to return \{value, gradFunc\}, got 3/,
    );
    const few = customGradient((a: Tensor, b: Tensor) => ({ value: a.add(b), gradFunc: (dy: Tensor) => dy }));
    assertThrows(
      () => grad((x) => few(x, x))([1]),
      ShapeError,
      /gradFunc: expected a gradient of shape \(1,\) for argument 1/,
    );
    const wrong = customGradient((x: Tensor) => ({ value: x.sum(), gradFunc: (dy: Tensor) => dy }));
    assertThrows(
      () => grad((x) => wrong(x))([1, 2]),
      ShapeError,
      /expected a gradient of shape \(2,\) for argument 0, got \(\)/,
    );
  });
});

suite("autodiff: jacobian", (test) => {
  test("of a vector function, of a matrix function, of a number", () => {
    const w = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assertClose(jacobian((x) => x.matMul(w.transpose()))([[1, 1, 1]]).reshape([2, 3]), w);
    assertClose(jacobian((x) => x.square())([1, 2]), [
      [2, 0],
      [0, 4],
    ]);
    assertEqual(
      jacobian((x) => x.sum(0))([
        [1, 2],
        [3, 4],
        [5, 6],
      ]).shape,
      [2, 3, 2],
    );
    assertClose(jacobian((x) => x.prod())([2, 3, 4]), [12, 8, 6]);
  });
  test("is the matrix of second derivatives for a gradient, and zero where nothing depends", () => {
    const hessian = jacobian(grad((x) => x.square().mul(x).sum()));
    assertClose(hessian([1, 2]), [
      [6, 0],
      [0, 12],
    ]);
    assertClose(jacobian(() => tensor([1, 2]))([3]), [[0], [0]]);
    assertEqual(jacobian((x) => x.slice(0, 0))([1, 2]).shape, [0, 2]);
  });
});
