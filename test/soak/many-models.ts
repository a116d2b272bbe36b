/**
 * Makes 2,000 models of 4 MB, trains each for one batch and drops it, in one synchronous loop that gives the garbage
 * collector's finalizers no turn. Prints the highest RSS and the largest linear memory as JSON.
 */
import * as hb from "../../src/index.ts";

const MODELS = 2_000;
const x = hb.ones([2, 1000]);
const y = hb.zeros([2, 1048]);
let rss = 0;
let total = 0;
let linear = 0;
for (let i = 0; i < MODELS; i++) {
  const kernelInitializer = hb.initializers.constant({ value: 1e-3 });
  const model = hb.sequential({
    layers: [hb.input({ shape: [1000] }), hb.layers.dense({ units: 1048, kernelInitializer })],
  });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const loss = model.trainOnBatch(x, y) as number;
  // 1,000 inputs of 1 through weights of 0.001: the square of 1.
  if (Math.abs(loss - 1) > 1e-3) throw new Error(`model ${i}: expected loss 1, got ${loss}`);
  rss = Math.max(rss, process.memoryUsage.rss());
  ({ total, linear } = { total: Math.max(total, hb.memory().total), linear: hb.memory().linear });
}
console.log(JSON.stringify({ rss, total, linear }));
