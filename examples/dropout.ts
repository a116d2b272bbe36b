/**
 * Dropout in training and in inference: the twin of a Keras example, line for line in meaning.
 *
 * In training a share of the units is set to 0 and the others are divided by what is left (inverted dropout), so that
 * the mean stays. In inference the layer does nothing at all: there is no scaling to undo.
 *
 *     node --import tsx examples/dropout.ts
 */
import assert from "node:assert/strict";
import * as hb from "hornbeam";

hb.setRandomSeed(1);

const dropout = hb.layers.dropout({ rate: 0.5 });
const model = hb.sequential({
  layers: [
    hb.layers.dense({ units: 64, activation: "relu", inputShape: [10] }),
    dropout,
    hb.layers.dense({ units: 10, activation: "softmax" }),
  ],
});

// Training with dropout active
const xTrain = hb.random.normal([128, 10]);
const predictionsTrain = model.apply(xTrain, { training: true });

// Inference with dropout inactive
const xTest = hb.random.normal([32, 10]);
const predictionsTest = model.apply(xTest, { training: false });

console.log("training, half of the hidden units dropped:");
predictionsTrain.print();
console.log("inference, all units at work:");
predictionsTest.print();

// What the flag changes: a new mask at each call in training, always the same in inference.
const again = model.apply(xTrain, { training: true });
const spread = hb.ops.abs(again.sub(predictionsTrain)).max().item();
console.log(`the same rows twice in training differ by up to ${spread.toFixed(4)}`);
assert(spread > 0.01, "each call in training draws a new mask");
assert.deepEqual(model.apply(xTest).dataSync(), predictionsTest.dataSync());

// The layer by itself: values are dropped or doubled, and on average nothing changes.
const ones = hb.ones([200, 64]);
const dropped = dropout.apply(ones, { training: true }).dataSync();
const share = dropped.filter((value) => value === 0).length / dropped.length;
const mean = [...dropped].reduce((sum, value) => sum + value, 0) / dropped.length;
console.log(`share of dropped units ${share.toFixed(3)}, mean of what was 1 before ${mean.toFixed(3)}`);
assert.deepEqual([...new Set(dropped)].sort(), [0, 2]);
assert(Math.abs(share - 0.5) < 0.02 && Math.abs(mean - 1) < 0.04, "half are dropped, the mean stays");

// Inference is the exact identity: not scaled by the rate, and no random number is used up.
const seed = dropout.seedGenerator!.state.readSync();
assert.deepEqual(dropout.apply(ones, { training: false }).dataSync(), ones.dataSync());
assert.deepEqual(dropout.seedGenerator!.state.readSync(), seed);
console.log("checked: training draws a new mask each time, inference is the identity");
