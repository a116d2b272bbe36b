/**
 * A layer of one's own that looks at the flag: the twin of a Keras example, line for line
 * in meaning.
 *
 * `training` is a real boolean while a computation is traced, so an ordinary `if` decides what the plan for each mode
 * contains.
 *
 *     node --import tsx examples/custom-layer.ts
 */
import assert from "node:assert/strict";
import * as hb from "hornbeam";

hb.setRandomSeed(1);

class ConditionalActivation extends hb.Layer {
  static override readonly className: string = "ConditionalActivation";

  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    if (training) return hb.ops.relu(inputs);
    return hb.ops.sigmoid(inputs);
  }
}

const model = hb.sequential({
  layers: [
    hb.layers.dense({ units: 64, inputShape: [10] }),
    new ConditionalActivation(),
    hb.layers.dense({ units: 10 }),
  ],
});

const xTrain = hb.random.normal([128, 10]);
const predictionsTrain = model.apply(xTrain, { training: true });

const xTest = hb.random.normal([32, 10]);
const predictionsTest = model.apply(xTest, { training: false });

console.log("training, relu in the middle:");
predictionsTrain.print();
console.log("inference, sigmoid in the middle:");
predictionsTest.print();

// The same rows in both modes, and by hand.
const [first, , last] = model.layers as [hb.Layer, hb.Layer, hb.Layer];
const hidden = first.apply(xTest);
const byHand = { relu: last.apply(hidden.relu()), sigmoid: last.apply(hidden.sigmoid()) };
const inTraining = model.apply(xTest, { training: true });
assert.deepEqual(inTraining.dataSync(), byHand.relu.dataSync());
assert.deepEqual(predictionsTest.dataSync(), byHand.sigmoid.dataSync());
const difference = hb.ops.abs(inTraining.sub(predictionsTest)).max().item();
console.log(`the same 32 rows in both modes differ by up to ${difference.toFixed(4)}`);
assert(difference > 0.1, "the two modes differ");

// What each way to run the model passes: nothing (inference), false, true.
assert.deepEqual(model.apply(xTest).dataSync(), predictionsTest.dataSync());
assert.deepEqual(model.predict(xTest).dataSync(), predictionsTest.dataSync());
model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0 }), loss: "mse" });
const trained = model.trainOnBatch(xTest, byHand.relu) as number;
const tested = model.testOnBatch(xTest, byHand.sigmoid) as number;
assert(trained < 1e-9 && tested < 1e-9, "trainOnBatch computes with relu, testOnBatch with sigmoid");
console.log("checked: fit's steps take the training branch; predict, evaluate and a bare call the other");
