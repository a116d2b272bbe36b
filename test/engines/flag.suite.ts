/** The training flag on every engine: a whole training number for number as in Keras, modes, samples, explanations. */
import * as hb from "hornbeam";
import flag from "../fixtures/flag.json" with { type: "json" };
import drawn from "../fixtures/masks.json" with { type: "json" };
import random from "../fixtures/random.json" with { type: "json" };
import { assert, assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** The data of the fixtures, made with integers alone on both sides: hashed features with a class-dependent shift. */
function formulaData(count: number, features: number, classes: number): { x: number[][]; y: number[] } {
  const y = Array.from({ length: count }, (_, i) => (i * 7 + Math.floor(i / classes)) % classes);
  const hash = (i: number, j: number): number => {
    let h = (BigInt(i) * 73856093n) ^ (BigInt(j) * 19349663n);
    h = BigInt.asUintN(32, h ^ (h >> 13n));
    h = BigInt.asUintN(32, h * 1274126177n);
    return Number((h ^ (h >> 16n)) % 2048n);
  };
  const x = y.map((label, i) =>
    Array.from({ length: features }, (_, j) => hash(i, j) / 1024 - 1 + (j % classes === label ? 1 : 0)),
  );
  return { x, y };
}

function classifier(): hb.Sequential {
  return hb.sequential({
    layers: [
      hb.input({ shape: [12] }),
      hb.layers.dense({ units: 16, activation: "relu" }),
      hb.layers.batchNormalization(),
      hb.layers.dropout({ rate: 0.3 }),
      hb.layers.gaussianNoise({ stddev: 0.2 }),
      hb.layers.dense({ units: 16, activation: "relu", kernelInitializer: "heNormal" }),
      hb.layers.dropout({ rate: 0.2 }),
      hb.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
}

interface Sample {
  shape: number[];
  at: number[];
  bits: number[];
}

const floats = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);
const pick = (weight: hb.Variable, at: readonly number[]): number[] => at.map((i) => weight.readSync()[i]!);

suite("training against Keras on JAX, number for number", (test) => {
  for (const each of flag.trajectories) {
    test(`Dense, BatchNormalization, Dropout, GaussianNoise: 4 epochs of Adam, shuffle ${each.shuffle}`, async () => {
      hb.setRandomSeed(42);
      const model = classifier();
      model.weights.forEach((weight, i) => {
        const { at, bits } = each.initial[i] as Sample;
        const values = pick(weight, at);
        // Normal families agree to 1e-6, the others bit for bit.
        if (i === 6) assertClose(values, floats(bits), { rtol: 1e-6, atol: 0 });
        else assertEqual(Float32Array.from(values), floats(bits));
      });
      const { x, y } = formulaData(200, 12, 4);
      const optimizer = hb.optimizers.adam({ learningRate: 0.01 });
      model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
      const { history } = await model.fit(x, y, { epochs: 4, batchSize: 32, shuffle: each.shuffle, verbose: 0 });
      assertClose(history.loss!, each.history.loss, { rtol: 1e-4, atol: 0 });
      assertClose(history.accuracy!, each.history.accuracy, { rtol: 1e-6, atol: 1e-6 });
      model.weights.forEach((weight, i) => {
        const { at, bits } = each.weights[i] as Sample;
        assertClose(pick(weight, at), floats(bits), { rtol: 2e-3, atol: 2e-4, what: weight.name });
      });
      const states = model.variables.filter(({ dtype }) => dtype === "uint32").map((state) => [...state.readSync()]);
      assertEqual(states, each.seed_states);
      assertClose((model.predict(x.slice(0, 5)) as hb.Tensor).dataSync(), floats(each.predictions), {
        ...{ rtol: 1e-3, atol: 1e-4 },
      });
    });
  }
});

/** Notes the batches it sees while training; values can be read because the model runs op by op. */
class Watch extends hb.Layer {
  static override readonly className: string = "Watch";
  readonly seen: number[][] = [];
  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    if (training) this.seen.push([...inputs.dataSync()]);
    return inputs;
  }
}

suite("masks and permutations of Keras on JAX, bit for bit", (test) => {
  const classes = hb.layers as unknown as Record<string, new (options: object) => hb.Layer>;

  test("what three calls of each dropout layer keep", () => {
    for (const { class: name, config, shape, masks, kept, dropped } of drawn.cases) {
      if (masks === undefined) continue;
      const options = Object.entries(config).map(([key, value]) => [
        key.replace(/_(.)/, (_, letter: string) => letter.toUpperCase()),
        value,
      ]);
      const layer = new classes[name]!(Object.fromEntries(options));
      for (const mask of masks) {
        const values = layer.apply<hb.Tensor>(hb.ones(shape), { training: true }).dataSync();
        assertEqual(Array.from(values, (value) => (value > (kept! + dropped!) / 2 ? "1" : "0")).join(""), mask, name);
      }
    }
  });
  test("the order in which fit takes samples", async () => {
    for (const { shuffle, epochs, before, count, batch, seed, fits } of random.fit_orders) {
      if (before !== null) continue;
      const x = Array.from({ length: count }, (_, i) => [i]);
      hb.setRandomSeed(seed);
      const watch = new Watch();
      const dense = hb.layers.dense({ units: 1, kernelInitializer: "ones" });
      const model = hb.sequential({ layers: [hb.input({ shape: [1] }), watch, dense] });
      model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0 }), loss: "mse", runEagerly: true });
      for (const order of fits) {
        watch.seen.length = 0;
        await model.fit(x, x, { epochs, batchSize: batch, shuffle: shuffle as boolean | "batch", verbose: 0 });
        assertEqual(watch.seen, order);
      }
    }
  });
});

