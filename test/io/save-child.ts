/** A process that is to be killed: saves one model after another to one place, each with weights of one number. */
import * as hb from "../../src/index.ts";

const [path] = process.argv.slice(2) as [string];
const { layers } = hb;
const model = hb.sequential([
  layers.inputLayer({ shape: [300] }),
  layers.dense({ units: 700 }),
  layers.dense({ units: 9 }),
]);
model.compile({ optimizer: "adam", loss: "mse" });
for (let i = 1; ; i++) {
  model.setWeights(model.getWeights().map((weight) => hb.fill(weight.shape, i)));
  await model.save(path);
  if (i === 1) process.stdout.write("saved");
}
