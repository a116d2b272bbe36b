import * as layers from "../../src/layers/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/sequential.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "./helpers.ts";

const ones = { units: 1, useBias: false, kernelInitializer: "ones" } as const;
const still = (): optimizers.SGD => optimizers.sgd({ learningRate: 0 });

/** Inputs a and b, output a + b. */
function sumModel(): Model {
  const a = layers.input({ shape: [1], name: "a" });
  const b = layers.input({ shape: [1], name: "b" });
  const model = makeModel({ inputs: [a, b], outputs: layers.add().apply([a, b]) });
  model.compile({ optimizer: still(), loss: "mse" });
  return model;
}

suite("training: several inputs", (test) => {
  test("a list of nested arrays, of tensors, a dict by names", () => {
    const model = sumModel();
    const x = [[1], [2]];
    const expected = [[11], [22]];
    assertClose(model.predict([x, [[10], [20]]]), expected);
    assertClose(model.predict([tensor(x), new Float32Array([10, 20])]), expected);
    assertClose(model.predict({ b: [[10], [20]], a: x }), expected);
    assertClose(model.evaluate([x, x], [2, 4]) as number, 0);
  });

  test("a missing input, one too few, unequal lengths", () => {
    const model = sumModel();
    assertThrows(() => model.predict({ a: [[1]] }), ValueError, /b/);
    assertThrows(() => model.predict([tensor([[1]])]), ValueError, /2 input/);
    assertThrows(() => model.predict([[[1]], [[1], [2]]]), ValueError, /Data cardinality.*x sizes: 1, 2/);
  });

  test("evaluate's list: losses by key in the order written, else of the outputs; outputs of one name each have a place", () => {
    const x = layers.input({ shape: [1] });
    const times = (factor: number): ReturnType<typeof layers.input> =>
      layers.dense({ ...ones, name: `by${factor}`, kernelInitializer: (shape) => tensor([factor], shape) }).apply(x);
    const zero = [[0], [0]];
    const dict = makeModel({ inputs: x, outputs: { z: times(1), a: times(2), m: times(3) } });
    const evaluate = (loss: Record<string, string> | string): unknown => {
      dict.compile({ optimizer: still(), loss: loss as never, metrics: { m: ["mae"], a: ["mae"] } });
      return dict.evaluate([[1], [1]], { z: zero, a: zero, m: zero });
    };
    assertEqual(evaluate({ z: "mse", m: "mse", a: "mse" }), [14, 1, 9, 4, 2, 3]);
    assertEqual(dict.metricsNames, ["loss", "z_loss", "m_loss", "a_loss", "a_mae", "m_mae"]);
    assertEqual(evaluate({ m: "mse", z: "mse" }), [10, 9, 1, 2, 3]);
    assertEqual(evaluate("mse"), [14, 4, 9, 1, 2, 3]);
    // Keras refuses names of layers here; they are another way to write the keys.
    assertEqual(evaluate({ z: "mse", by3: "mse", a: "mse" }), [14, 1, 9, 4, 2, 3]);
    assertEqual(dict.metricsNames, ["loss", "z_loss", "m_loss", "a_loss", "a_mae", "m_mae"]);
    assertEqual(evaluate({ by3: "mse", by1: "mse" }), [10, 9, 1, 2, 3]);
    const twice = layers.dense({ ...ones, name: "twice" });
    const list = makeModel({ inputs: x, outputs: [twice.apply(x), twice.apply(times(2))] });
    list.compile({ optimizer: still(), loss: "mse" });
    assertEqual(list.evaluate([[1], [1]], [zero, zero]), [5, 4, 4]);
    assertEqual(list.metricsNames, ["loss", "twice_loss", "twice_loss"]);
  });

  test("dict inputs and dict outputs, losses by key", () => {
    const u = layers.input({ shape: [1], name: "u" });
    const v = layers.input({ shape: [2], name: "v" });
    const outputs = { small: layers.dense({ ...ones, name: "first" }).apply(u), big: layers.dense(ones).apply(v) };
    const model = makeModel({ inputs: { u, v }, outputs });
    model.compile({ optimizer: still(), loss: { small: "mse", big: "mae" }, metrics: { big: ["mse"] } });
    const x = {
      u: [[1], [2]],
      v: [
        [1, 1],
        [2, 2],
      ],
    };
    const result = model.predict<{ small: Tensor; big: Tensor }>(x);
    assertClose(result.small, [[1], [2]]);
    assertClose(result.big, [[2], [4]]);
    const logs = model.evaluate(x, { small: [0, 0], big: [0, 0] }, { returnDict: true }) as Record<string, number>;
    assertClose([logs.loss!, Object.keys(logs).length], [2.5 + 3, 4]);
  });
});

