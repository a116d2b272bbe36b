/**
 * Batch normalization in training and in inference: the twin of a Keras example, line for line in meaning.
 *
 * With `training: true` the layer normalises by the batch at hand and moves its statistics; with `training: false` (and
 * in a bare call) it normalises by the statistics it has gathered, which stay as they are.
 *
 *     node --import tsx examples/batch-normalization.ts
 */
import assert from "node:assert/strict";
import * as hb from "hornbeam";

hb.setRandomSeed(1);

const norm = hb.layers.batchNormalization();
const model = hb.sequential({
  layers: [
    hb.layers.dense({ units: 64, activation: "relu", inputShape: [10] }),
    norm,
    hb.layers.dense({ units: 10, activation: "softmax" }),
  ],
});

// Training phase
const xTrain = hb.random.normal([128, 10]);
const labels = hb.oneHot(hb.random.uniform([128], { maxval: 10 }).floor().cast("int32"), 10);
const tape = new hb.GradientTape();
const { predictionsTrain, loss } = tape.record(() => {
  const predictionsTrain = model.apply(xTrain, { training: true });
  const loss = hb.losses.categoricalCrossentropy().apply(labels, predictionsTrain);
  return { predictionsTrain, loss };
});
const gradients = tape.gradient(loss, model.trainableVariables);

const movingMean = norm.movingMean!.readSync();

// Inference phase
const xTest = hb.random.normal([32, 10]);
const predictionsTest = model.apply(xTest, { training: false });

console.log(
  `loss ${loss.item().toFixed(4)}, ${gradients.length} gradients for ${model.trainableVariables.length} variables`,
);
console.log("training, normalised by the batch:");
predictionsTrain.print();
console.log("inference, normalised by the moving statistics:");
predictionsTest.print();

// The same batch in both modes: what the flag changes.
const inTraining = model.apply(xTest, { training: true });
const difference = hb.ops.abs(inTraining.sub(predictionsTest)).max().item();
console.log(`the same 32 rows in both modes differ by up to ${difference.toFixed(4)}`);

assert.deepEqual([...predictionsTrain.shape, ...predictionsTest.shape], [128, 10, 32, 10]);
assert(
  gradients.every((gradient) => gradient !== null),
  "every trainable variable has a gradient",
);
assert(difference > 0.01, "the two modes differ");
assert(
  movingMean.some((value) => value !== 0),
  "training moved the statistics",
);

// Inference moves nothing, and saying nothing is inference.
const before = norm.movingMean!.readSync();
const bare = model.apply(xTest);
assert.deepEqual(norm.movingMean!.readSync(), before);
assert.deepEqual(bare.dataSync(), model.apply(xTest, { training: false }).dataSync());

// In training each column of the layer's output has mean beta = 0 and variance (almost) gamma² = 1.
const hidden = model.layers[0]!.apply(xTrain);
const normalised = norm.apply(hidden, { training: true });
assert(hb.ops.abs(normalised.mean(0)).max().item() < 1e-4, "mean 0 in every column");
console.log("checked: the modes differ, training moves the statistics, inference does not");
