/** Monte-Carlo dropout, and exact moving statistics. */
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

function network(): hb.Sequential {
  hb.setRandomSeed(4);
  const model = hb.sequential({
    layers: [
      hb.input({ shape: [3] }),
      hb.layers.dense({ units: 8, activation: "relu" }),
      hb.layers.batchNormalization(),
      hb.layers.dropout({ rate: 0.5 }),
      hb.layers.dense({ units: 2 }),
    ],
  });
  model.apply(hb.random.normal([64, 3], { seed: 1 }), { training: true });
  return model;
}

const x = hb.random.normal([10, 3], { seed: 2 });
const statistics = (model: hb.Model): string[] => model.nonTrainableWeights.map((w) => String(w.readSync()));
const seedOf = (model: hb.Model): number => model.variables.find((v) => v.dtype === "uint32")!.readSync()[1]!;

suite("predictSamples", (test) => {
  test("mean and spread over the samples; BatchNormalization left alone, seeds move on", () => {
    const model = network();
    const before = statistics(model);
    const seed = seedOf(model);
    const { mean, stddev, samples } = model.predictSamples(x, { samples: 50, batchSize: 4, returnSamples: true });
    assertEqual(
      [mean.shape, stddev.shape, samples!.shape],
      [
        [10, 2],
        [10, 2],
        [50, 10, 2],
      ],
    );
    assertEqual(statistics(model), before);
    assertEqual(seedOf(model), seed + 150, "one draw for each batch and sample");
    assertClose(samples!.mean(0), mean, { rtol: 1e-5, atol: 1e-6 });
    const variance = samples!.sub(mean).square().mean(0);
    assertClose(variance.sqrt(), stddev, { rtol: 1e-4, atol: 1e-6 });
    assert(stddev.min().item() > 0, "every output varies");
    assertClose(mean, model.predict(x), { rtol: 0, atol: 4 * (stddev.max().item() / Math.sqrt(50)) });
  });
  test("repeatable from a seed, and no two samples equal", () => {
    const [a, b] = [network(), network()].map((model) => model.predictSamples(x, { samples: 3, returnSamples: true }));
    assertEqual(a!.samples!.dataSync(), b!.samples!.dataSync());
    const values = a!.samples!.dataSync();
    assert(String(values.slice(0, 20)) !== String(values.slice(20, 40)));
  });
  test("a mode of one's own: without any draw there is no spread; statistics never change", () => {
    const model = network();
    const before = statistics(model);
    const still = model.predictSamples(x, { samples: 4, training: false });
    assertEqual(still.stddev.dataSync(), new Float32Array(20));
    assertClose(still.mean, model.predict(x));
    model.predictSamples(x, { samples: 4, training: true });
    model.predictSamples(x, { samples: 4, training: { BatchNormalization: true } });
    assertEqual(statistics(model), before);
  });
  test("a kernel that SpectralNormalization overwrites in training is as before", () => {
    hb.setRandomSeed(4);
    const layer = hb.layers.dense({ units: 2 });
    const model = hb.sequential({ layers: [hb.input({ shape: [3] }), hb.layers.spectralNormalization({ layer })] });
    const weights = (): string[] => model.weights.map((w) => String(w.readSync()));
    const before = weights();
    model.predictSamples(x, { samples: 2, training: true });
    assertEqual(weights(), before);
    model.apply(x, { training: true });
    assert(String(weights()) !== String(before), "a call in training overwrites it");
  });
  test("weights that no call writes are neither copied nor written; within a tape statistics stay too", () => {
    const model = network();
    // Holds a copy from the first write on.
    const held = model.weights.map((weight) => weight.snapshot());
    const before = statistics(model);
    model.predictSamples(x, { samples: 2, training: true });
    const written = held.map(({ words }) => words !== null);
    assertEqual(
      model.weights.filter((_, i) => written[i]),
      model.nonTrainableWeights,
    );
    new hb.GradientTape().record(() => model.predictSamples(x, { samples: 2, training: true }).mean);
    assertEqual(statistics(model), before);
  });
  test("layers that read values, with runEagerly", () => {
    class Reads extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.mul(inputs.max().item() > 0 ? 1 : 2);
      }
    }
    const layers = [hb.input({ shape: [3] }), hb.layers.dropout({ rate: 0.5, seed: 1 }), new Reads()];
    const model = hb.sequential({ layers: layers.slice(0, 2) });
    const eager = new (class extends hb.Model {
      readonly parts: hb.Layer[] = [model, layers[2] as hb.Layer];
      override call(inputs: hb.Tensor): hb.Tensor {
        return this.parts.reduce((at, layer) => layer.apply(at), inputs);
      }
    })();
    eager.compile({ optimizer: "sgd", loss: "mse", runEagerly: true });
    assert(eager.predictSamples(x, { samples: 3 }).stddev.max().item() > 0);
  });
  test("in the form of the model's outputs", () => {
    const input = hb.input({ shape: [3] });
    const drop = hb.layers.dropout({ rate: 0.5 }).apply(input);
    const model = hb.model({ inputs: input, outputs: { a: drop, b: hb.layers.flatten().apply(drop) } as never });
    const { mean } = model.predictSamples<{ a: hb.Tensor; b: hb.Tensor }>(x);
    assertEqual(Object.keys(mean), ["a", "b"]);
    assertEqual(mean.a.dataSync(), mean.b.dataSync());
  });
  test("wrong options", () => {
    const model = network();
    assertThrows(() => model.predictSamples(x, { samples: 0 }), hb.ValueError, /samples/);
    assertThrows(() => model.predictSamples(x, { sample: 3 } as never), hb.ValueError, /Did you mean "samples"/);
    assertThrows(
      () => model.predictSamples(x, { training: { Droput: true } }),
      hb.ValueError,
      /Did you mean "Dropout"/,
    );
  });
});

