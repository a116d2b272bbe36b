import * as layers from "../../src/layers/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import { type Sequential, sequential } from "../../src/models/sequential.ts";
import { tensor, zeros } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { exponentialDecay } from "../../src/optimizers/schedules/index.ts";
import { l1l2 } from "../../src/regularizers/index.ts";
import semantics from "../fixtures/semantics.json" with { type: "json" };
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear, softmaxModel, twoOutputs, X4 } from "./helpers.ts";

const plain = { batchSize: 2, shuffle: false, verbose: 0 } as const;

suite("training: cases of the reference", (test) => {
  test("TR-08 fit trains with training = true, evaluate and predict run with false", async () => {
    class Gate extends layers.Layer {
      static override className = "Gate";
      override call(x: Tensor, { training }: { training?: boolean }): Tensor {
        return training ? x : x.mul(0);
      }
    }
    const model = sequential({ layers: [layers.input({ shape: [1] }), new Gate()] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const x = new Array(128).fill([1]);
    const y = new Array(128).fill([0]);
    const { history } = await model.fit(x, y, { verbose: 0 });
    assertClose(history.loss!, [1]);
    assertClose(model.evaluate(x, y) as number, 0);
    assertClose(model.predict(x), zeros([128, 1]));
  });

  test("TR-14 dropout baked as training drops in predict: batches differ, calls differ", () => {
    const x = layers.input({ shape: [20] });
    const model = makeModel({ inputs: x, outputs: layers.dropout({ rate: 0.5 }).apply(x, { training: true }) });
    const ones = tensor(new Float32Array(80).fill(1), [4, 20]);
    const rows = model.predict(ones, { batchSize: 2 }).arraySync() as number[][];
    assertEqual(rows.slice(0, 2).join() === rows.slice(2).join(), false);
    const first = model.predictOnBatch(ones).dataSync().join();
    assertEqual(first === model.predictOnBatch(ones).dataSync().join(), false);
  });

  test("TL-01 evaluate weighs batches by their size", () => {
    assertClose(linear({ metrics: ["mae"] }).evaluate(LINEAR_X, LINEAR_Y, { batchSize: 2 }) as number[], [26, 4]);
  });

  test("TL-02 sample weights: loss and weighted metrics, not metrics", async () => {
    const model = linear({ metrics: ["mae"], weightedMetrics: ["mae"] });
    const { history } = await model.fit(LINEAR_X, LINEAR_Y, { ...plain, sampleWeight: [1, 0, 0, 0, 1] });
    assertClose([history.loss![0]!, history.mae![0]!, history.weighted_mae![0]!], [20.2, 4, 5.5]);
  });

  test("TL-03 validationSplit takes the end of the data", async () => {
    const { history } = await linear({ metrics: ["mae"] }).fit(LINEAR_X, LINEAR_Y, { ...plain, validationSplit: 0.4 });
    const found = [history.loss, history.val_loss, history.mae, history.val_mae].map((values) => values![0]!);
    assertClose(found, [4.6666667, 58, 2, 7]);
  });

  test("TL-04 class weights", async () => {
    const model = linear({ metrics: ["mae"], weightedMetrics: ["mae"] });
    const { history } = await model.fit(LINEAR_X, [0, 1, 1, 0, 2], { ...plain, classWeight: { 0: 1, 1: 0.5 } });
    assertClose([history.loss![0]!, history.mae![0]!, history.weighted_mae![0]!], [16.7, 3.2, 3.625]);
  });

  test("TL-05 trainOnBatch, then testOnBatch", () => {
    const model = softmaxModel();
    assertClose(model.trainOnBatch(X4, [0, 1, 2, 2]) as number[], [0.7231711, 0.75]);
    const [kernel, bias] = model.getWeights();
    const expected = [
      [-0.047916, 0.264944, -0.217027],
      [0.381737, -0.601344, 0.719607],
    ];
    assertClose(kernel!, expected, { atol: 2e-6 });
    assertClose(bias!, [-0.073972, -0.009159, 0.083131], { atol: 2e-6 });
    assertClose(model.testOnBatch(X4, [0, 1, 2, 2]) as number[], [0.6317644, 0.75]);
  });

  const penalised = (optimizer: optimizers.Optimizer): Sequential => {
    const kernelRegularizer = l1l2({ l1: 0.01, l2: 0.1 });
    const dense = layers.dense({ units: 1, useBias: false, kernelRegularizer });
    const model = sequential({ layers: [layers.input({ shape: [2] }), dense] });
    model.setWeights([[[0.5], [-0.25]]]);
    model.compile({ optimizer, loss: "mse" });
    return model;
  };

  test("TL-06 penalties of weights and a schedule", () => {
    const learningRate = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 });
    const model = penalised(optimizers.sgd({ learningRate }));
    const found = [0, 1, 2].map(() => model.trainOnBatch(X4, [1, 0, 1, 2]) as number);
    assertClose(found, [2.0075, 0.711498, 0.497186]);
    assertClose(model.getWeights()[0]!, [[0.3689], [0.297203]]);
    assertClose(model.optimizer!.learningRate, 0.0125);
  });

  test("TL-07 a moving average of the weights takes their place at the end of fit", async () => {
    const model = penalised(optimizers.sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 }));
    const { history } = await model.fit(X4, [1, 0, 1, 2], { epochs: 3, shuffle: false, verbose: 0 });
    assertClose(history.loss!, [2.0075, 0.7114977, 0.3364152]);
    assertClose(model.getWeights()[0]!, [[0.33869], [0.363977]], { atol: 2e-6 });
  });

  test("TL-11 two outputs: order, names, loss weights", () => {
    const model = twoOutputs();
    const y = [LINEAR_Y, LINEAR_Y];
    assertClose(model.evaluate(LINEAR_X, y) as number[], [34, 26, 4, 4, 26]);
    assertEqual(model.metricsNames, ["loss", "a_loss", "b_loss", "a_mae", "b_mse"]);
    const byName = model.evaluate(LINEAR_X, { b: LINEAR_Y, a: LINEAR_Y }, { returnDict: true });
    assertEqual(byName, { loss: 34, a_loss: 26, b_loss: 4, a_mae: 4, b_mse: 26 });
  });

  test("TL-13 the statistics of a batch normalization after one epoch", async () => {
    const model = sequential({ layers: [layers.input({ shape: [1] }), layers.batchNormalization()] });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "mse" });
    await model.fit(LINEAR_X, LINEAR_Y, plain);
    const [, , mean, variance] = model.getWeights();
    assertClose([mean!.item(), variance!.item()], [0.1493515, 0.9752243]);
  });

  test("FX-18 compiling with another metric: only that one is in the history", async () => {
    const model = linear({ metrics: ["mae"] });
    const keys = async (): Promise<string[]> => Object.keys((await model.fit(LINEAR_X, LINEAR_Y, plain)).history);
    assertEqual(await keys(), ["loss", "mae"]);
    model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mean_squared_error"] });
    assertEqual(await keys(), ["loss", "mean_squared_error"]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    assertEqual(await keys(), ["loss"]);
  });
});

