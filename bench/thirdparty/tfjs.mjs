/** TensorFlow.js with its WebAssembly backend, one thread (in Node it has no workers). */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { batchOf, EPSILON, LEARNING_RATE, MOMENTUM, weightsOf } from "./workloads.mjs";

export const name = "tfjs-wasm";
/** Of Adam. */
const KERAS_EPSILON = 1e-7;

export async function start() {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(main)}/`);
  await tf.setBackend("wasm");
  await tf.ready();
}

function build(workload, rate, learningRate = LEARNING_RATE) {
  const { features, hidden, classes } = workload;
  const model = tfl.sequential();
  hidden.forEach((units, i) => {
    model.add(tfl.layers.dense({ units, activation: "relu", ...(i === 0 ? { inputShape: [features] } : {}) }));
    model.add(tfl.layers.batchNormalization({ epsilon: EPSILON, momentum: MOMENTUM }));
    if (rate > 0) model.add(tfl.layers.dropout({ rate }));
  });
  model.add(tfl.layers.dense({ units: classes, activation: "softmax" }));
  model.compile({ optimizer: tf.train.adam(learningRate), loss: "categoricalCrossentropy" });
  // Layer by layer: a whole model's list has all moving statistics at its end.
  const weights = weightsOf(workload).map(({ data, shape }) => tf.tensor(data, shape));
  for (const layer of model.layers) layer.setWeights(weights.splice(0, layer.weights.length));
  return model;
}

export function trainer(workload, { rate = workload.rate, learningRate } = {}) {
  const model = build(workload, rate, learningRate);
  const { x, y, size } = batchOf(workload);
  const [inputs, targets] = [tf.tensor(x, [size, workload.features]), tf.tensor(y, [size, workload.classes])];
  let t = 0;
  return {
    step: () => {
      // Keras adds epsilon before the second moment's bias is corrected, tfjs after it: the same epsilon would be a 30th of
      // it in the first step, where gradients are small enough in W2 for the second loss to differ by 0.0012 of its value.
      model.optimizer.epsilon = KERAS_EPSILON / Math.sqrt(1 - 0.999 ** ++t);
      return model.trainOnBatch(inputs, targets);
    },
  };
}

export function predictor(workload, size) {
  const model = build(workload, 0);
  const x = tf.tensor(batchOf(workload, size).x, [size, workload.features]);
  return {
    step: () => {
      const output = model.predictOnBatch(x);
      const values = output.dataSync();
      output.dispose();
      return values;
    },
  };
}

export function product(n) {
  const { x } = batchOf({ batch: n, features: n, classes: 1 });
  const [a, b] = [tf.tensor(x, [n, n]), tf.tensor(x, [n, n])];
  return {
    step: () => tf.matMul(a, b).dispose(),
    result: () => tf.matMul(a, b).dataSync(),
  };
}
