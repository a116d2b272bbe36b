/**
 * A training loop written by hand: the tape records the forward pass, its gradients go to an optimizer.
 *
 * In such a loop nobody passes the training flag but you: `model.apply(x)` alone is inference, in which Dropout is the
 * identity and BatchNormalization uses its moving statistics. A training step has to say `training: true`.
 */
import * as hb from "hornbeam";

hb.setRandomSeed(42);

// Two rings of points around the origin; the class says which ring a point belongs to.
const SAMPLES = 512;
const BATCH = 64;
const directions = hb.random.normal([SAMPLES, 2]).arraySync() as [number, number][];
const noise = hb.random.normal([SAMPLES], { stddev: 0.15 }).dataSync();
const points = directions.map(([x, y], i) => {
  const scale = (1 + (i % 2) + noise[i]!) / Math.sqrt(x * x + y * y);
  return [x * scale, y * scale];
});
const classes = points.map((_, i) => i % 2);
const held = SAMPLES - 128;

const model = hb.sequential({
  layers: [
    hb.input({ shape: [2] }),
    hb.layers.dense({ units: 32, activation: "relu" }),
    hb.layers.batchNormalization({ momentum: 0.9 }),
    hb.layers.dropout({ rate: 0.1 }),
    hb.layers.dense({ units: 2, activation: "softmax" }),
  ],
});
const optimizer = hb.optimizers.adam({ learningRate: 0.01 });
const lossOf = hb.losses.sparseCategoricalCrossentropy();
const accuracy = hb.metrics.sparseCategoricalAccuracy();

for (let epoch = 1; epoch <= 15; epoch++) {
  accuracy.resetState();
  let sum = 0;
  for (let start = 0; start < held; start += BATCH) {
    const x = hb.tensor(points.slice(start, start + BATCH));
    const y = hb.tensor(classes.slice(start, start + BATCH), [BATCH], "int32");

    const tape = new hb.GradientTape();
    const loss = tape.record(() => {
      const predictions = model.apply(x, { training: true });
      accuracy.updateState(y, predictions);
      return lossOf.apply(y, predictions);
    });
    const gradients = tape.gradient(loss, model.trainableVariables);
    optimizer.applyGradients(gradients.map((gradient, i) => [gradient, model.trainableVariables[i]!]));

    sum += loss.item();
  }
  if (epoch % 5 === 0) {
    const mean = (sum / (held / BATCH)).toFixed(4);
    console.log(`epoch ${epoch}: loss ${mean}, accuracy while training ${accuracy.result().item().toFixed(4)}`);
  }
}

// The same step in one call: value and gradients of a function, and the whole of it compiled into one plan.
const step = hb.compile((x: hb.Tensor, y: hb.Tensor) => {
  const { value, grads } = hb.valueAndGrads(
    () => lossOf.apply(y, model.apply(x, { training: true })),
    model.trainableVariables,
  );
  optimizer.applyGradients(grads.map((gradient, i) => [gradient, model.trainableVariables[i]!]));
  return value;
});
const x = hb.tensor(points.slice(0, BATCH));
const y = hb.tensor(classes.slice(0, BATCH), [BATCH], "int32");
const losses = Array.from({ length: 50 }, () => step(x, y).item());
console.log(`50 compiled steps on one batch: loss ${losses[0]!.toFixed(4)} → ${losses.at(-1)!.toFixed(4)}`);

// Inference: no flag needed.
const heldBack = model.apply(hb.tensor(points.slice(held)));
accuracy.resetState();
accuracy.updateState(classes.slice(held), heldBack);
console.log(`held-back accuracy: ${accuracy.result().item().toFixed(4)}`);
if (accuracy.result().item() < 0.95) throw new Error("The loop did not learn the two rings.");
