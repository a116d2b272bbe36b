import { input } from "../../src/layers/core/input-layer.ts";
import * as layers from "../../src/layers/index.ts";
import { Layer } from "../../src/layers/layer.ts";
import { model as functional } from "../../src/models/functional.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/sequential.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { setRandomSeed } from "../../src/random/global.ts";
import { bitsOf, fromBits, pick, randomFixture } from "../fixtures/random-fixture.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();

/** The formula of generate_random.py: hashed features, shifted where the column belongs to the class. */
function formulaData(count: number, features: number, classes: number): { x: Tensor; y: Tensor } {
  const x = new Float32Array(count * features);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const label = (i * 7 + Math.floor(i / classes)) % classes;
    y[i] = label;
    for (let j = 0; j < features; j++) {
      // (i·73856093) XOR (j·19349663) on whole integers, of which the low 32 bits and the next 13 count
      let h = BigInt(i * 73856093) ^ BigInt(j * 19349663);
      h = (h ^ (h >> 13n)) & 0xffffffffn;
      h = (h * 1274126177n) & 0xffffffffn;
      h ^= h >> 16n;
      x[i * features + j] = Number(h % 2048n) / 1024 - 1 + (j % classes === label ? 1 : 0);
    }
  }
  return { x: tensor(x, [count, features]), y: tensor(y, [count], "int32") };
}

function classifier(): Model {
  const made = sequential({
    layers: [
      layers.dense({ units: 16, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 16 }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.activation({ activation: "relu" }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
  made.build([null, 12]);
  return made;
}

/**
 * Places among the weights of `classifier()` of the bias before a BatchNormalization and of the moving mean behind it: such
 * a bias has no gradient but rounding, which Adam scales up to steps of its own.
 */
const ROUNDING_ALONE: readonly number[] = [7, 10];

suite("random: training against Keras", (test) => {
  const { x, y } = formulaData(200, 12, 4);
  test("both sides compute the same data", () => {
    assertEqual(bitsOf(x.dataSync().subarray(0, 36)), fixture.data.x);
    assertEqual([...y.dataSync().subarray(0, 20)], fixture.data.y);
  });
  for (const { shuffle, history, weights, predictions, seed_states } of fixture.trajectories) {
    const name = `Dense–BatchNormalization–Dropout, Adam, 4 epochs, ${shuffle ? "shuffled" : "in order"}`;
    test(`${name}: losses within 1e-4 of Keras's`, async () => {
      setRandomSeed(42);
      const made = classifier();
      made.compile({
        optimizer: optimizers.adam({ learningRate: 0.01 }),
        loss: "sparseCategoricalCrossentropy",
        metrics: ["accuracy"],
      });
      const options = { epochs: 4, batchSize: 32, shuffle, verbose: 0, validationSplit: 0.2 } as const;
      const logs = (await made.fit(x, y, options)).history as Record<string, number[]>;
      assertEqual(Object.keys(logs).sort(), Object.keys(history).sort());
      for (const key of Object.keys(history))
        assertClose(logs[key]!, history[key]!, { rtol: 1e-4, atol: 0, what: key });
      made.weights.forEach((weight, index) => {
        const { at, bits, name: path } = weights[index]!;
        const what = `weight ${index} (${path})`;
        const atol = ROUNDING_ALONE.includes(index) ? 5e-3 : 1e-4;
        assertClose(pick(weight.readSync(), at), fromBits(bits), { rtol: 1e-3, atol, what });
      });
      const predicted = made.predict(tensor(x.dataSync().subarray(0, 60), [5, 12])) as Tensor;
      assertClose(predicted.dataSync(), fromBits(predictions), { rtol: 1e-3, atol: 1e-4 });
      const states = made.nonTrainableVariables.filter((variable) => variable.name === "seed_generator_state");
      assertEqual(
        states.map((state) => [...state.readSync()]),
        seed_states,
      );
    });
  }
});

/** Hands its input on and remembers it while training; only in immediate execution, where values can be read. */
class Watch extends Layer {
  static override readonly className: string = "Watch";
  readonly seen: number[][] = [];

  override call(inputs: Tensor, { training }: { training?: boolean | undefined }): Tensor {
    if (training === true) this.seen.push([...inputs.dataSync()]);
    return inputs;
  }
}

suite("random: the order in which fit sees its samples, against Keras", (test) => {
  for (const { shuffle, epochs, before, count, batch, seed, fits } of fixture.fit_orders) {
    const first = before === null ? "at once" : `after ${before}`;
    test(`shuffle ${shuffle}, ${count} samples by ${batch}, ${epochs} epochs, ${first}, then once more`, async () => {
      setRandomSeed(seed);
      const watch = new Watch();
      const inputs = input({ shape: [1] });
      const hidden = watch.apply(inputs);
      const dense = layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
      const made = functional({ inputs, outputs: dense.apply(hidden as never) as never });
      made.compile({
        optimizer: optimizers.sgd({ learningRate: 1e-30 }),
        loss: "mse",
        metrics: ["mae"],
        runEagerly: true,
      });
      const x = tensor(
        Float32Array.from({ length: count }, (_, i) => i),
        [count, 1],
      );
      const some = tensor([[0], [1]]);
      if (before === "trainOnBatch") made.trainOnBatch(some, some);
      if (before === "evaluate") made.evaluate(x, x);
      if (before === "predict") made.predict(x);
      for (const expected of fits) {
        watch.seen.length = 0;
        await made.fit(x, x, { epochs, batchSize: batch, shuffle, verbose: 0 });
        assertEqual(watch.seen, expected);
      }
    });
  }
});
