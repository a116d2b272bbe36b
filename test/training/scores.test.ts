/** Losses and metrics inside `compile`, `fit` and `evaluate`. */
import { csvLogger } from "../../src/callbacks/index.ts";
import { formatLog } from "../../src/callbacks/progress-bar.ts";
import * as layers from "../../src/layers/index.ts";
import * as losses from "../../src/losses/index.ts";
import * as metrics from "../../src/metrics/index.ts";
import { sequential } from "../../src/models/sequential.ts";
import { fill, tensor } from "../../src/ops/creation.ts";
import type { Tensor, TensorLike } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assert, assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear, softmaxModel, twoOutputs, X4 } from "./helpers.ts";

/** A metric that is always the same. */
class Constant extends metrics.Metric {
  static override readonly className: string = "Constant";
  readonly #value: number;
  constructor(value: number, name: string) {
    super({ name });
    this.#value = value;
  }
  override updateState(_yTrue: TensorLike, _yPred: TensorLike): void {}
  override result(): Tensor {
    return fill([], this.#value);
  }
}

/** Several results by name. */
class Extremes extends metrics.Metric {
  static override readonly className: string = "Extremes";
  readonly #top = this.addVariable({ name: "top" });
  override updateState(_yTrue: TensorLike, yPred: Tensor): void {
    this.#top.assign(this.#top.value().maximum(yPred.max()));
  }
  override result(): Record<string, Tensor> {
    return { top: this.#top.value(), half: this.#top.value().div(2) };
  }
}

const quiet = { verbose: 0 } as const;
const Y4 = [0, 1, 2, 1];
const HOT4 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 1, 0],
];

