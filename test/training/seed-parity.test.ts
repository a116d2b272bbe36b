import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/sequential.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { setRandomSeed } from "../../src/random/global.ts";
import { bitsOf, fromBits, pick, randomFixture } from "../fixtures/random-fixture.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();

/** Notes the batches it sees while training; values can be read because the model runs op by op. */
class Watch extends layers.Layer {
  static override className = "Watch";
  seen: number[][] = [];
  override call(x: Tensor, { training }: { training?: boolean }): Tensor {
    if (training) this.seen.push([...x.dataSync()]);
    return x;
  }
}

suite("seed parity: the order in which fit takes samples", (test) => {
  for (const each of fixture.fit_orders) {
    const { shuffle, epochs, before, count, batch, seed } = each;
    test(`${count} samples in ${batch}s, shuffle ${shuffle}, ${epochs} epochs, twice, after ${before ?? "nothing"}`, async () => {
      setRandomSeed(seed);
      const watch = new Watch();
      const dense = layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
      const model = sequential({ layers: [layers.input({ shape: [1] }), watch, dense] });
      const optimizer = optimizers.sgd({ learningRate: 0 });
      model.compile({ optimizer, loss: "mse", metrics: ["mae"], runEagerly: true });
      const x = Array.from({ length: count }, (_, i) => [i]);
      if (before === "trainOnBatch") model.trainOnBatch(x.slice(0, 2), x.slice(0, 2));
      if (before === "evaluate") model.evaluate(x, x);
      if (before === "predict") model.predict(x);
      for (const order of each.fits) {
        watch.seen = [];
        await model.fit(x, x, { epochs, batchSize: batch, shuffle, verbose: 0 });
        assertEqual(watch.seen, order);
      }
    });
  }
});

/** The data of the fixtures, made with integers alone on both sides: hashed features with a class-dependent shift. */
function formulaData(count: number, features: number, classes: number): { x: number[][]; y: number[] } {
  const y = Array.from({ length: count }, (_, i) => (i * 7 + Math.floor(i / classes)) % classes);
  const hash = (i: number, j: number): number => {
    let h = (BigInt(i) * 73856093n) ^ (BigInt(j) * 19349663n);
    h = BigInt.asUintN(32, h ^ (h >> 13n));
    h = BigInt.asUintN(32, h * 1274126177n);
    return Number((h ^ (h >> 16n)) % 2048n);
  };
  const feature = (i: number, j: number): number => hash(i, j) / 1024 - 1 + (j % classes === y[i] ? 1 : 0);
  const x = y.map((_, i) => Array.from({ length: features }, (_, j) => feature(i, j)));
  return { x, y };
}

suite("seed parity: whole trainings against Keras on JAX", (test) => {
  for (const each of fixture.trajectories) {
    test(`Dense, BatchNormalization, Dropout, Adam over 4 epochs, shuffle ${each.shuffle}: loss within 1e-4`, async () => {
      setRandomSeed(42);
      const model = sequential({
        layers: [
          layers.input({ shape: [12] }),
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
      const { x, y } = formulaData(200, 12, 4);
      assertEqual([bitsOf(x.slice(0, 3).flat()), y.slice(0, 20)], [fixture.data.x, fixture.data.y]);
      const optimizer = optimizers.adam({ learningRate: 0.01 });
      model.compile({ optimizer, loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
      const options = { epochs: 4, batchSize: 32, shuffle: each.shuffle, verbose: 0, validationSplit: 0.2 } as const;
      const { history } = await model.fit(x, y, options);
      for (const [name, values] of Object.entries(each.history)) {
        assertClose(history[name]!, values, { rtol: 1e-4, atol: name.includes("accuracy") ? 0.01 : 0, what: name });
      }
      model.getWeights().forEach((weight, i) => {
        const { at, bits } = each.weights[i]!;
        assertClose(pick(weight.dataSync(), at), fromBits(bits), { rtol: 1e-3, atol: 1e-3, what: `weight ${i}` });
      });
      assertClose(model.predict(x.slice(0, 5)).flatten(), fromBits(each.predictions), { rtol: 1e-3, atol: 1e-4 });
      const seeds = model.nonTrainableVariables.filter(({ dtype }) => dtype === "uint32");
      assertEqual(
        seeds.map((seed) => [...seed.readSync()]),
        each.seed_states,
      );
    });
  }
});
