/** The built package in Deno, without any permission: `deno run examples/deno.ts` after `npm run build`. */
import * as hb from "../dist/index.js";

hb.setRandomSeed(7);
const x = hb.random.normal([256, 4], { seed: 1 });
const y = x.sum(1, true).greater(0).cast("float32");

const model = hb.sequential({
  layers: [
    hb.input({ shape: [4] }),
    hb.layers.dense({ units: 16, activation: "relu" }),
    hb.layers.batchNormalization(),
    hb.layers.dropout({ rate: 0.2 }),
    hb.layers.dense({ units: 1, activation: "sigmoid" }),
  ],
});
model.compile({
  optimizer: hb.optimizers.adam({ learningRate: 0.02 }),
  loss: "binaryCrossentropy",
  metrics: ["accuracy"],
});
await model.fit(x, y, { epochs: 15, batchSize: 32, verbose: 0 });

const [loss, accuracy] = model.evaluate(x, y) as number[];
console.log(`Deno: loss ${loss?.toFixed(4)}, accuracy ${accuracy?.toFixed(3)}`);
if (!(accuracy !== undefined && accuracy > 0.95)) throw new Error(`expected an accuracy above 0.95, got ${accuracy}`);
