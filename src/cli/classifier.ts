import * as hb from "../index.ts";
import type { Split } from "./load.ts";

/** Samples in a step; fewer for small data, so that an epoch has some steps. */
function batchSizeFor(samples: number): number {
  return samples >= 2560 ? 128 : 32;
}

/** Steps of a whole training. */
function stepsOf(samples: number, epochs: number): number {
  return Math.ceil(samples / batchSizeFor(samples)) * epochs;
}

/** Layers whose behaviour the training flag changes; the demonstration looks into the first of each. */
export interface Classifier {
  readonly model: hb.Functional;
  readonly firstDense: hb.SymbolicTensor;
  readonly firstNormalized: hb.SymbolicTensor;
  readonly firstDropped: hb.SymbolicTensor;
}

/**
 * [Dense relu → BatchNormalization → Dropout] × 2 → Dense softmax. The moving statistics reach back over about a tenth
 * of the training: with the default momentum of 0.99 a short one would end long before they have caught up.
 */
export function makeClassifier({ width, classes, training }: Split, epochs: number): Classifier {
  const momentum = Math.min(0.99, Math.max(0.5, 1 - 10 / stepsOf(training.count, epochs)));
  const inputs = hb.input({ shape: [width], name: "pixels" });
  const block = (x: hb.SymbolicTensor, units: number, rate: number) => {
    const dense = hb.layers.dense({ units, activation: "relu" }).apply(x);
    const normalized = hb.layers.batchNormalization({ momentum }).apply(dense);
    return { dense, normalized, dropped: hb.layers.dropout({ rate }).apply(normalized) };
  };
  const first = block(inputs, 256, 0.2);
  const second = block(first.dropped, 128, 0.2);
  const outputs = hb.layers.dense({ units: classes.length, activation: "softmax" }).apply(second.dropped);
  const model = hb.model({ inputs, outputs, name: "classifier" });
  return { model, firstDense: first.dense, firstNormalized: first.normalized, firstDropped: first.dropped };
}

/** Trains the classifier with a progress bar. The rate falls at two thirds and five sixths of the epochs. */
export async function trainClassifier({ model }: Classifier, split: Split, epochs: number): Promise<void> {
  const optimizer = hb.optimizers.adam({ learningRate: 0.001 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const steps = [Math.floor((epochs * 2) / 3), Math.floor((epochs * 5) / 6)];
  const callbacks = {
    onEpochBegin(epoch: number) {
      if (steps.includes(epoch) && epoch > 0) optimizer.learningRate *= 0.25;
    },
  };
  const validationData = [split.heldBack.x, split.heldBack.y] as const;
  await model.fit(split.training.x, split.training.y, {
    epochs,
    batchSize: batchSizeFor(split.training.count),
    validationData,
    callbacks,
    verbose: 1,
  });
}

/** Steps a linear model gets at least: it is cheap, and should not lose for want of training. */
const LINEAR_STEPS = 2000;

/** Test accuracy of a linear softmax model on the same split: what can be had without any hidden layer. */
export async function linearBaseline(split: Split, epochs: number): Promise<number> {
  const model = hb.sequential({
    layers: [
      hb.input({ shape: [split.width] }),
      hb.layers.dense({ units: split.classes.length, activation: "softmax" }),
    ],
  });
  const optimizer = hb.optimizers.adam({ learningRate: 0.003 });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const { x, y, count } = split.training;
  const enough = Math.max(epochs, Math.ceil(LINEAR_STEPS / stepsOf(count, 1)));
  await model.fit(x, y, { epochs: enough, batchSize: batchSizeFor(count), verbose: 0 });
  return accuracyOf(model, split);
}

/** Share of held-back samples that `evaluate` finds right. */
export function accuracyOf(model: hb.Model, { heldBack }: Split): number {
  const results = model.evaluate(heldBack.x, heldBack.y, { batchSize: 256, returnDict: true });
  return (results as Record<string, number>).accuracy!;
}