suite("training: models that do not know their inputs", (test) => {
  class TwoHeads extends Model {
    static override className = "TwoHeads";
    first = layers.dense(ones);
    second = layers.dense({ ...ones, units: 2 });
    override call({ x }: { x: Tensor }): Tensor[] {
      return [this.first.apply(x), this.second.apply(x)];
    }
  }

  test("a subclass with dict inputs and list outputs is built by the first call", async () => {
    const model = new TwoHeads();
    model.compile({ optimizer: still(), loss: ["mse", "mae"], metrics: [["mae"], []] });
    const y = [
      [0, 0],
      [
        [0, 0],
        [0, 0],
      ],
    ];
    const { history } = await model.fit({ x: [[1], [3]] }, y, { verbose: 0 });
    assertEqual(Object.keys(history), ["loss", "output_0_loss", "output_0_mae", "output_1_loss"]);
    assertClose([history.loss![0]!, history.output_0_loss![0]!, history.output_1_loss![0]!], [7, 5, 2]);
    assertEqual(
      model.predict<Tensor[]>({ x: [[1], [3]] }).map(({ shape }) => shape),
      [
        [2, 1],
        [2, 2],
      ],
    );
  });

  test("a deferred sequential model; data of another width are refused afterwards", async () => {
    const model = sequential({ layers: [layers.dense(ones)] });
    model.compile({ optimizer: still(), loss: "mse" });
    await model.fit(LINEAR_X, LINEAR_Y, { verbose: 0 });
    assertClose(model.evaluate(LINEAR_X, LINEAR_Y) as number, 26);
    assertThrows(() => model.predict([[1, 2]]), ShapeError, /./);
  });
});

suite("training: losses, weights and plans", (test) => {
  class Penalty extends layers.Layer {
    static override className = "Penalty";
    override call(x: Tensor): Tensor {
      this.addLoss(x.mean().mul(10));
      return x;
    }
  }

  test("what layers add to the loss counts in training and evaluation, and is no metric", () => {
    const model = sequential({ layers: [layers.input({ shape: [1] }), new Penalty(), layers.dense(ones)] });
    model.compile({ optimizer: still(), loss: "mse", metrics: ["mse"] });
    assertClose(model.evaluate(LINEAR_X, LINEAR_Y) as number[], [26 + 40, 26]);
    assertClose(model.trainOnBatch(LINEAR_X, LINEAR_Y) as number[], [26 + 40, 26]);
    model.compile({ optimizer: still() });
    assertClose(model.evaluate(LINEAR_X) as number, 40);
  });

  test("weights per output, one for all outputs, in evaluate and on batches", () => {
    const x = layers.input({ shape: [1] });
    const outputs = [layers.dense({ ...ones, name: "a" }).apply(x), layers.dense({ ...ones, name: "b" }).apply(x)];
    const model = makeModel({ inputs: x, outputs });
    model.compile({ optimizer: still(), loss: "mse", lossWeights: { a: 1, b: 10 } });
    const data = [
      [[1], [2]],
      [
        [[0], [0]],
        [[0], [0]],
      ],
    ] as const;
    const all = model.evaluate(data[0], data[1], { sampleWeight: [1, 0] });
    assertClose(all as number[], [0.5 + 5, 0.5, 0.5]);
    const byName = model.testOnBatch(data[0], data[1], { sampleWeight: { a: [0, 1] } });
    assertClose(byName as number[], [2 + 25, 2, 2.5]);
    const list = model.testOnBatch(data[0], data[1], {
      sampleWeight: [
        [0, 1],
        [1, 0],
      ].map((w) => tensor(w)),
    });
    assertClose(list as number[], [2 + 5, 2, 0.5]);
  });

  test("two models that share a layer train in turn", () => {
    const shared = layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
    const make = (): Model => {
      const model = sequential({ layers: [layers.input({ shape: [1] }), shared] });
      model.compile({ optimizer: optimizers.adam({ learningRate: 0.1 }), loss: "mse" });
      return model;
    };
    const [first, second] = [make(), make()];
    for (let i = 0; i < 30; i++) {
      first.trainOnBatch([[1], [2]], [[2], [4]]);
      second.trainOnBatch([[1], [2]], [[2], [4]]);
    }
    assertClose(shared.getWeights()[0]!, [[2]], { atol: 0.1 });
    assertBitEqual(first.predict([[1]]), second.predict([[1]]));
  });

  test("any batch size, in any order, gives the same predictions", () => {
    const model = sequential({
      layers: [layers.input({ shape: [3] }), layers.dense({ units: 5, activation: "tanh" })],
    });
    const x = tensor(
      Float32Array.from({ length: 60 }, (_, i) => Math.sqrt(i)),
      [20, 3],
    );
    const whole = model.predict(x);
    for (const batchSize of [7, 1, 20, 3]) assertBitEqual(model.predict(x, { batchSize }), whole);
  });

  test("a linear model learns y = 3x − 1 whatever the batch order", async () => {
    const model = sequential({ layers: [layers.input({ shape: [1] }), layers.dense({ units: 1 })] });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true }), loss: "mse" });
    const x = Array.from({ length: 64 }, (_, i) => [i / 32 - 1]);
    await model.fit(
      x,
      x.map(([value]) => 3 * value! - 1),
      { epochs: 60, batchSize: 16, verbose: 0 },
    );
    const [kernel, bias] = model.getWeights();
    assertClose([kernel!.item(), bias!.item()], [3, -1], { atol: 1e-3 });
  });

  test("fit's options need no x per output: one target array for one output in a list", () => {
    assertClose(linear().evaluate(tensor(LINEAR_X), [tensor(LINEAR_Y)]) as number, 26);
  });
});
