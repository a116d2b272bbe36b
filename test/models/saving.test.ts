/** `save`, `loadModel`, `saveWeights`, `loadWeights`: what comes back is what was there. */

import * as hb from "../../src/index.ts";
import { readSafetensors } from "../../src/io/index.ts";
import { getRandomState } from "../../src/random/global.ts";
import parity from "../fixtures/parity.json" with { type: "json" };
import { assert, assertBitEqual, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;
const x = hb.tensor(Array.from({ length: 20 }, (_, i) => [i / 20, (i * 7) % 5, (i % 3) - 1]));
const y = hb.tensor(Array.from({ length: 20 }, (_, i) => [((i * 11) % 13) / 13]));

/** Multiplies by a weight; a class of the user's own. */
class Scale extends hb.Layer {
  static override readonly className = "Scale";
  k: hb.Variable | undefined;
  override build(): void {
    this.k = this.addWeight({ name: "k", initializer: "ones" });
  }
  override call(inputs: hb.Tensor): hb.Tensor {
    return inputs.mul(this.k!.value());
  }
}

/** A model of the user's own, with layers in properties and an array. */
class Stack extends hb.Model {
  static override readonly className = "Stack";
  readonly blocks: hb.Layer[] = [layers.dense({ units: 4, activation: "relu" }), layers.dense({ units: 4 })];
  readonly head: hb.Layer = layers.dense({ units: 1 });
  override call(inputs: hb.Tensor): hb.Tensor {
    return this.head.apply(this.blocks.reduce<hb.Tensor>((z, block) => block.apply(z), inputs));
  }
}

/** Shared layers, a nested model, ops with constants that JSON does not know, several outputs. */
function graph(): hb.Model {
  const input = hb.input({ shape: [3], name: "x" });
  const shared = layers.dense({ units: 3, activation: "tanh" });
  const inner = hb.sequential([
    layers.inputLayer({ shape: [3] }),
    layers.dense({ units: 3 }),
    layers.dropout({ rate: 0.2 }),
  ]);
  const h = inner.apply(
    hb.ops.maximum(shared.apply(shared.apply(input)), hb.tensor([Number.NEGATIVE_INFINITY, 0, -0.5])),
  );
  const b = layers.batchNormalization({ name: "b" }).apply(h).sum(-1, true);
  return hb.model({ inputs: input, outputs: { a: layers.dense({ units: 1, name: "a" }).apply(h), b } });
}

function plain(): hb.Model {
  return hb.sequential([
    layers.inputLayer({ shape: [3] }),
    layers.dense({ units: 4, activation: "relu" }),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 1 }),
  ]);
}

function numbers(model: hb.Model): number[] {
  const outputs: unknown = model.predict(x, { verbose: 0 });
  const all = outputs instanceof hb.Tensor ? [outputs] : Object.values(outputs as Record<string, hb.Tensor>);
  return all.flatMap((tensor) => [...tensor.dataSync()]);
}

async function trained(model: hb.Model, options: Partial<hb.CompileOptions> = {}, targets: hb.Tensor | object = y) {
  model.compile({ optimizer: hb.optimizers.adam({ learningRate: 0.01 }), loss: "mse", ...options });
  await model.fit(x, targets as hb.Tensor, { epochs: 2, batchSize: 8, verbose: 0 });
  return model;
}

