/** Where the oracle's differences cannot tell: ties, kinks, zeros, infinities. Expected values are those of Keras on JAX. */
import * as activations from "../../src/activations/index.ts";
import { grad, gradients } from "../../src/autodiff/gradients.ts";
import { batchNormTrainGradOp } from "../../src/ops/batch-norm.ts";
import { tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { ValueError } from "../../src/util/errors.ts";
import parity from "../fixtures/parity.json" with { type: "json" };
import { assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** Gradients of the sum of f for all arguments. */
function gradientsOf(f: (...args: Tensor[]) => Tensor, ...args: Tensor[]): (Tensor | null)[] {
  return runScoped(() => gradients(f(...args), args));
}

const at = (...values: number[]): Tensor => tensor(values);

suite("ops: gradients where functions bend", (test) => {
  test("maximum, minimum, max and min share a tie equally", () => {
    for (const f of [(a: Tensor, b: Tensor) => a.maximum(b), (a: Tensor, b: Tensor) => a.minimum(b)]) {
      const [da, db] = gradientsOf(f, at(1, 2), at(1, 2));
      assertBitEqual(da!, [0.5, 0.5]);
      assertBitEqual(db!, [0.5, 0.5]);
    }
    assertBitEqual(grad((x) => x.max())(at(3, 1, 3)), [0.5, 0, 0.5]);
    assertBitEqual(grad((x) => x.min())(at(1, 1, 1, 1)), [0.25, 0.25, 0.25, 0.25]);
  });
  test("relu is flat at 0, abs rises; clip passes half at its ends", () => {
    assertBitEqual(grad((x) => x.relu())(at(-1, 0, 1)), [0, 0, 1]);
    assertBitEqual(grad((x) => x.abs())(at(-2, 0, 2)), [-1, 1, 1]);
    assertBitEqual(grad((x) => x.clip(-1, 1))(at(-2, -1, 0, 1, 2)), [0, 0.5, 1, 0.5, 0]);
    assertBitEqual(grad((x) => x.hardSigmoid())(at(-3, 3)), [0, 0]);
  });
  test("clip passes a quarter where its ends meet", () => {
    for (const { x, lo, hi, slope } of parity.clip) assertBitEqual(grad((v) => v.clip(lo, hi))(at(...x)), slope);
  });
  test("celu tells the sides of 0 by x, also with a negative alpha", () => {
    for (const { x, alpha, y, slope } of parity.celu) {
      assertClose(activations.celu(tensor(x), alpha), y, { what: `celu(x, ${alpha})` });
      assertClose(grad((v) => activations.celu(v, alpha))(tensor(x)), slope, { what: `its gradient, ${alpha}` });
    }
  });
  test("activations at their kinks: value and gradient as in Keras on JAX", () => {
    const kinks: readonly [keyof typeof activations, number[], number[], number[]][] = [
      ["relu6", [0, 6], [0, 6], [0, 0]],
      ["leakyRelu", [0], [0], [1]],
      ["hardSigmoid", [-3, 3], [0, 1], [0, 0]],
      ["hardSilu", [-3, 0, 3], [0, 0, 3], [0, 0.5, 1]],
      ["hardTanh", [-1, 1], [-1, 1], [1, 1]],
      ["hardShrink", [-0.5, 0.5], [0, 0], [0, 0]],
      ["softShrink", [-0.5, 0.5], [0, 0], [0, 0]],
      ["tanhShrink", [0], [0], [0]],
      ["threshold", [0], [0], [0]],
      ["celu", [0], [0], [1]],
      ["elu", [0], [0], [1]],
      ["selu", [0], [0], [1.7580993175506592]],
      ["sparsePlus", [-1, 0, 1], [0, 0.25, 1], [0, 0.5, 1]],
      ["sparseSigmoid", [-1, 1], [0, 1], [0.25, 0.25]],
      ["squareplus", [0], [1], [0.5]],
      ["softsign", [0], [0], [1]],
    ];
    for (const [name, x, value, slope] of kinks) {
      // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a test has no bundle
      const f = activations[name] as (x: Tensor) => Tensor;
      assertClose(f(tensor(x)), value, { what: name });
      assertClose(grad(f)(x), slope, { what: `${name}'s gradient` });
    }
  });
  test("elu that falls to both sides of 0", () => {
    assertClose(at(-1, 0, 2).elu(-1.5), [0.9481808, 0, 2]);
    assertClose(grad((x) => x.elu(-1.5))(at(-1, 0, 2)), [-0.5518192, -1.5, 1]);
  });
  test("acosh rises without end at 1; it and asinh are finite wherever x is", () => {
    assertBitEqual(grad((x) => x.acosh())(at(1)), [Infinity]);
    assertClose(at(3.4e38, 1.8e38).acosh(), [89.41515, 88.77917]);
    assertClose(at(3.4e38, -3.4e38).asinh(), [89.41515, -89.41515]);
  });
  test("powers of 0", () => {
    const [da, db] = gradientsOf((a, b) => a.pow(b), at(0, 0, 0), at(2, 1, 3));
    assertBitEqual(da!, [0, 1, 0]);
    assertBitEqual(db!, [0, 0, 0]);
  });
  test("where keeps what is infinite on the way not taken out of the other", () => {
    const dx = grad((x) => ops.where(x.greater(0), x.log(), x).div(0))(at(1, -1));
    assertBitEqual(dx, [Infinity, Infinity]);
    const [da, db] = gradientsOf((a, b) => ops.where([true, false], a, b).mul([Infinity, 1]), at(1, 1), at(1, 1));
    assertBitEqual(da!, [Infinity, 0]);
    assertBitEqual(db!, [0, 1]);
  });
  test("through stopGradient, integers, comparisons and steps nothing flows", () => {
    assertEqual(
      gradientsOf((x) => x.stopGradient(), at(1, 2)),
      [null],
    );
    assertEqual(
      gradientsOf((x) => x.floor().add(x.sign()), at(1, 2)),
      [null],
    );
    assertEqual(
      gradientsOf((x) => x.cast("int32").cast("float32"), at(1, 2)),
      [null],
    );
    const [dx] = gradientsOf((x) => x.mul(x.stopGradient()), at(3, 5));
    assertBitEqual(dx!, [3, 5]);
  });
  test("an argument used several times collects all its gradients", () => {
    assertBitEqual(grad((x) => x.mul(x).add(x.mul(3)).sub(x))(at(2, 5)), [6, 12]);
    assertBitEqual(
      grad((x) => x.matMul(x).sum())(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
      [
        [7, 11],
        [9, 13],
      ],
    );
  });
  test("what has no second derivative says so instead of giving zeros", () => {
    const x = tensor([
      [1, 2],
      [3, 5],
    ]);
    const loss = (x: Tensor): Tensor => ops.batchNormTrain(x, null, null, { axis: 1, epsilon: 1e-3 }).y.square();
    assertClose(
      grad(loss)(x),
      [
        [0, 0],
        [0, 0],
      ],
      { atol: 1e-2 },
    );
    const twice = (): Tensor => grad((x) => gradients(loss(x), [x])[0]!.square())(x);
    assertThrows(
      twice,
      ValueError,
      new RegExp(`^\\[${batchNormTrainGradOp.name}\\] gradient: expected a first derivative`),
    );
  });
});
