/**
 * A process of its own for resume.test.ts: trains from `from` (nothing, or a saved model) to epoch `to`, saves, and prints
 * the weights. The data are arrays, or with "dataset" a Dataset that shuffles. Other draws before and between must make no difference.
 */
import { Dataset } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { getRandomState } from "../../src/random/global.ts";

const [from, first, last, file, source] = process.argv.slice(2) as [string, string, string, string, string];
const x = hb.tensor(Array.from({ length: 50 }, (_, i) => [i / 50, (i * 7) % 5, (i % 3) - 1]));
const y = hb.tensor(Array.from({ length: 50 }, (_, i) => [((i * 11) % 13) / 13]));

/** Adds noise from the unseeded generator, in training. */
class Jitter extends hb.Layer {
  static override readonly className = "Jitter";
  override call(inputs: hb.Tensor, { training }: { training?: boolean }): hb.Tensor {
    return training ? inputs.add(hb.random.normal([inputs.shape[1]!]).mul(0.1)) : inputs;
  }
}
hb.registerClass(Jitter);

function make(): hb.Model {
  hb.setRandomSeed(11);
  const input = hb.input({ shape: [3] });
  const h = hb.layers.dense({ units: 16, activation: "relu" }).apply(input);
  const dropped = new Jitter().apply(hb.layers.dropout({ rate: 0.4 }).apply(hb.layers.batchNormalization().apply(h)));
  const model = hb.model({ inputs: input, outputs: hb.layers.dense({ units: 1 }).apply(dropped) });
  const learningRate = hb.schedules.exponentialDecay({ initialLearningRate: 0.05, decaySteps: 7, decayRate: 0.8 });
  model.compile({ optimizer: hb.optimizers.adam({ learningRate }), loss: "mse", metrics: ["mae"] });
  return model;
}

const model = from === "" ? make() : await hb.loadModel(from);
if (from !== "") {
  // Layers made before, other draws, another seed: a process that does more than go on.
  hb.setRandomSeed(Number(first) + 100);
  make();
  hb.random.normal([3]);
}
const before = JSON.stringify(getRandomState());
const options = {
  epochs: Number(last),
  initialEpoch: Number(first),
  batchSize: 8,
  validationSplit: 0.1,
  verbose: 0,
} as const;
const rows = Dataset.fromArrays([x, y])
  .shuffle(30, 5)
  .map((row) => row)
  .batch(8);
const { batchSize, validationSplit, ...common } = options;
const { history } = await (source === "dataset"
  ? model.fit(rows, null, { ...common, validationData: Dataset.fromArrays([x, y]).batch(8).take(2) })
  : model.fit(x, y, { ...common, batchSize, validationSplit }));
if (from !== "" && JSON.stringify(getRandomState()) !== before) throw new Error("the process's generators have moved");
if (file !== "") await model.save(file);
const { weights, seeds, optimizer, random, epoch } = model.getState();
const bits = [...weights, ...seeds, ...optimizer!.variables].map(({ data }) =>
  Buffer.from(data.buffer).toString("hex"),
);
console.log(JSON.stringify({ bits, random: { ...random, python: null }, epoch, history }));
