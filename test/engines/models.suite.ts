/** Layers, models, the training flag and training, as a user of the built package meets them. */
import * as hb from "hornbeam";
import { assert, assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const tensorOf = (x: unknown): hb.Tensor => x as hb.Tensor;

/** A layer of one's own: scales by a weight in training, is silent otherwise. */
class Scale extends hb.Layer {
  static override readonly className = "Scale";
  k: hb.Variable | undefined;
  override build(): void {
    this.k = this.addWeight({ name: "k", shape: [], initializer: "ones" });
    this.k.assign(3);
  }
  override call(x: hb.Tensor, { training }: { training?: boolean }): hb.Tensor {
    return training ? x.mul(this.k!.value()) : x;
  }
}

function smallModel(): hb.Model {
  const x = hb.input({ shape: [4], name: "x" });
  const h = hb.layers.dense({ units: 5, activation: "tanh", name: "hidden" }).apply(x);
  const y = hb.layers.dense({ units: 1, name: "out" }).apply(h);
  return hb.model({ inputs: x, outputs: y });
}

const xs = Array.from({ length: 12 }, (_, i) => [i / 12, (i % 3) / 3, (i % 5) / 5, 1]);
const ys = xs.map(([a, b, c]) => [a! + b! - c!]);

suite("layers", (test) => {
  test("dense, activation, flatten, reshape, add, concatenate on values", () => {
    const x = hb.tensor([
      [1, -2],
      [3, 4],
    ]);
    const dense = hb.layers.dense({ units: 1, kernelInitializer: "ones", biasInitializer: "ones" });
    assertEqual(tensorOf(dense.apply(x)).arraySync(), [[0], [8]]);
    assertEqual(
      dense.getWeights().map((w) => w.shape),
      [[2, 1], [1]],
    );
    dense.setWeights([[[2], [0]], [1]]);
    assertEqual(tensorOf(dense.apply(x)).arraySync(), [[3], [7]]);
    assertEqual(dense.countParams(), 3);
    assertEqual(tensorOf(hb.layers.activation({ activation: "relu" }).apply(x)).arraySync(), [
      [1, 0],
      [3, 4],
    ]);
    assertEqual(tensorOf(hb.layers.reshape({ targetShape: [2, 1] }).apply(x)).shape, [2, 2, 1]);
    assertEqual(tensorOf(hb.layers.flatten().apply(hb.ones([2, 3, 4]))).shape, [2, 12]);
    assertEqual(tensorOf(hb.layers.add().apply([x, x])).arraySync(), [
      [2, -4],
      [6, 8],
    ]);
    assertEqual(tensorOf(hb.layers.concatenate().apply([x, x])).shape, [2, 4]);
  });
  test("batch normalization uses the batch in training and moving statistics otherwise", () => {
    const layer = hb.layers.batchNormalization({ momentum: 0.5 });
    const x = hb.tensor([[0], [2]]);
    assertClose(tensorOf(layer.apply(x)), [[0], [2]], { atol: 2e-3 });
    assertClose(tensorOf(layer.apply(x, { training: true })), [[-1], [1]], { atol: 1e-3 });
    const [gamma, beta, mean, variance] = layer.getWeights().map((w) => w.arraySync());
    assertEqual([gamma, beta, mean, variance], [[1], [0], [0.5], [1]]);
  });
  test("a custom layer branches on the flag, alone and inside a model", () => {
    const layer = new Scale();
    assertEqual(tensorOf(layer.apply([[1, 2]], { training: true })).arraySync(), [[3, 6]]);
    assertEqual(tensorOf(layer.apply([[1, 2]])).arraySync(), [[1, 2]]);
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), new Scale()] });
    assertEqual(tensorOf(model.apply([[1, 2]], { training: true })).arraySync(), [[3, 6]]);
    assertEqual(tensorOf(model.apply([[1, 2]], { training: false })).arraySync(), [[1, 2]]);
    assertEqual(tensorOf(model.predict([[1, 2]])).arraySync(), [[1, 2]]);
  });
});