suite("saving: a model", (test) => {
  const kinds: [string, () => Promise<hb.Model>][] = [
    ["sequential", () => trained(plain())],
    [
      "sequential, built by its data",
      () => trained(hb.sequential([layers.dense({ units: 2 }), layers.dense({ units: 1 })])),
    ],
    [
      "functional",
      () => trained(graph(), { loss: { a: "mse", b: "mae" }, lossWeights: { a: 1, b: 0.5 } }, { a: y, b: y }),
    ],
    ["with a layer of one's own", () => trained(hb.sequential([new Scale(), layers.dense({ units: 1 })]))],
    ["subclassed", () => trained(new Stack())],
    [
      "SGD with momentum, metrics",
      () =>
        trained(plain(), {
          optimizer: hb.optimizers.sgd({ momentum: 0.9, nesterov: true }),
          metrics: ["mae", hb.metrics.meanSquaredError({ name: "q" })],
        }),
    ],
    [
      "loss as an object",
      () => trained(plain(), { loss: hb.losses.meanAbsoluteError({ reduction: "sum", name: "m" }) }),
    ],
  ];
  const customObjects = { Scale, Stack };
  for (const [name, make] of kinds) {
    test(`${name}: config, weights, compile's arguments and training come back; training goes on alike`, async () => {
      const model = await make();
      const bytes = await model.save();
      const before = getRandomState();
      const loaded = await hb.loadModel(bytes, { customObjects });
      assertEqual(getRandomState(), before);
      assertEqual(numbers(loaded), numbers(model));
      assertEqual(loaded.getConfig(), model.getConfig());
      assertEqual(loaded.constructor, model.constructor);
      const states = [loaded.getState(), model.getState()].map(({ weights, seeds, optimizer, epoch }) =>
        JSON.stringify([epoch, ...[...weights, ...seeds, ...optimizer!.variables].map(({ data }) => data)]),
      );
      assertEqual(states[0], states[1]);
      assertEqual(loaded.optimizer!.getConfig(), model.optimizer!.getConfig());
      // Straight on in the first, which still draws from the process's generators, then in the second.
      const targets = model.outputs !== undefined && model.outputs.length > 1 ? { a: y, b: y } : y;
      const options = { epochs: 4, initialEpoch: 2, batchSize: 8, verbose: 0, shuffle: true } as const;
      const on = (each: hb.Model) => each.fit(x, targets as hb.Tensor, options);
      const history = await on(model);
      assertEqual((await on(loaded)).history, history.history);
      assertEqual(numbers(loaded), numbers(model));
      assertEqual(loaded.metricsNames, model.metricsNames);
    });
  }
  test("of what is no longer there when training goes on while it is written, nothing gets into the file", async () => {
    const model = await trained(plain());
    const expected = model.getState();
    const saving = model.save();
    model.trainOnBatch(x, y);
    const loaded = await hb.loadModel(await saving);
    assert(JSON.stringify(loaded.getState()) === JSON.stringify(expected));
  });
  test("without the optimizer: weights and layers alone; compile: false leaves it out in reading", async () => {
    const model = await trained(plain());
    const small = await model.save(undefined, { includeOptimizer: false });
    const { tensors } = await readSafetensors(small);
    assertEqual(Object.keys(tensors), [
      "layers/dense/vars/0",
      "layers/dense/vars/1",
      "layers/dense_1/vars/0",
      "layers/dense_1/vars/1",
    ]);
    for (const loaded of [await hb.loadModel(small), await hb.loadModel(await model.save(), { compile: false })]) {
      assertEqual([loaded.compiled, loaded.epoch], [false, 0]);
      assertEqual(numbers(loaded), numbers(model));
    }
  });
  test("weights of every dtype, and one that is written in several pieces", async () => {
    class Odd extends hb.Layer {
      static override readonly className = "Odd";
      override build(): void {
        this.addWeight({ name: "flags", dtype: "bool", shape: [5], initializer: "zeros", trainable: false });
        this.addWeight({ name: "count", dtype: "int32", shape: [3], initializer: "ones", trainable: false });
        this.addWeight({ name: "large", shape: [700, 900], initializer: "normal" });
      }
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs;
      }
    }
    const model = hb.sequential([layers.inputLayer({ shape: [3] }), new Odd()]);
    const [large, flags, count] = model.weights;
    flags!.assign(hb.tensor([true, false, true, true, false]));
    count!.assign(hb.tensor([-1, 2 ** 31 - 1, 7], [3], "int32"));
    for (const bytes of [await model.save(), new Uint8Array(await (await model.save(Blob)).arrayBuffer())]) {
      const loaded = await hb.loadModel(bytes, { customObjects: { Odd } });
      assertEqual(
        loaded.weights.map(({ dtype }) => dtype),
        ["float32", "bool", "int32"],
      );
      const values = loaded.getWeights().map((weight) => weight.dataSync());
      assertBitEqual(values[0]!, large!.value().dataSync());
      assertEqual(
        [[...values[1]!], [...values[2]!]],
        [
          [1, 0, 1, 1, 0],
          [-1, 2 ** 31 - 1, 7],
        ],
      );
    }
  });
  test("not built, not compiled: as it is", async () => {
    const loaded = await hb.loadModel(await hb.sequential([layers.dense({ units: 2 })]).save());
    assertEqual([loaded.built, loaded.compiled, loaded.layers.length], [false, false, 1]);
  });
  test("a layer frozen after training keeps its slots", async () => {
    const model = await trained(plain());
    model.layers[0]!.trainable = false;
    const loaded = await hb.loadModel(await model.save());
    assertEqual(loaded.layers[0]!.trainable, false);
    assertEqual(loaded.optimizer!.variables.length, model.optimizer!.variables.length);
  });
});

