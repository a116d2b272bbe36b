/** Planted mistakes, each found with the right layer and advice; healthy models; nothing changes. */
import * as hb from "../../src/index.ts";
import { globalPermutation } from "../../src/random/global.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const N = 96;

/** Features around 3 with a spread of 2, and the class they belong to. */
function data(): { x: hb.Tensor; y: hb.Tensor } {
  const x = hb.random.normal([N, 6], { mean: 3, stddev: 2, seed: 8 });
  const y = x.sum(1).greater(18).cast("int32");
  return { x, y };
}

interface Options {
  rate?: number;
  momentum?: number;
  bnTraining?: boolean;
  dropTraining?: boolean;
}

function classifier({ rate = 0.2, momentum = 0.8, bnTraining, dropTraining }: Options = {}): hb.Functional {
  hb.setRandomSeed(1);
  const x = hb.input({ shape: [6] });
  let h = hb.layers.dense({ units: 8, activation: "relu", name: "d1" }).apply(x);
  h = hb.layers.batchNormalization({ momentum, name: "bn" }).apply(h, { training: bnTraining ?? null });
  h = hb.layers.dropout({ rate, name: "drop" }).apply(h, { training: dropTraining ?? null });
  const model = hb.model({
    inputs: x,
    outputs: hb.layers.dense({ units: 2, activation: "softmax", name: "out" }).apply(h),
  });
  model.compile({ optimizer: hb.optimizers.adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  return model;
}

async function trained(options?: Options, fit: hb.FitOptions = {}): Promise<hb.Functional> {
  const model = classifier(options);
  const { x, y } = data();
  await model.fit(x, y, { epochs: 8, batchSize: 16, verbose: 0, ...fit });
  return model;
}

/** A loop of one's own, with or without the flag. */
function loop(
  model: hb.Model,
  training: boolean | undefined,
  choose: (variables: readonly hb.Variable[]) => readonly hb.Variable[] = (variables) => variables,
): void {
  const { x, y } = data();
  const optimizer = hb.optimizers.sgd({ learningRate: 0.05 });
  const loss = hb.losses.sparseCategoricalCrossentropy();
  for (let step = 0; step < 10; step++) {
    const tape = new hb.GradientTape();
    const value = tape.record(() => loss.apply(y, model.apply(x, { training })));
    const variables = choose(model.trainableVariables);
    const grads = tape.gradient(value, variables);
    optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
  }
}

const kinds = (diagnosis: hb.Diagnosis): string[] => diagnosis.findings.map(({ kind, layer }) => `${kind} ${layer}`);

/** A frozen base with BatchNormalization and dropout, under a head, fine-tuned. */
async function tuned(training: boolean | null): Promise<hb.Functional> {
  const first = await trained();
  const base = hb.model({
    inputs: first.inputs,
    outputs: first.getLayer("drop").output as hb.SymbolicTensor,
    name: "base",
  });
  base.trainable = false;
  const x = hb.input({ shape: [6] });
  const outputs = hb.layers.dense({ units: 2, activation: "softmax", name: "head" }).apply(base.apply(x, { training }));
  const model = hb.model({ inputs: x, outputs });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  const { x: xs, y } = data();
  await model.fit(xs, y, { epochs: 3, verbose: 0 });
  return model;
}

suite("diagnose: planted mistakes", (test) => {
  test("1 statistics never updated: a loop without training: true", () => {
    const model = classifier();
    loop(model, undefined);
    const { x } = data();
    const diagnosis = model.diagnose(x);
    assertEqual(kinds(diagnosis), ["statisticsNeverUpdated bn", "seedNotAdvanced drop"]);
    assert(/training: true/.test(diagnosis.findings[0]!.advice), diagnosis.findings[0]!.advice);
    const right = classifier();
    loop(right, true);
    assertEqual(
      kinds(right.diagnose(x)).filter((kind) => !kind.startsWith("statisticsFar")),
      [],
    );
  });
  test("1 in a loop that trains only part of the model", () => {
    const model = classifier();
    loop(model, undefined, (variables) => variables.slice(2));
    assertEqual(kinds(model.diagnose(data().x)), ["statisticsNeverUpdated bn"]);
  });
  test("2 BatchNormalization left in training in predict", async () => {
    const model = await trained({ bnTraining: true });
    const { findings } = model.diagnose(data().x);
    assertEqual(
      findings.map(({ kind, layer }) => [kind, layer]),
      [["trainingInPredict", "bn"]],
    );
    assert(/fixed in the graph at node 0/.test(findings[0]!.message), findings[0]!.message);
    assert(/Do not fix `training: true`/.test(findings[0]!.advice));
  });
  test("3 batch size 1: in the batch that is looked at, or in those trained on", async () => {
    const one = await trained({}, { batchSize: 1, epochs: 1 });
    const small = one.diagnose(data().x).findings.find(({ kind }) => kind === "batchTooSmall");
    assertEqual(small?.layer, "bn");
    assert(/LayerNormalization/.test(small!.advice), small!.advice);
    const model = await trained();
    assertEqual(kinds(model.diagnose(hb.ones([1, 6]))).includes("batchTooSmall bn"), true);
    assertEqual(kinds(model.diagnose(data().x)), []);
  });
  test("4 dropout baked on", async () => {
    const model = await trained({ dropTraining: true });
    const { findings } = model.diagnose(data().x);
    assertEqual(
      findings.map(({ kind, layer }) => [kind, layer]),
      [["dropoutInPredict", "drop"]],
    );
    assert(/predictSamples/.test(findings[0]!.advice));
  });
  test("5 a frozen base called with training: true", async () => {
    const model = await tuned(true);
    const found = model.diagnose(data().x).findings;
    const frozen = found.find(({ kind }) => kind === "frozenInTraining");
    assertEqual(frozen?.layer, "base");
    assert(/training: false/.test(frozen!.advice), frozen!.advice);
    assertEqual(kinds(await tuned(false).then((other) => other.diagnose(data().x))), []);
    // Inherited: the dropout inside a base that does not learn is on in fit.
    assertEqual(kinds((await tuned(null)).diagnose(data().x)), ["frozenInTraining base"]);
  });
  test("6 a custom layer that ignores the flag", async () => {
    class Jitter extends hb.Layer {
      static override readonly className: string = "Jitter";
      readonly generator: hb.SeedGenerator = new hb.SeedGenerator(3);
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.add(hb.random.normal([...inputs.shape], { stddev: 0.1, seed: this.generator }));
      }
    }
    class Counter extends hb.Layer {
      static override readonly className: string = "Counter";
      count: hb.Variable | undefined;
      override build(): void {
        this.count = this.addWeight({ name: "count", initializer: "zeros", trainable: false });
      }
      override call(inputs: hb.Tensor): hb.Tensor {
        this.count!.assign(this.count!.value().add(1));
        return inputs;
      }
    }
    const layers = [hb.input({ shape: [6] }), new Jitter({ name: "jitter" }), new Counter({ name: "counter" })];
    const model = hb.sequential({ layers: [...layers, hb.layers.dense({ units: 2 })] });
    const { findings } = model.diagnose(data().x);
    assertEqual(
      findings.map(({ kind, layer }) => [kind, layer]),
      [
        ["ignoresFlag", "jitter"],
        ["ignoresFlag", "counter"],
      ],
    );
    assert(/Read `training`/.test(findings[0]!.advice));
  });
  test("a seed that does not move: the same numbers in every step", () => {
    class Fixed extends hb.Layer {
      static override readonly className: string = "FixedNoise";
      override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
        return training ? inputs.add(hb.random.normal([...inputs.shape], { seed: 5 })) : inputs;
      }
    }
    const model = hb.sequential({ layers: [hb.input({ shape: [6] }), new Fixed({ name: "noise" })] });
    const [finding] = model.diagnose(data().x).findings;
    assertEqual([finding?.kind, finding?.layer], ["seedNotAdvanced", "noise"]);
    assert(/SeedGenerator/.test(finding!.advice));
  });
  test("moving statistics far from the batch's, and the loss gap they make", async () => {
    const model = await trained({ momentum: 0.999, rate: 0 });
    const { x, y } = data();
    const shifted = model.diagnose(x.mul(10).sub(50), y);
    assertEqual(kinds(shifted).slice(0, 1), ["statisticsFarFromBatch bn"]);
    assert(/recalibrate/.test(shifted.findings[0]!.advice));
    const gap = shifted.findings.find(({ kind }) => kind === "lossGap");
    assertEqual(gap?.layer, "bn");
    assert(shifted.loss!.inference > 2 * shifted.loss!.training);
    model.recalibrate(x);
    assertEqual(kinds(model.diagnose(x, y)), []);
  });
  test("dropout that makes most of the gap", async () => {
    const model = await trained({ rate: 0.01 }, { epochs: 60 });
    const { x, y } = data();
    (model.getLayer("drop") as hb.Layer & { rate: number }).rate = 0.9;
    const gap = model.diagnose(x, y).findings.find(({ kind }) => kind === "lossGap");
    assertEqual(gap?.layer ?? "none", "drop");
  });
});