suite("metrics in training", (test) => {
  test("FX-08 metrics stand in the order they were given in", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const model = linear({ metrics: order.map((value) => new Constant(value, `m${value}`)) });
      assertEqual((model.evaluate(LINEAR_X, LINEAR_Y, quiet) as number[]).slice(1), order);
      assertEqual(model.metricsNames, ["loss", ...order.map((value) => `m${value}`)]);
    }
  });

  test("FX-18 after compiling anew, history has the new metric and not the old", async () => {
    const model = linear({ metrics: ["mae"] });
    await model.fit(LINEAR_X, LINEAR_Y, { ...quiet, epochs: 1 });
    model.compile({ optimizer: "sgd", loss: "mse", metrics: [metrics.rootMeanSquaredError()] });
    const { history } = await model.fit(LINEAR_X, LINEAR_Y, { ...quiet, epochs: 1 });
    assertEqual(Object.keys(history), ["loss", "root_mean_squared_error"]);
  });

  test("exact over the data, whatever the batches: no mean of batch means", () => {
    const model = linear({
      metrics: [metrics.rootMeanSquaredError(), metrics.r2Score(), metrics.auc(), metrics.logCoshError()],
    });
    const x = [[0.1], [0.9], [0.4], [0.6], [0.35]];
    const y = [[0], [1], [0], [1], [1]];
    const whole = model.evaluate(x, y, { ...quiet, batchSize: 5 }) as number[];
    for (const batchSize of [1, 2, 3]) assertClose(model.evaluate(x, y, { ...quiet, batchSize }) as number[], whole);
    const errors = x.map(([p], i) => p! - y[i]![0]!);
    const squares = errors.reduce((sum, e) => sum + e * e, 0);
    assertClose(whole[1]!, Math.sqrt(squares / 5));
    assertClose(whole[2]!, 1 - squares / (5 * 0.24));
    assertClose(whole[3]!, 5 / 6, { atol: 1e-5 });
    assertClose(whole[4]!, errors.reduce((sum, e) => sum + Math.log(Math.cosh(e)), 0) / 5);
    model.compile({ optimizer: "sgd", loss: "mse", metrics: [metrics.r2Score(), metrics.auc()], runEagerly: true });
    assertClose((model.evaluate(x, y, { ...quiet, batchSize: 2 }) as number[]).slice(1), whole.slice(2, 4));
  });

  test("vectors stand in the logs as arrays; results by name are logs of their own, last and sorted", async () => {
    const model = softmaxModel();
    model.compile({
      optimizer: optimizers.sgd({ learningRate: 0 }),
      loss: "categorical_crossentropy",
      metrics: [new Extremes(), metrics.f1Score(), metrics.recall({ thresholds: [0.2, 0.5] })],
    });
    const seen: unknown[] = [];
    const lines: string[] = [];
    const csv = csvLogger({ filename: { write: (text: string) => void lines.push(text) } });
    const callbacks = [csv, { onEpochEnd: (_: number, logs: Record<string, unknown>) => void seen.push(logs) }];
    const options = { ...quiet, epochs: 1, batchSize: 3, validationData: [X4, HOT4], callbacks } as const;
    const { history } = await model.fit(X4, HOT4, options);
    assert(/^0,"""\[[\d.]+, [\d.]+, [\d.]+\]""",/m.test(lines.join("")), lines.join(""));
    const shown = formatLog("f1_score", history.f1_score![0]!);
    assertEqual(
      shown,
      formatLog(
        "f1_score",
        [history.f1_score![0]!].flat(2).reduce((a, b) => a + b / 3, 0),
      ),
    );
    const keys = ["f1_score", "half", "loss", "recall", "top"];
    assertEqual(Object.keys(history), [...keys, ...keys.map((key) => `val_${key}`)]);
    const [[f1], [recall]] = [history.f1_score, history.recall] as unknown as [number[][], number[][]];
    assertEqual([f1!.length, recall!.length], [3, 2]);
    assertClose(history.half![0]! * 2, history.top![0]!);
    assertEqual((seen[0] as { recall: number[] }).recall, recall);
    const results = model.evaluate(X4, HOT4, { ...quiet, returnDict: true }) as Record<string, unknown>;
    assertEqual(Object.keys(results), keys);
    const { loss, f1_score, half, recall: found, top } = results;
    assertEqual(model.evaluate(X4, HOT4, quiet) as unknown, [loss, f1_score, found, half, top]);
    const oracle = metrics.f1Score();
    oracle.updateState(HOT4, model.predict(X4, quiet) as Tensor);
    assertClose(results.f1_score as number[], oracle.result());
  });

  test("every metric that needs no options works in fit by its name", async () => {
    const model = softmaxModel();
    const names = ["acc", "mse", "top_k_categorical_accuracy", "auc", "precision", "f1_score", "r2_score", "kld"];
    const list = [
      ...names,
      "cosine_similarity",
      "hinge",
      "pearson_correlation",
      "rootMeanSquaredError",
      metrics.Recall,
    ];
    model.compile({
      optimizer: "sgd",
      loss: "ce",
      metrics: [...(list as metrics.MetricName[]), metrics.falseNegatives],
    });
    const { history } = await model.fit(X4, HOT4, { ...quiet, epochs: 2, batchSize: 2 });
    const named = list.map((name) => (typeof name === "string" ? name : "recall"));
    assertEqual(Object.keys(history).sort(), [...named, "false_negatives", "loss"].sort());
    for (const [name, values] of Object.entries(history)) {
      assertEqual([values].flat(3).every(Number.isFinite), true, name);
    }
  });

  test("weightedMetrics see sample and class weights, metrics do not; equal names are told apart", () => {
    const model = softmaxModel();
    const score = () => metrics.sparseTopKCategoricalAccuracy({ k: 1, name: "top" });
    model.compile({ optimizer: "sgd", loss: "scce", metrics: [score()], weightedMetrics: [score(), "accuracy"] });
    const weights = [1, 0, 3, 0.5];
    const results = model.evaluate(X4, Y4, { ...quiet, sampleWeight: weights, returnDict: true }) as Record<
      string,
      number
    >;
    assertEqual(Object.keys(results), ["accuracy", "loss", "top", "weighted_top"]);
    assertEqual(model.metricsNames, ["loss", "top", "weighted_top", "accuracy"]);
    const best = (model.predict(X4, quiet) as Tensor).argMax().dataSync();
    const hits = Y4.map((label, i) => Number(best[i] === label));
    const weighed = hits.reduce((sum, hit, i) => sum + hit * weights[i]!, 0) / 4.5;
    assertClose(
      [results.top!, results.weighted_top!, results.accuracy!],
      [hits.reduce((a, b) => a + b) / 4, weighed, weighed],
    );
    const byClass = model.testOnBatch(X4, Y4, { returnDict: true });
    assertClose((byClass as Record<string, number>).weighted_top!, results.top!);
  });

  test("several outputs: a class, an object, a function and a name, by list and by dict", () => {
    function bias(t: Tensor, p: Tensor): Tensor {
      return p.sub(t);
    }
    const x = [[1], [2], [4]];
    const y = [[0], [0], [1]];
    const options = { loss: { a: losses.huber({ delta: 2 }), b: losses.LogCosh }, lossWeights: { a: 2, b: 0.5 } };
    for (const chosen of [
      [[bias, metrics.MeanAbsoluteError], metrics.poisson()],
      { b: [metrics.poisson], a: [bias, "mae" as const] },
    ]) {
      const model = twoOutputs({ ...options, metrics: chosen });
      const results = model.evaluate(x, [y, y], { ...quiet, returnDict: true }) as Record<string, number>;
      const mae = Array.isArray(chosen) ? "a_mean_absolute_error" : "a_mae";
      const names = ["loss", "a_loss", "b_loss", "a_bias", mae, "b_poisson"];
      assertEqual(Object.keys(results), [...names].sort());
      const errors = [1, 2, 3];
      const huber = errors.map((e) => (e <= 2 ? (e * e) / 2 : 2 * e - 2)).reduce((sum, e) => sum + e) / 3;
      const logCosh = errors.reduce((sum, e) => sum + Math.log(Math.cosh(e)), 0) / 3;
      const expected = [2 * huber + 0.5 * logCosh, huber, logCosh, 2, 2, (1 + 2 + 4 - Math.log(4)) / 3];
      assertClose(
        names.map((name) => results[name]!),
        expected,
      );
    }
  });

  test("every loss trains: the number falls", async () => {
    const specs: [losses.LossLike, number[][]][] = [
      ...(["huber", "log_cosh", "msle", "poisson", "mape"] as const).map(
        (name) => [name, [[1], [2], [1], [3]]] as const,
      ),
      ...(["hinge", "squared_hinge", "binary_focal_crossentropy", "dice", "tversky"] as const).map(
        (name) => [name, [[1], [1], [0], [1]]] as const,
      ),
      ...(["kld", "categorical_hinge", "categorical_focal_crossentropy", "cosine_similarity"] as const).map(
        (name) => [name, HOT4] as const,
      ),
    ].map(([name, y]) => [name, y.map((row) => [...row])]);
    for (const [loss, y] of specs) {
      const units = y[0]!.length;
      const model = sequential({
        layers: [layers.input({ shape: [2] }), layers.dense({ units, activation: units > 1 ? "softmax" : "sigmoid" })],
      });
      model.setWeights([tensor(units > 1 ? [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]] : [[-0.2], [-0.3]]), tensor(new Array(units).fill(0))]); // biome-ignore format: a table
      model.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss });
      const { history } = await model.fit(X4, y, { ...quiet, epochs: 5, batchSize: 4 });
      const falls = history.loss!.every((value, i, all) => i === 0 || value < all[i - 1]!);
      assertEqual(falls, true, `${String(loss)} ${history.loss}`);
    }
  });

  test("the direction of a metric is known by its name in logs", async () => {
    const model = twoOutputs({ metrics: [["accuracy"], ["mse", new Constant(1, "c")]] });
    await model.fit([[1]], [[[1]], [[1]]], { ...quiet, epochs: 1 });
    assertEqual(metrics.auc().direction, "up");
    assertEqual(metrics.get("mse").direction, "down");
    assertEqual(new Constant(0, "c").direction, undefined);
  });

  test("bad targets and names are refused before anything has changed", async () => {
    assertThrows(() => linear({ loss: "hubber" as never }), ValueError, /Did you mean "huber"/);
    assertThrows(() => linear({ metrics: ["aucc" as never] }), ValueError, /Did you mean "auc"/);
    const model = linear({ loss: null as never, metrics: ["auc"] });
    assertThrows(() => model.evaluate([[1]], [[Number.NaN]], quiet), ValueError, /yTrue: expected finite numbers/);
    const labels = softmaxModel();
    labels.compile({ optimizer: "sgd", loss: losses.sparseCategoricalCrossentropy({ ignoreClass: -1 }) });
    await labels.fit(X4, [0, -1, 2, 1], { ...quiet, epochs: 1 });
    await assertRejects(labels.fit(X4, [0, -2, 2, 1], quiet), ValueError, /class numbers in \[0, 3\), got -2 in row 1/);
  });
});
