/** `trainable` set after `compile` (semantics 2.4): what is trained is asked anew at every step. */
import * as hb from "../../src/index.ts";
import { assert, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const x = hb.random.normal([32, 3], { mean: 1, seed: 1 });
const y = x.sum(1, true);

interface Parts {
  model: hb.Sequential;
  first: hb.layers.Dense;
  last: hb.layers.Dense;
  bn: hb.layers.BatchNormalization;
}

function build(optimizer: "sgd" | "adam" = "sgd"): Parts {
  hb.setRandomSeed(3);
  const [first, last] = [hb.layers.dense({ units: 4 }), hb.layers.dense({ units: 1 })];
  const bn = hb.layers.batchNormalization();
  const model = hb.sequential({ layers: [hb.input({ shape: [3] }), first, bn, last] });
  model.compile({ optimizer, loss: "mse" });
  return { model, first, last, bn };
}

const fit = (model: hb.Model): Promise<unknown> => model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 });
const bits = (layer: hb.Layer): string => layer.weights.map((weight) => String(weight.readSync())).join();

suite("trainable after compile", (test) => {
  test("compile, freeze, first fit: frozen", async () => {
    const { model, first, last } = build();
    first.trainable = false;
    const before = [bits(first), bits(last)];
    await fit(model);
    assertEqual([bits(first) === before[0], bits(last) === before[1]], [true, false]);
  });
  test("compile, fit, freeze, fit: the freeze counts at once; thawed, it goes on with its slots", async () => {
    const { model, first } = build("adam");
    await fit(model);
    first.trainable = false;
    const before = bits(first);
    await fit(model);
    assertEqual(bits(first), before);
    const slots = model.optimizer!.variables.length;
    first.trainable = true;
    await fit(model);
    assert(bits(first) !== before, "trained again");
    assertEqual(model.optimizer!.variables.length, slots);
  });
  test("frozen at the first fit, thawed, fit: the optimizer does not know the variables", async () => {
    const { model, first } = build();
    first.trainable = false;
    await fit(model);
    const before = model.variables.map((variable) => String(variable.readSync()));
    first.trainable = true;
    await assertRejects(fit(model), hb.ValueError, /Unknown variable/);
    assertEqual(
      model.variables.map((variable) => String(variable.readSync())),
      before,
      "the failed step has changed nothing",
    );
    model.compile({ optimizer: "sgd", loss: "mse" });
    await fit(model);
  });
  test("compile, fit, freeze BatchNormalization, fit: it infers, and its statistics stay", async () => {
    const { model, bn } = build();
    await fit(model);
    bn.trainable = false;
    const before = bits(bn);
    await fit(model);
    assertEqual(bits(bn), before);
    bn.trainable = true;
    await fit(model);
    assert(bits(bn) !== before, "trained again");
  });
  test("freezing a container reaches every layer inside, at any depth; a penalty vanishes with its weight", () => {
    const dense = hb.layers.dense({ units: 1, kernelInitializer: "ones", kernelRegularizer: "l2" });
    const inner = hb.sequential({ layers: [hb.input({ shape: [3] }), dense] });
    const outer = hb.sequential({ layers: [hb.input({ shape: [3] }), inner] });
    outer.compile({ optimizer: "sgd", loss: "mse" });
    const loss = outer.evaluate(x, y) as number;
    assertEqual([outer.losses.length, outer.trainableVariables.length], [1, 2]);
    outer.trainable = false;
    assertEqual([dense.trainable, outer.losses.length, outer.trainableVariables.length], [false, 0, 0]);
    assert(Math.abs(loss - (outer.evaluate(x, y) as number) - 0.03) < 1e-6, "0.01·Σw² less");
    inner.trainable = true;
    assertEqual([dense.trainableVariables.length, outer.trainableVariables.length], [2, 0]);
  });
});