suite("diagnose: healthy models", (test) => {
  test("trained by fit: no finding, with and without targets", async () => {
    const { x, y } = data();
    for (const options of [{}, { rate: 0.5 }, { rate: 0 }]) {
      const model = await trained(options);
      assertEqual(kinds(model.diagnose(x, y)), []);
      assertEqual(kinds(model.diagnose(x)), []);
    }
  });
  test("not trained yet, or trained elsewhere and loaded: no finding", async () => {
    const { x } = data();
    const fresh = classifier();
    assertEqual(kinds(fresh.diagnose(x)), []);
    // Its first statistics make most of a gap, as they must.
    const unfit = fresh.diagnose(x.mul(20), data().y);
    const { training, inference } = unfit.loss!;
    assert(inference > 2 * training, `${inference} and ${training}`);
    assertEqual(kinds(unfit), []);
    const loaded = classifier();
    loaded.setWeights((await trained()).getWeights());
    assertEqual(kinds(loaded.diagnose(x)), []);
  });
  test("a new head with BatchNormalization and dropout on a trained base: no finding before it is trained", async () => {
    const base = (await trained()).layers.slice(1, 3);
    const input = hb.input({ shape: [6] });
    let h = base.reduce((at, layer) => layer.apply(at) as hb.SymbolicTensor, input as hb.SymbolicTensor);
    h = hb.layers.dropout({ rate: 0.2 }).apply(hb.layers.batchNormalization({ name: "new" }).apply(h));
    const model = hb.model({ inputs: input, outputs: hb.layers.dense({ units: 2, activation: "softmax" }).apply(h) });
    assertEqual(kinds(model.diagnose(data().x)), []);
  });
  test("per layer: both values, effects, and by how much outputs differ", async () => {
    const diagnosis = (await trained()).diagnose(data().x, data().y);
    assertEqual(
      diagnosis.perLayer.map(({ layer, training, inference }) => [layer, training, inference]),
      ["d1", "bn", "drop", "out"].map((name) => [name, true, false]),
    );
    const [d1, bn, drop] = diagnosis.perLayer;
    assertEqual(d1!.difference, 0);
    assert(bn!.difference > 0 && bn!.difference < 0.5, String(bn!.difference));
    assert(drop!.difference > bn!.difference);
    assertEqual(drop!.effects, ["drops 20 %", "identity"]);
    const text = String(diagnosis);
    assert(/Nothing suspicious\.$/.test(text), text);
    assert(/loss .* in training, .* in inference/.test(text), text);
  });
});

