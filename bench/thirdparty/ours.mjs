/** Hornbeam, from dist/, as a user runs it. */
import { readFileSync } from "node:fs";
import * as hb from "../../dist/index.js";
import { enableThreads } from "../../dist/threads.js";
import { batchOf, LEARNING_RATE, weightsOf } from "./workloads.mjs";

export { hb };

/** Lets steps and predictions use several threads. */
export const useThreads = (threads) => enableThreads({ threads });

function build(workload, rate, learningRate = LEARNING_RATE) {
  const { features, hidden, classes } = workload;
  const layers = [hb.input({ shape: [features] })];
  for (const units of hidden) {
    layers.push(hb.layers.dense({ units, activation: "relu" }), hb.layers.batchNormalization());
    if (rate > 0) layers.push(hb.layers.dropout({ rate }));
  }
  const model = hb.sequential({ layers: [...layers, hb.layers.dense({ units: classes, activation: "softmax" })] });
  model.compile({ optimizer: hb.optimizers.adam({ learningRate }), loss: "categoricalCrossentropy" });
  model.setWeights(weightsOf(workload).map(({ data, shape }) => hb.tensor(data, shape)));
  return model;
}

/** A training step that gives the loss before it. */
export function trainer(workload, { rate = workload.rate, learningRate } = {}) {
  const model = build(workload, rate, learningRate);
  const { x, y, size } = batchOf(workload);
  const [inputs, targets] = [hb.tensor(x, [size, workload.features]), hb.tensor(y, [size, workload.classes])];
  return { step: () => model.trainOnBatch(inputs, targets) };
}

/** A prediction that gives probabilities. */
export function predictor(workload, size) {
  const model = build(workload, 0);
  const x = hb.tensor(batchOf(workload, size).x, [size, workload.features]);
  return { step: () => model.predictOnBatch(x).dataSync() };
}

/** The bare product kernel of a build: n × n × n, in one of the three forms. */
export function product(n, form = "nn", build = "simd") {
  const bytes = readFileSync(new URL(`../../dist/${build}.wasm`, import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65536 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const [x, w, y, ws] = [1, 2, 3, 4].map((i) => i * 65536 * 128);
  const { x: data } = batchOf({ batch: n, features: n, classes: 1 });
  new Float32Array(memory.buffer, x, n * n).set(data);
  new Float32Array(memory.buffer, w, n * n).set(data);
  const kernel = exports[`f32_gemm_${form}`];
  const result = new Float32Array(memory.buffer, y, n * n);
  return {
    flops: 2 * n ** 3,
    step: () => kernel(y, x, w, 0, 0, n, n, n, n, n, n, 0, ws),
    result: () => result,
  };
}
