import * as layers from "../../src/layers/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import type { Model } from "../../src/models/model.ts";
import type { CompileOptions } from "../../src/models/options.ts";
import { sequential } from "../../src/models/sequential.ts";
import { tensor } from "../../src/ops/creation.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { setRandomSeed } from "../../src/random/global.ts";
import { forgetWarnings } from "../../src/util/warn.ts";

/** The inputs most cases use. */
export const X4: number[][] = [
  [1, 2],
  [3, -1],
  [0, 1],
  [2, 2],
];

/** Keras's `lin`: Dense(1) without bias, kernel 1, with SGD of rate 0 unless told otherwise. */
export function linear(options: Partial<CompileOptions> = {}): Model {
  const kernel = { units: 1, useBias: false, kernelInitializer: "ones" } as const;
  const model = sequential({ layers: [layers.input({ shape: [1] }), layers.dense(kernel)] });
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "mse", ...options });
  return model;
}

/** x = [1, 2, 3, 4, 10] and y = 0. */
export const LINEAR_X: number[][] = [[1], [2], [3], [4], [10]];
export const LINEAR_Y: number[][] = [[0], [0], [0], [0], [0]];

/** The classifier of TL-05: a softmax of given weights. */
export function softmaxModel(optimizer: optimizers.Optimizer = optimizers.sgd({ learningRate: 0.5 })): Model {
  const model = sequential({
    layers: [layers.input({ shape: [2] }), layers.dense({ units: 3, activation: "softmax" })],
  });
  model.setWeights([
    tensor([
      [0.1, 0.2, -0.3],
      [0.4, -0.5, 0.6],
    ]),
    tensor([0, 0, 0]),
  ]);
  model.compile({ optimizer, loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
  return model;
}

/** Two outputs a and b, each x, with mse on a and mae on b. */
export function twoOutputs(options: Partial<CompileOptions> = {}): Model {
  const x = layers.input({ shape: [1], name: "x" });
  const make = (name: string) => layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", name });
  const model = makeModel({ inputs: x, outputs: [make("a").apply(x), make("b").apply(x)] });
  const optimizer = optimizers.sgd({ learningRate: 0 });
  model.compile({ optimizer, loss: ["mse", "mae"], lossWeights: [1, 2], metrics: [["mae"], ["mse"]], ...options });
  return model;
}

/** Every bit a failed call might have changed: weights, statistics, seeds, optimizer state. */
export function stateOf(model: Model): number[][] {
  return [...model.variables, ...(model.optimizer?.variables ?? [])].map((variable) => [...variable.readSync()]);
}

/** What is said on the console while a body runs. */
export async function warningsOf(body: () => unknown): Promise<string[]> {
  const { warn } = console;
  // What was said before counts anew.
  forgetWarnings();
  const said: string[] = [];
  console.warn = (text: string) => void said.push(text);
  try {
    await body();
  } finally {
    console.warn = warn;
  }
  return said;
}

/** A model with everything that has state, made the same way each time. */
export function dropoutModel(runEagerly = false): Model {
  setRandomSeed(11);
  const model = sequential({
    layers: [
      layers.input({ shape: [2] }),
      layers.dense({ units: 8, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  const loss = "sparse_categorical_crossentropy";
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.05 }), loss, metrics: ["accuracy"], runEagerly });
  return model;
}