suite("diagnose and explainTraining change nothing", (test) => {
  test("weights, statistics, seeds, losses, the random streams, the next fit", async () => {
    const run = async (look: boolean): Promise<unknown> => {
      const model = await trained({ dropTraining: true });
      const { x, y } = data();
      model.apply(x, { training: true });
      if (look) {
        model.diagnose(x, y);
        model.diagnose(x);
        model.explainTraining({ entry: "fit" });
      }
      const state = [...model.variables, ...model.optimizer!.variables].map((variable) => String(variable.readSync()));
      const later = [String(globalPermutation(5)), String(hb.random.uniform([3]).dataSync())];
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      return [state, later, model.getWeights().map((w) => String(w.dataSync()))];
    };
    assertEqual(await run(true), await run(false));
  });
  test("before the first fit: it still throws its first permutation away", async () => {
    const run = async (look: boolean): Promise<unknown> => {
      const model = classifier();
      const { x, y } = data();
      if (look) model.diagnose(x, y);
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      return model.getWeights().map((w) => String(w.dataSync()));
    };
    assertEqual(await run(true), await run(false));
  });
  test("a layer that throws leaves nothing behind", () => {
    const model = classifier();
    assertThrows(() => model.diagnose(hb.ones([3, 5])), hb.HornbeamError, /6/);
    assertThrows(() => model.diagnose(hb.ones([3, 6]), hb.ones([2])), hb.ValueError, /samples/);
    const unbuilt = hb.sequential({ layers: [hb.layers.dense({ units: 1 })] });
    assertThrows(() => unbuilt.diagnose([[1]]), hb.StateError, /built model/);
    const plain = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
    assertThrows(() => plain.diagnose([[1]], [[1]]), hb.StateError, /compile/);
    assertThrows(() => hb.compile(() => model.diagnose(hb.ones([2, 6])) as never)(), hb.StateError, /outside/);
  });
});
