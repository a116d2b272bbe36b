import { grad, gradients, valueAndGrads } from "../../src/autodiff/gradients.ts";
import { jacobian } from "../../src/autodiff/jacobian.ts";
import { tensor } from "../../src/ops/creation.ts";
import { tracePlan } from "../../src/ops/plan-cache.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { DTypeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("valueAndGrads", (test) => {
  test("the value and the gradients in the order of the sources; null where none reaches", () => {
    const [a, b, c] = [variable([1, 2]), variable([3, 4]), variable([5])];
    const { value, grads } = valueAndGrads(() => a.value().mul(b).sum(), [b, c, a]);
    assertEqual(value.item(), 11);
    assertEqual(
      grads.map((one) => one?.arraySync() ?? null),
      [[1, 2], null, [3, 4]],
    );
  });
  test("tensors as sources, and a function that depends on nothing", () => {
    const x = tensor([2, 3]);
    assertEqual(valueAndGrads(() => x.square(), [x]).grads[0]!.arraySync(), [4, 6]);
    assertEqual(valueAndGrads(() => tensor([1]), [x]).grads, [null]);
  });
  test("a plain number or array as value has no gradients; an integer or asynchronous one is refused", () => {
    assertEqual(valueAndGrads(() => 3 as never, [variable([1])]).grads, [null]);
    assertThrows(
      () => valueAndGrads(() => tensor([1], [1], "int32"), []),
      DTypeError,
      /target: expected dtype float32, got int32/,
    );
    assertThrows(() => valueAndGrads((async () => tensor([1])) as never, []), ValueError);
    const none = /sources: expected an array of tensors or variables, got/;
    for (const wrong of [undefined, {}])
      assertThrows(() => valueAndGrads(() => tensor(1), wrong as never), ValueError, none);
  });
  test("shared use adds up", () => {
    const w = variable([
      [1, 2],
      [3, 4],
    ]);
    const x = tensor([[1, 1]]);
    const { grads } = valueAndGrads(() => x.matMul(w).matMul(w).sum(), [w]);
    // d/dW of 1ᵀ-sum of x·W·W: xᵀ·(W·1)ᵀ + (x·W)ᵀ·1ᵀ
    assertEqual(grads[0]!.arraySync(), [
      [3 + 4, 7 + 4],
      [3 + 6, 7 + 6],
    ]);
  });
  test("assignments inside are written, once", () => {
    const [a, count] = [variable([2]), variable([0], { trainable: false })];
    const { grads } = valueAndGrads(() => {
      count.assign(count.value().add(1));
      return a.value().square();
    }, [a]);
    assertEqual([grads[0]!.item(), count.readSync()[0]], [4, 1]);
  });
});

suite("grad", (test) => {
  test("a function of the derivative, and of its derivative", () => {
    const cube = (x: Tensor): Tensor => x.mul(x).mul(x);
    assertClose(grad(cube)([1, 2]), [3, 12]);
    assertClose(grad((x) => grad(cube)(x).sum())([1, 2]), [6, 12]);
    assertClose(grad((x) => grad((y) => grad(cube)(y))(x))([1, 2]), [6, 6]);
  });
  test("takes numbers, arrays, integers; a result that does not depend on x is refused", () => {
    assertEqual(grad((x) => x.square())(3).item(), 6);
    assertEqual(grad((x) => x.square())(tensor([3], [1], "int32")).arraySync(), [6]);
    assertThrows(
      () => grad(() => tensor([1]))([1, 2]),
      ValueError,
      /expected a result that depends on x \(2,\), got one that does not/,
    );
    assertThrows(() => grad(3 as never), ValueError, /^\[grad\] fn: expected a function, got 3\.$/);
    assertThrows(() => jacobian(3 as never), ValueError, /^\[jacobian\] fn: expected a function, got 3\.$/);
    const alone = variable([1]) as never;
    assertThrows(() => valueAndGrads(() => tensor([1]), alone), ValueError, /sources: expected an array of tensors/);
  });
});

suite("gradients", (test) => {
  test("need the scope that made the target", () => {
    assertThrows(() => gradients(tensor([1]), []), StateError, /expected a call within the scope/);
  });
  test("are the same bits in a trace and at once", () => {
    const x = tensor([
      [0.3, -2],
      [1.5, 0.1],
    ]);
    const body = (x: Tensor): Tensor => gradients(x.matMul(x).tanh().softmax().log().sum(), [x])[0]!;
    const plan = tracePlan("test", [x], ([t]) => [body(t!)]);
    plan.run([x.dataSync()]);
    assertBitEqual(plan.result(0), runScoped(() => body(x)).dataSync());
  });
});
