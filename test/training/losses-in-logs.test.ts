/** What stands in logs where `compile` was given no loss, or one that is not reduced: as in Keras. */
import * as layers from "../../src/layers/index.ts";
import { Layer } from "../../src/layers/layer.ts";
import * as losses from "../../src/losses/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import type { Model } from "../../src/models/model.ts";
import { range } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import parity from "../fixtures/parity.json" with { type: "json" };
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

class AddsLoss extends Layer {
  static override readonly className = "AddsLoss";

  override call(x: Tensor): Tensor {
    this.addLoss(x.square().mean());
    return x;
  }
}

suite("training: models compiled without a loss, against Keras", (test) => {
  for (const { kind, metrics, fit, evaluate, trainOnBatch, kernel } of parity.added) {
    test(`a loss of ${kind}, metrics ${metrics}`, async () => {
      const inputs = layers.input({ shape: [2] });
      const dense = layers.dense({
        units: 2,
        kernelInitializer: "ones",
        ...(kind === "activity" && { activityRegularizer: "l2" }),
        ...(kind === "kernel" && { kernelRegularizer: "l2" }),
      });
      const outputs = dense.apply(inputs);
      const model = makeModel({ inputs, outputs: kind === "layer" ? new AddsLoss().apply(outputs) : outputs });
      model.compile({
        optimizer: optimizers.sgd({ learningRate: 0.1 }),
        metrics: metrics === null ? undefined : ["mae"],
      });
      const x = range(0, 8).reshape([4, 2]).div(4);
      const y = metrics === null ? undefined : x;
      if (fit !== null) {
        const { history } = await model.fit(x, y, { epochs: 2, batchSize: 2, shuffle: false, verbose: 0 });
        assertEqual(Object.keys(history), Object.keys(fit));
        for (const [name, values] of Object.entries(fit)) assertClose(history[name]!, values, { what: name });
      }
      assertClose([model.evaluate(x, y, { verbose: 0 })].flat() as number[], [evaluate].flat());
      if (trainOnBatch !== null) assertClose([model.trainOnBatch(x, y)].flat() as number[], [trainOnBatch].flat());
      assertClose(dense.getWeights()[0]!, kernel);
    });
  }
});

suite("training: losses with the reduction none", (test) => {
  const x = range(0, 15).reshape([5, 3]);
  const y = range(0, 10).reshape([5, 2]);
  const unreduced = (names: readonly string[], options: object = {}): Model => {
    const inputs = layers.input({ shape: [3] });
    const outputs = names.map((name) => layers.dense({ units: 2, kernelInitializer: "ones", name }).apply(inputs));
    const model = makeModel({ inputs, outputs });
    const loss = names.map(() => losses.meanSquaredError({ reduction: "none" }));
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.001 }), loss, ...options });
    return model;
  };

  test("logs have their mean, as in Keras", () => {
    const { evaluate, weighed, testOnBatch, two } = parity.unreduced;
    const model = unreduced(["a"]);
    assertClose([model.evaluate(x, y, { batchSize: 2, verbose: 0 }) as number], [evaluate]);
    assertClose(
      [model.evaluate(x, y, { batchSize: 2, sampleWeight: [0, 1, 2, 3, 4], verbose: 0 }) as number],
      [weighed],
    );
    assertClose([model.testOnBatch(x, y) as number], [testOnBatch]);
    const logs = unreduced(["a", "b"], { lossWeights: [2, 1] }).evaluate(x, [y, y.add(1)], {
      ...{ batchSize: 2, verbose: 0, returnDict: true },
    }) as Record<string, number>;
    assertEqual(Object.keys(logs), Object.keys(two));
    assertClose(Object.values(logs), Object.values(two));
  });

  test("what is logged is what is trained: the mean, which the default reduction also gives", async () => {
    const [none, plain] = [unreduced(["a"]), unreduced(["a"], { loss: "mse" })];
    const fit = (model: Model) => model.fit(x, y, { epochs: 2, batchSize: 2, shuffle: false, verbose: 0 });
    assertEqual((await fit(none)).history, (await fit(plain)).history);
    assertEqual(none.getWeights()[0]!.dataSync(), plain.getWeights()[0]!.dataSync());
  });
});