suite("recalibrate", (test) => {
  const data = hb.random.normal([50, 3], { mean: 4, stddev: 3, seed: 6 });

  function deep(axis = -1): hb.Sequential {
    hb.setRandomSeed(4);
    const parts: (hb.Layer | hb.SymbolicTensor)[] = [hb.input({ shape: [3] })];
    for (let i = 0; i < 3; i++) {
      parts.push(hb.layers.dense({ units: 5, activation: "tanh" }), hb.layers.batchNormalization({ axis }));
      parts.push(hb.layers.dropout({ rate: 0.5 }));
    }
    return hb.sequential({ layers: [...parts, hb.layers.dense({ units: 2 })] });
  }

  test("inference then equals training on all the data as one batch, for any batch size", () => {
    const results = [7, 50, 1].map((batchSize) => {
      const model = deep();
      model.recalibrate(data, { batchSize });
      const whole = model.apply(data, { training: { BatchNormalization: true } });
      const state = statistics(deep());
      assert(String(state) !== String(statistics(model)), "statistics have changed");
      return { inference: model.predict(data), whole };
    });
    for (const { inference, whole } of results) assertClose(inference, whole, { rtol: 1e-5, atol: 2e-6 });
    assertClose(results[0]!.inference, results[2]!.inference, { rtol: 1e-5, atol: 2e-6 });
  });
  test("seeds and weights stay; frozen layers stay; large means are exact", () => {
    const model = deep();
    const frozen = model.layers[5]!;
    frozen.trainable = false;
    const before = [model.trainableWeights.map((w) => String(w.readSync())), statistics(frozen as hb.Model)];
    model.recalibrate(data);
    assertEqual([model.trainableWeights.map((w) => String(w.readSync())), statistics(frozen as hb.Model)], before);
    assertEqual(seedOf(model), 0);
    const bn = hb.layers.batchNormalization();
    const single = hb.sequential({ layers: [hb.input({ shape: [1] }), bn] });
    single.recalibrate([[10000], [10001], [10002], [10003]], { batchSize: 3 });
    assertClose(bn.getWeights()[2]!, [10001.5]);
    assertClose(bn.getWeights()[3]!, [1.25]);
  });
  test("a shared layer gets the statistics of all its inputs; renormalisation's follow", () => {
    const bn = hb.layers.batchNormalization({ renorm: true, center: false, scale: false });
    const a = hb.input({ shape: [1], name: "a" });
    const b = hb.input({ shape: [1], name: "b" });
    const model = hb.model({ inputs: [a, b], outputs: [bn.apply(a), bn.apply(b)] });
    model.recalibrate([
      [[0], [2]],
      [[4], [6]],
    ]);
    const [mean, variance, stddev, renormMean, renormStddev] = bn.getWeights().map((w) => w.arraySync() as number[]);
    assertClose([mean!, variance!, stddev!, renormMean!, renormStddev!].flat(), [
      3,
      5,
      Math.sqrt(5.001),
      3,
      Math.sqrt(5.001),
    ]);
  });
  test("a model without statistics; wrong options; a failure half-way changes nothing", () => {
    hb.sequential({ layers: [hb.input({ shape: [3] }), hb.layers.dense({ units: 1 })] }).recalibrate(data);
    const model = deep();
    const before = statistics(model);
    assertThrows(() => model.recalibrate(data, { batchsize: 3 } as never), hb.ValueError, /Did you mean "batchSize"/);
    const last = model.layers.at(-1)!;
    let left = 4;
    const call = last.call.bind(last);
    last.call = (inputs, options) => {
      if (left-- === 0) throw new Error("on purpose");
      return call(inputs, options);
    };
    assertThrows(() => hb.sequential({ layers: [hb.input({ shape: [3] }), model, last] }).recalibrate(data), Error);
    assertEqual(statistics(model), before);
  });
});