suite("saving: what cannot be made again is refused when it is saved", (test) => {
  const input = (): hb.SymbolicTensor => hb.input({ shape: [3] });
  test("functions without a name, wherever they are", async () => {
    const double = (t: hb.Tensor): hb.Tensor => t.mul(2);
    const h = input();
    const inline = hb.model({ inputs: h, outputs: layers.lambda({ function: (t: hb.Tensor) => t.mul(2) }).apply(h) });
    await assertRejects(
      () => inline.save(),
      hb.ValueError,
      /a function that can be found again.*registerClass.*customObjects/,
    );
    const g = input();
    const named = hb.model({ inputs: g, outputs: layers.lambda({ function: double }).apply(g) });
    const bytes = await named.save();
    await assertRejects(() => hb.loadModel(bytes), hb.ValueError, /the function "double" in customObjects/);
    const loaded = await hb.loadModel(bytes, { customObjects: { double } });
    assertEqual(numbers(loaded), numbers(named));
    const k = input();
    const activation = hb.model({
      inputs: k,
      outputs: layers.dense({ units: 1, activation: (t) => t.mul(2) }).apply(k),
    });
    await assertRejects(() => activation.save(), hb.ValueError, /config: expected a function that can be found again/);
  });
  test("losses and metrics that are functions go by their names", async () => {
    const half = (t: hb.Tensor, p: hb.Tensor): hb.Tensor => t.sub(p).square().mean(-1).mul(0.5);
    const model = await trained(plain(), { loss: half, metrics: [half] });
    const bytes = await model.save();
    await assertRejects(
      () => hb.loadModel(bytes),
      hb.ValueError,
      /"half" in customObjects, given to registerClass, or the option/,
    );
    const loaded = await hb.loadModel(bytes, { customObjects: { half } });
    assertEqual(loaded.evaluate(x, y, { verbose: 0 }), model.evaluate(x, y, { verbose: 0 }));
    const inline = await trained(plain(), { loss: (t, p) => t.sub(p).abs() });
    await assertRejects(
      () => inline.save(),
      hb.ValueError,
      /compile\.loss: expected a function that can be found again/,
    );
    const wrapped = await trained(plain(), { metrics: [hb.metrics.meanMetricWrapper(half)] });
    await assertRejects(() => wrapped.save(), hb.ValueError, /compile\.metrics\.0: .*MeanMetricWrapper/);
  });
  test("data in a config that is not plain", async () => {
    class Odd extends hb.Layer {
      static override readonly className = "Odd";
      override call(t: hb.Tensor): hb.Tensor {
        return t;
      }
      override getConfig(): Record<string, unknown> {
        return { ...super.getConfig(), table: new Map() };
      }
    }
    await assertRejects(
      () => hb.sequential([new Odd()]).save(),
      hb.ValueError,
      /config\.config\.layers\.0\.config\.table: expected plain data, got a Map/,
    );
  });
  test("first values given as tensors or functions are weights like others", async () => {
    const model = hb.sequential([
      layers.inputLayer({ shape: [3] }),
      layers.dense({ units: 2, kernelInitializer: hb.ones([3, 2]).mul(7), biasInitializer: (shape) => hb.ones(shape) }),
    ]);
    const loaded = await hb.loadModel(await model.save());
    assertEqual(numbers(loaded), numbers(model));
  });
  test("sinks, sources and options that are none", async () => {
    const model = plain();
    await assertRejects(() => model.save(5 as never), hb.ValueError, /sink: expected a path/);
    await assertRejects(() => model.save("a.keras"), hb.ValueError, /ends in \.safetensors, got one in \.keras/);
    await assertRejects(
      () => model.save(undefined, { includeOptimiser: false } as never),
      hb.ValueError,
      /Did you mean "includeOptimizer"/,
    );
    await assertRejects(() => hb.loadModel(5 as never), hb.ValueError, /source: expected a path/);
    const calls = [hb.loadModel, (source: string) => model.loadWeights(source)];
    for (const [i, where] of ["loadModel", "loadWeights"].entries()) {
      const text = new RegExp(`^\\[${where}\\] source: expected a file to read at "/no/such/file", got: Error: ENOENT`);
      const error = await assertRejects(() => calls[i]!("/no/such/file"), hb.FormatError, text);
      assertEqual((error.cause as { code?: string }).code, "ENOENT");
    }
    await assertRejects(() => hb.loadModel(new Uint8Array(), { custom: {} } as never), hb.ValueError, /customObjects/);
  });
});

