/** What the compiler says about results and options: checked by `tsc`; running the file only shows that it loads. */
import { expectTypeOf } from "expect-type";
import * as hb from "../../src/index.ts";
import { assert } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;

/** Never called. */
export function types(): void {
  const x = hb.input({ shape: [4] });
  const dense = layers.dense({ units: 2, activation: "relu", kernelInitializer: "he_normal", kernelRegularizer: "l2" });

  // symbolic in, symbolic out; values in, tensors out
  expectTypeOf(dense.apply(x)).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(dense.apply([[1, 2, 3, 4]])).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(dense.apply(hb.ones([1, 4]), { training: true })).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(layers.add().apply([x, x])).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(layers.add().apply([x, hb.ones([1, 4])])).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(layers.add([[[1, 2, 3, 4]], x])).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(dense.apply<hb.SymbolicTensor[]>(x)).toEqualTypeOf<hb.SymbolicTensor[]>();
  expectTypeOf(layers.add([x, x])).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(layers.add([hb.ones([1]), [2]])).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(layers.add()).toEqualTypeOf<hb.layers.Add>();
  expectTypeOf(layers.stringLookup().apply(["a"])).toEqualTypeOf<hb.Tensor>();

  // models give what their outputs are
  const one = hb.model({ inputs: x, outputs: dense.apply(x) });
  expectTypeOf(one.predict(hb.ones([1, 4]))).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(one.apply(hb.ones([1, 4]))).toEqualTypeOf<hb.Tensor>();
  const list = hb.model({ inputs: [x], outputs: [dense.apply(x), x] });
  expectTypeOf(list.predict(hb.ones([1, 4]))).toEqualTypeOf<[hb.Tensor, hb.Tensor]>();
  expectTypeOf(list.apply(hb.ones([1, 4]))).toEqualTypeOf<[hb.Tensor, hb.Tensor]>();
  expectTypeOf(hb.model({ inputs: x, outputs: [x] }).predict([[1]])).toEqualTypeOf<hb.Tensor>();
  const dict = hb.model({ inputs: x, outputs: { a: x, b: [x] } });
  expectTypeOf(dict.predict(hb.ones([1, 4]))).toEqualTypeOf<{ a: hb.Tensor; b: [hb.Tensor] }>();
  expectTypeOf(dict.predict(hb.ones([1, 4])).b[0]).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(hb.cloneModel(dict)).toEqualTypeOf<typeof dict>();

  // ops keep the kind of what they are given
  expectTypeOf(x.add(1)).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(hb.ones([1]).add(1)).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(hb.ops.add(1, 2)).toEqualTypeOf<hb.Tensor>();
  expectTypeOf(hb.ops.add(x, 2)).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(hb.ops.concat([x, hb.ones([1])])).toEqualTypeOf<hb.SymbolicTensor>();
  expectTypeOf(hb.ops.split(x, 2)).toEqualTypeOf<hb.SymbolicTensor[]>();
  expectTypeOf(hb.ops.topK(x, 2)).toEqualTypeOf<{ values: hb.SymbolicTensor; indices: hb.SymbolicTensor }>();
  expectTypeOf(hb.ops.topK([1, 2], 2)).toEqualTypeOf<{ values: hb.Tensor; indices: hb.Tensor }>();

  // names are literals
  expectTypeOf<"log_softmax">().toExtend<hb.activations.ActivationName>();
  expectTypeOf<"logSoftmax">().toExtend<hb.activations.ActivationName>();
  expectTypeOf<"sofmax">().not.toExtend<hb.activations.ActivationName>();
  // @ts-expect-error a misspelt activation
  layers.dense({ units: 1, activation: "rleu" });
  // @ts-expect-error a misspelt initializer
  layers.dense({ units: 1, kernelInitializer: "glorotUnifrom" });
  // @ts-expect-error a misspelt regularizer
  layers.dense({ units: 1, kernelRegularizer: "l3" });
  // @ts-expect-error a misspelt constraint
  layers.dense({ units: 1, kernelConstraint: "nonNegative" });
  // @ts-expect-error a misspelt option
  layers.dense({ unit: 1 });
  // @ts-expect-error an option that has to be given
  layers.embedding({ inputDim: 3 });
  // @ts-expect-error a mode that does not exist
  layers.categoryEncoding({ numTokens: 3, outputMode: "hot" });

  // losses and metrics: names, objects, classes, factories, functions
  const { losses, metrics } = hb;
  one.compile({ optimizer: "sgd", loss: "mean_squared_error", metrics: ["acc", metrics.auc, metrics.R2Score] });
  one.compile({ optimizer: "sgd", loss: losses.huber, metrics: [metrics.precision({ topK: 2 }), (t, p) => p.sub(t)] });
  one.compile({ optimizer: "sgd", loss: losses.Huber, weightedMetrics: ["fbeta_score", "top_k_categorical_accuracy"] });
  one.compile({ optimizer: "sgd", loss: (t, p) => p.sub(t).abs(), metrics: { a: ["mse"], b: "kl_divergence" } });
  expectTypeOf(losses.huber({ delta: 2 }).delta).toEqualTypeOf<number>();
  expectTypeOf(metrics.auc().result()).toEqualTypeOf<hb.Tensor>();
  // @ts-expect-error a misspelt loss
  one.compile({ optimizer: "sgd", loss: "mean_squred_error" });
  // @ts-expect-error a misspelt metric
  one.compile({ optimizer: "sgd", loss: "mse", metrics: ["acuracy"] });
  // @ts-expect-error a misspelt option
  losses.huber({ dleta: 1 });
  // @ts-expect-error an option that has to be given
  metrics.precisionAtRecall({});
  // @ts-expect-error an option of another metric
  metrics.truePositives({ topK: 2 });
}

suite("types", (test) => {
  test("are checked by the compiler", () => assert(typeof types === "function", "types"));
});
