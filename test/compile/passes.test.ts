import { gradients } from "../../src/autodiff/gradients.ts";
import type { Plan } from "../../src/compile/plan.ts";
import { observeCalls } from "../../src/compile/timing.ts";
import { input, layers as layerOf, sequential } from "../../src/index.ts";
import { ones, tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { PlanCache } from "../../src/ops/plan-cache.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import type { Settings } from "../../src/util/settings.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

const X = { data: new Float32Array(12).fill(0.5), shape: [3, 4], dtype: "float32" } as const;
const w = variable(ones([4, 5]), { name: "w" });
const b = variable(ones([5]), { name: "b" });

/** The plan of a function of one input (3, 4), bound; with everything switched on but what `changes` says. */
function planOf(body: (x: Tensor) => readonly Tensor[], changes: Partial<Settings> = {}): Plan {
  return withSettings({ plan: true, fuse: true, ...changes }, () => {
    const plan = new PlanCache().plan("test", [X], ([x]) => body(x!));
    plan.run([X.data]);
    return plan;
  });
}

const kernelsOf = (plan: Plan): string[] => plan.commands.map(({ kernel }) => kernel);
const dense = (x: Tensor): Tensor => x.matMul(w).add(b);

suite("compile: fusion", (test) => {
  test("product, bias and activation are one GEMM", () => {
    for (const activation of ["relu", "sigmoid", "tanh"] as const) {
      assertEqual(kernelsOf(planOf((x) => [dense(x)[activation]()])), ["f32_gemm_nn"]);
      assertEqual(kernelsOf(planOf((x) => [x.matMul(w)[activation]()])), ["f32_gemm_nn"]);
    }
    assertEqual(kernelsOf(planOf((x) => [b.value().add(x.matMul(w)).relu()])), ["f32_gemm_nn"]);
    assertEqual(kernelsOf(planOf((x) => [x.matMul(ones([5, 4]), false, true).add(b)])), ["f32_gemm_nt"]);
  });
  test("in training too: forward one GEMM, backward two, and no kernel for bias or activation alone", () => {
    const plan = planOf((x) => {
      const y = dense(x).relu();
      return [y, ...gradients(y, [x, w.value(), b.value()]).map((grad) => grad!)];
    });
    const kernels = kernelsOf(plan);
    assertEqual(kernels.filter((name) => name.startsWith("f32_gemm")).sort(), [
      "f32_gemm_nn",
      "f32_gemm_nt",
      "f32_gemm_tn",
    ]);
    assertEqual(
      kernels.filter((name) => ["f32_add", "f32_relu"].includes(name)),
      [],
    );
    const [forward] = plan.commands.filter(({ kernel }) => kernel === "f32_gemm_nn");
    assertEqual([forward!.node!.record.name, forward!.node!.attrs.epilogue], ["gemm", 17]);
  });
  test("the gradient of the first layer's input is never computed", () => {
    const layers = [input({ shape: [6] }), ...[5, 4, 3].map((units) => layerOf.dense({ units, activation: "relu" }))];
    const model = sequential({ layers });
    model.compile({ optimizer: "adam", loss: "mse" });
    const calls: string[] = [];
    observeCalls(({ kernel }) => void calls.push(kernel));
    try {
      model.trainOnBatch(ones([8, 6]), ones([8, 3]));
    } finally {
      observeCalls(undefined);
    }
    const count = (kernel: string): number => calls.filter((name) => name === kernel).length;
    assertEqual([count("f32_gemm_nn"), count("f32_gemm_tn"), count("f32_gemm_nt")], [3, 3, 2]);
  });
  test("batch normalization at inference is the epilogue of the product before it", () => {
    const bn = (y: Tensor): Tensor => ops.batchNormInference(y, ones([5]), b, b, ones([5]), { axis: 1, epsilon: 1e-3 });
    assertEqual(kernelsOf(planOf((x) => [bn(x.matMul(w)).relu()])), ["f32_batch_norm_coefficients", "f32_gemm_nn"]);
    const after = kernelsOf(planOf((x) => [bn(dense(x).relu())]));
    assertEqual(after, ["f32_gemm_nn", "f32_batch_norm_coefficients", "f32_scale_shift"]);
  });
  test("not when the product is read elsewhere, the operand is no bias, or it is switched off", () => {
    const read = kernelsOf(planOf((x) => [x.matMul(w).relu(), x.matMul(w)]));
    assertEqual(read.filter((name) => name.startsWith("f32_gemm")).length, 2);
    const shared = planOf((x) => {
      const y = x.matMul(w);
      return [y.relu(), y];
    });
    assertEqual(kernelsOf(shared), ["f32_gemm_nn", "f32_relu"]);
    assertEqual(kernelsOf(planOf((x) => [x.matMul(w).add(ones([3, 5]))])), ["f32_gemm_nn", "f32_add"]);
    assertEqual(kernelsOf(planOf((x) => [x.matMul(w).add(ones([3, 1]))])), ["f32_gemm_nn", "f32_add"]);
    assertEqual(kernelsOf(planOf((x) => [x.matMul(w).add(1)])), ["f32_gemm_nn", "f32_add"]);
    assertEqual(kernelsOf(planOf((x) => [x.matMul(w).relu().add(b)])), ["f32_gemm_nn", "f32_add"]);
    assertEqual(kernelsOf(planOf((x) => [dense(x).relu()], { fuse: false })), ["f32_gemm_nn", "f32_add", "f32_relu"]);
  });
});

suite("compile: dead code, places, constants", (test) => {
  test("what no result and no variable needs is not computed", () => {
    const plan = planOf((x) => {
      x.exp().sum();
      x.matMul(w);
      return [x.neg()];
    });
    assertEqual(kernelsOf(plan), ["f32_neg"]);
  });
  test("a chain of element-wise ops works in one place; without sharing every value has its own", () => {
    const chain = (x: Tensor): Tensor[] => [x.neg().exp().tanh().add(x).relu()];
    assertEqual(planOf(chain).assignment.layout.bytes, 64);
    assertEqual(planOf(chain, { plan: false }).assignment.layout.bytes, 5 * 64);
  });
  test("an op does not work in place while its input is still wanted", () => {
    const plan = planOf((x) => {
      const y = x.neg();
      return [y.exp(), y];
    });
    assertEqual(plan.assignment.layout.bytes, 2 * 64);
    assertEqual(
      [...plan.result(1)],
      [...X.data].map((value) => -value),
    );
  });
  test("shapes alone change without a kernel", () => {
    const plan = planOf((x) => [x.reshape([4, 3]).flatten().expandDims(0).stopGradient()]);
    assertEqual(kernelsOf(plan), []);
    assertEqual([...plan.result(0)], [...X.data]);
  });
  test("a result that is an input, a constant or a variable", () => {
    const five = tensor([5]);
    const plan = planOf((x) => [x, five, b.value(), five]);
    assertEqual(
      [0, 1, 2, 3].map((i) => [...plan.result(i)]),
      [[...X.data], [5], [1, 1, 1, 1, 1], [5]],
    );
  });
  test("one constant used often is kept once, and stays as it was at the trace", () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const constant = tensor(data);
    const before = planOf((x) => [x.add(constant)]).bytes;
    assertEqual(planOf((x) => [x.add(constant).mul(constant).sub(constant)]).bytes, before + 2 * 1024);
    data[0] = 9;
    assertEqual([...planOf((x) => [x.add(constant)]).result(0)].slice(0, 4), [1.5, 2.5, 3.5, 4.5]);
  });
  test("a GEMM's results depend on no earlier content of the arena", () => {
    const plan = planOf((x) => [dense(x).relu()]);
    const first = plan.result(0);
    planOf((x) => [x.mul(Number.NaN)]);
    plan.run([X.data]);
    assertEqual(plan.result(0), first);
    assert(first.every((value) => value === 3));
  });
});