suite("saving: weights alone", (test) => {
  test("go into a model made again, whatever the process calls its layers", async () => {
    const model = await trained(plain());
    const bytes = await model.saveWeights();
    const other = plain();
    await other.loadWeights(bytes);
    assertEqual(numbers(other), numbers(model));
    const again = plain();
    await again.loadWeights(await model.save());
    assertEqual(numbers(again), numbers(model));
  });
  test("weights that are not the model's: FormatError, nothing changes", async () => {
    const bytes = await plain().saveWeights();
    const wide = hb.sequential([
      layers.inputLayer({ shape: [3] }),
      layers.dense({ units: 5 }),
      layers.dense({ units: 1 }),
    ]);
    const other = hb.sequential([
      layers.inputLayer({ shape: [3] }),
      layers.einsumDense({ equation: "ab,bc->ac", outputShape: 4, biasAxes: "c" }),
      layers.dense({ units: 1 }),
    ]);
    const more = hb.sequential([
      layers.inputLayer({ shape: [3] }),
      layers.dense({ units: 4 }),
      layers.dense({ units: 1 }),
      layers.dense({ units: 1 }),
    ]);
    const fewer = hb.sequential([layers.inputLayer({ shape: [3] }), layers.dense({ units: 4 })]);
    const open = hb.sequential([layers.dense({ units: 4 }), layers.dense({ units: 1 })]);
    const cases: [hb.Model, RegExp][] = [
      [wide, /"layers\/dense\/vars\/0": expected shape \(3, 5\) of "dense.*\/kernel", got \(3, 4\)/],
      [other, /none called "layers\/einsum_dense\/vars\/0"/],
      [more, /the 6 weights .* none called "layers\/dense_2\/vars\/0"/],
      [fewer, /one more, "layers\/dense_1\/vars\/0"/],
      [open, /not built yet/],
    ];
    for (const [model, message] of cases) {
      const before = model.getState();
      await assertRejects(() => model.loadWeights(bytes), hb.FormatError, message);
      assertEqual(model.getState(), before);
    }
    await assertRejects(() => hb.loadModel(bytes), hb.FormatError, /whole model.*loadWeights/);
  });
  const sized = ({ inputs = 3, units = 4, bias = true, more = false }, value: number): hb.Model => {
    const model = hb.sequential([
      layers.inputLayer({ shape: [inputs] }),
      ...[layers.dense({ units, useBias: bias }), layers.batchNormalization(), layers.dense({ units: 2 })],
      ...(more ? [layers.dense({ units: 7 })] : []),
    ]);
    model.setWeights(model.weights.map(({ shape }, i) => hb.fill(shape, value > 0 ? i + value : value)));
    return model;
  };
  test("skipMismatch leaves out the layers that Keras leaves out, and names them", async () => {
    const bytes = await sized({}, 1).saveWeights();
    const { warn } = console;
    for (const { model: options, means } of parity.skipped) {
      const model = sized(options as { units?: number }, -1);
      const said: string[] = [];
      console.warn = (text: string) => said.push(text);
      await model.loadWeights(bytes, { skipMismatch: true }).finally(() => {
        console.warn = warn;
      });
      assertEqual(
        model.getWeights().map((weight) => weight.mean().item()),
        means,
      );
      const kept = model.weights.filter((_, i) => means[i] === -1).map(({ path }) => `"${path}"`);
      const text = `[loadWeights] weights: those of the file do not fit these, which stay: ${kept.join(", ")}.`;
      assertEqual(said, kept.length === 0 ? [] : [text]);
    }
  });
  test("skipMismatch: what cannot be read, and a model without weights, are errors that change nothing", async () => {
    const bytes = await sized({}, 1).saveWeights();
    const open = hb.sequential([layers.dense({ units: 4 })]);
    const model = sized({ units: 5 }, -1);
    const before = model.getState();
    const cases: [hb.Model, Uint8Array, object, RegExp][] = [
      [model, bytes.slice(0, -8), { skipMismatch: true }, /./],
      [model, bytes, {}, /expected shape \(3, 5\)/],
      [model, bytes, { skipMismatch: false }, /expected shape \(3, 5\)/],
      [open, bytes, { skipMismatch: true }, /not built yet/],
    ];
    for (const [of, source, options, message] of cases) {
      await assertRejects(() => of.loadWeights(source, options), hb.FormatError, message);
    }
    const odd = [{ skipMismatch: 1 }, { skip_mismatch: true }] as unknown as { skipMismatch: boolean }[];
    for (const options of odd) {
      await assertRejects(() => model.loadWeights(bytes, options), hb.ValueError, /skipMismatch/);
    }
    assertEqual(model.getState(), before);
  });
});