suite("the mode of some layers, on every engine", (test) => {
  const x = hb.tensor(formulaData(32, 12, 4).x);

  test("a selector, Monte-Carlo samples, exact statistics", () => {
    hb.setRandomSeed(1);
    const model = classifier();
    const before = model.getWeights().map((w) => String(w.dataSync()));
    const noisy = model.apply(x, { training: { Dropout: true } });
    assert(String(noisy.dataSync()) !== String(model.apply(x).dataSync()), "dropout is on");
    const { mean, stddev } = model.predictSamples(x, { samples: 8 });
    assertEqual(
      [mean.shape, stddev.shape],
      [
        [32, 4],
        [32, 4],
      ],
    );
    assertEqual(
      model.getWeights().map((w) => String(w.dataSync())),
      before,
    );
    model.recalibrate(x, { batchSize: 5 });
    const whole = model.apply(x, { training: { BatchNormalization: true } });
    assertClose(model.predict(x) as hb.Tensor, whole, { rtol: 1e-5, atol: 1e-5 });
  });
  test("explanations and findings", () => {
    hb.setRandomSeed(1);
    const input = hb.input({ shape: [12] });
    const drop = hb.layers.dropout({ rate: 0.5, name: "drop" });
    const model = hb.model({ inputs: input, outputs: drop.apply(input, { training: true }), name: "m" });
    const [row] = model.explainTraining({ entry: "predict" }).rows;
    assertEqual([row!.value, row!.reason, row!.effect], [true, "fixed in the graph at node 0", "drops 50 %"]);
    assertEqual(
      model.diagnose(x).findings.map(({ kind, layer }) => [kind, layer]),
      [["dropoutInPredict", "drop"]],
    );
  });
  test("integers and shuffles are those of Keras", () => {
    for (const { op, seed, args, shape, axis, values } of flag.integers) {
      if (op === "randint") {
        assertEqual(hb.random.randint(shape, { minval: args![0]!, maxval: args![1]!, seed }).arraySync(), values);
      } else {
        const size = shape.reduce((a, b) => a * b, 1);
        const from = hb.range(0, size).cast("int32").reshape(shape);
        assertEqual(hb.random.shuffle(from, { axis: axis!, seed }).arraySync(), values);
      }
    }
  });
});