suite("models", (test) => {
  test("functional: names, layers, weights, summary", () => {
    const model = smallModel();
    assertEqual(
      model.layers.map((layer) => layer.name),
      ["x", "hidden", "out"],
    );
    assertEqual(model.getLayer("hidden"), model.getLayer(1));
    assertEqual(model.countParams(), 4 * 5 + 5 + 5 + 1);
    const lines: string[] = [];
    const text = model.summary({ printFn: (line: string) => lines.push(line) });
    assert(/hidden/.test(text) && /31/.test(text), text);
    const copy = smallModel();
    copy.setWeights(model.getWeights());
    assertEqual(tensorOf(copy.predict(xs)).dataSync(), tensorOf(model.predict(xs)).dataSync());
  });
  test("sequential grows and shrinks", () => {
    const model = hb.sequential();
    model.add(hb.layers.dense({ units: 3 }));
    model.add(hb.layers.dense({ units: 2 }));
    assertEqual(tensorOf(model.apply(hb.ones([1, 4]))).shape, [1, 2]);
    model.pop();
    assertEqual(tensorOf(model.apply(hb.ones([1, 4]))).shape, [1, 3]);
  });
  test("several inputs and outputs, a shared layer, a nested model", () => {
    const a = hb.input({ shape: [2], name: "a" });
    const b = hb.input({ shape: [2], name: "b" });
    const shared = hb.layers.dense({ units: 2, kernelInitializer: "identity" });
    const sum = hb.layers.add().apply([shared.apply(a), shared.apply(b)]);
    const inner = hb.model({ inputs: [a, b], outputs: [sum, shared.apply(a)] });
    const [s, t] = inner.predict([[[1, 2]], [[3, 4]]]) as unknown as hb.Tensor[];
    assertEqual([s!.arraySync(), t!.arraySync()], [[[4, 6]], [[1, 2]]]);
    assertEqual(inner.trainableWeights.length, 2);
    const x = hb.input({ shape: [2] });
    const outer = hb.model({ inputs: x, outputs: (inner.apply([x, x]) as unknown as unknown[])[0] as never });
    assertEqual(tensorOf(outer.predict([[1, 2]])).arraySync(), [[2, 4]]);
  });
  test("errors name the layer, what was expected, what came", () => {
    const model = smallModel();
    assertThrows(() => model.predict([[1, 2, 3]]), hb.HornbeamError, /4/);
    assertThrows(() => hb.layers.dense({ units: 2, activation: "rleu" as never }), hb.ValueError, /relu/);
    assertThrows(() => hb.layers.dense({ units: -1 }), hb.ValueError, /units/);
    assertThrows(() => model.evaluate(xs, ys), hb.StateError, /compile/);
  });
});

suite("training", (test) => {
  test("fit, callbacks, history, validation; evaluate in every form", async () => {
    hb.setRandomSeed(3);
    const model = smallModel();
    model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mean_absolute_error"] });
    const seen: number[] = [];
    const history = await model.fit(xs, ys, {
      epochs: 3,
      batchSize: 5,
      validationSplit: 0.25,
      shuffle: true,
      verbose: 0,
      callbacks: [{ onEpochEnd: (epoch: number) => void seen.push(epoch) }],
    });
    assertEqual(seen, [0, 1, 2]);
    assertEqual(history.epoch, [0, 1, 2]);
    assertEqual(Object.keys(history.history).sort(), [
      "loss",
      "mean_absolute_error",
      "val_loss",
      "val_mean_absolute_error",
    ]);
    const list = model.evaluate(xs, ys) as number[];
    const named = model.evaluate(xs, ys, { returnDict: true }) as Record<string, number>;
    assertEqual(Object.values(named), list);
    assertEqual(model.metricsNames.length, 2);
    assertEqual(model.optimizer?.iterations, 6);
  });
  test("trainOnBatch lowers the loss; testOnBatch and predictOnBatch change nothing", () => {
    hb.setRandomSeed(4);
    const model = smallModel();
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }), loss: "mse" });
    const first = model.trainOnBatch(xs, ys) as number;
    for (let i = 0; i < 30; i++) model.trainOnBatch(xs, ys);
    const weights = model.getWeights().map((w) => w.arraySync());
    const last = model.testOnBatch(xs, ys) as number;
    assert(last < 0.5 * first, `${first} → ${last}`);
    assertEqual(tensorOf(model.predictOnBatch(xs)).shape, [12, 1]);
    assertEqual(
      model.getWeights().map((w) => w.arraySync()),
      weights,
    );
  });
  test("a loop of one's own with tape and applyGradients", () => {
    hb.setRandomSeed(5);
    const model = smallModel();
    const optimizer = hb.optimizers.adam({ learningRate: 0.05 });
    const mse = hb.losses.meanSquaredError();
    const step = (): number => {
      const tape = new hb.GradientTape();
      const loss = tape.record(() => tensorOf(mse.apply(hb.tensor(ys), tensorOf(model.apply(xs, { training: true })))));
      const grads = tape.gradient(loss, model.trainableVariables);
      optimizer.applyGradients(grads.map((g, i) => [g, model.trainableVariables[i]!]));
      return loss.item();
    };
    const first = step();
    for (let i = 0; i < 30; i++) step();
    assert(step() < 0.5 * first);
    assertEqual(optimizer.iterations, 32);
  });
  test("a metric accumulates and resets", () => {
    const metric = hb.metrics.categoricalAccuracy();
    metric.updateState(
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0.1, 0.9],
        [0.2, 0.8],
      ],
    );
    assertClose(metric.result(), 0.5);
    metric.updateState([[0, 1]], [[0, 1]]);
    assertClose(metric.result(), 2 / 3);
    metric.resetState();
    assertClose(metric.result(), 0);
  });
  test("bad data is an error, and the model stays as it was", async () => {
    const model = smallModel();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const before = model.getWeights().map((w) => w.arraySync());
    await assertRejects(() => model.fit(xs, ys.slice(1), { verbose: 0 }), hb.HornbeamError);
    await assertRejects(() => model.fit([], [], { verbose: 0 }), hb.HornbeamError);
    assertThrows(() => model.trainOnBatch([[1, 2]], [[1]]), hb.HornbeamError);
    assertEqual(
      model.getWeights().map((w) => w.arraySync()),
      before,
    );
  });
});
