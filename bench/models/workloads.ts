/** The three workloads that every rival is measured on too. Adam, categorical cross-entropy. */
import * as hb from "../../src/index.ts";

export interface Workload {
  readonly name: string;
  readonly batch: number;
  readonly features: number;
  readonly classes: number;
  readonly model: () => hb.Sequential;
}

const { dense, batchNormalization, dropout } = hb.layers;

function block(units: number, rate: number): hb.Layer[] {
  return [dense({ units, activation: "relu" }), batchNormalization(), dropout({ rate })];
}

function compiled(layers: hb.Layer[], features: number): hb.Sequential {
  hb.setRandomSeed(42);
  const model = hb.sequential({ layers: [hb.input({ shape: [features] }), ...layers] });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  return model;
}

const softmax = (units: number): hb.Layer => dense({ units, activation: "softmax" });

/** W1, the seed text's network. */
export const w1: Workload = {
  name: "W1",
  batch: 128,
  features: 10,
  classes: 10,
  model: () => compiled([dense({ units: 64, activation: "relu" }), batchNormalization(), softmax(10)], 10),
};

/** W2, an MLP for MNIST. */
export const w2: Workload = {
  name: "W2",
  batch: 128,
  features: 784,
  classes: 10,
  model: () => compiled([...block(512, 0.2), ...block(512, 0.2), softmax(10)], 784),
};

/** W3, wide layers. */
export const w3: Workload = {
  name: "W3",
  batch: 256,
  features: 1024,
  classes: 1000,
  model: () => compiled([...block(2048, 0.5), ...block(2048, 0.5), softmax(1000)], 1024),
};

/** A batch of a workload. */
export function batchOf({ batch, features, classes }: Workload): { x: hb.Tensor; y: hb.Tensor } {
  const labels = Array.from({ length: batch }, (_, i) => i % classes);
  return { x: hb.random.normal([batch, features], { seed: 1 }), y: hb.oneHot(labels, classes) };
}