interface BatchCase {
  optimizer: "SGD" | "Adam";
  arguments: { learning_rate: number; momentum?: number; nesterov?: boolean };
  extra: { sample_weight?: number[]; class_weight?: Record<string, number> };
  labels: number[];
  steps: { logs: number[]; weights: number[][][] }[];
  test: number[];
  predictions: number[][];
}

suite("training: steps against Keras", (test) => {
  (semantics.on_batch as unknown as BatchCase[]).forEach((each, i) => {
    const { learning_rate: learningRate, ...rest } = each.arguments;
    test(`${i} ${each.optimizer} ${JSON.stringify({ ...each.arguments, ...each.extra })}`, () => {
      const model = softmaxModel(
        new { SGD: optimizers.SGD, Adam: optimizers.Adam }[each.optimizer]({ learningRate, ...rest }),
      );
      const { sample_weight: sampleWeight, class_weight: classWeight } = each.extra;
      const options = { ...(sampleWeight ? { sampleWeight } : {}), ...(classWeight ? { classWeight } : {}) };
      for (const step of each.steps) {
        assertClose(model.trainOnBatch(X4, each.labels, options) as number[], step.logs);
        model.getWeights().forEach((weight, j) => {
          assertClose(weight, step.weights[j]!, { atol: 2e-6 });
        });
      }
      assertClose(model.testOnBatch(X4, each.labels) as number[], each.test);
      assertClose(model.predictOnBatch(X4), each.predictions);
    });
  });

  test("three epochs of a classifier with batch normalization and Adam: history, weights, evaluation, both modes", async () => {
    const { x, y, start, history, weights, evaluate, predictions, training_mode } = semantics.deterministic_fit;
    const inputs = layers.input({ shape: [3] });
    const hidden = layers.dense({ units: 4, activation: "relu" }).apply(inputs);
    const normal = layers.batchNormalization({ momentum: 0.8 }).apply(hidden);
    const model = makeModel({ inputs, outputs: layers.dense({ units: 1, activation: "sigmoid" }).apply(normal) });
    model.setWeights(start.map((weight) => tensor(weight as number[][])));
    model.compile({
      optimizer: optimizers.adam({ learningRate: 0.05 }),
      loss: "binary_crossentropy",
      metrics: ["accuracy"],
    });
    const validationData = [x.slice(0, 6), y.slice(0, 6)] as const;
    const result = await model.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, validationData, verbose: 0 });
    assertEqual(Object.keys(result.history), ["accuracy", "loss", "val_accuracy", "val_loss"]);
    for (const [name, values] of Object.entries(history)) {
      assertClose(result.history[name]!, values, { rtol: 1e-4, atol: 1e-5, what: name });
    }
    model.getWeights().forEach((weight, i) => {
      assertClose(weight, weights[i] as number[], { rtol: 1e-4, atol: 2e-5 });
    });
    assertClose(model.evaluate(x, y) as number[], evaluate, { rtol: 1e-4, atol: 1e-5 });
    assertClose(model.predict(x.slice(0, 4)), predictions, { rtol: 1e-4, atol: 1e-5 });
    assertClose(model.apply(tensor(x.slice(0, 4)), { training: true }) as Tensor, training_mode, {
      rtol: 1e-4,
      atol: 1e-5,
    });
  });
});
