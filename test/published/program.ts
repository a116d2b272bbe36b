/** A user's program, compiled and bundled against dist/ by published.test.ts: every line is something a user may write. */
import * as hb from "hornbeam";
import { Dataset } from "hornbeam/data";
import { writeSafetensors } from "hornbeam/io";
import { profile } from "hornbeam/profile";
import * as slim from "hornbeam/slim";
import { TensorBoard } from "hornbeam/tensorboard";
import { enableThreads } from "hornbeam/threads";
import { connectModel } from "hornbeam/worker";

/** What namespaces hold are types, too. */
export interface Kinds {
  readonly layer: hb.layers.Dense | hb.layers.BatchNormalization;
  readonly loss: hb.losses.Loss;
  readonly metric: hb.metrics.Metric;
  readonly optimizer: hb.optimizers.Optimizer;
  readonly schedule: hb.schedules.LearningRateSchedule;
  readonly initializer: hb.initializers.Initializer;
  readonly regularizer: hb.regularizers.Regularizer;
  readonly constraint: hb.constraints.Constraint;
  readonly history: hb.callbacks.History;
  readonly hooks: hb.callbacks.CallbackHooks;
  readonly seed: hb.random.Seed;
}

export class Doubling extends hb.Layer {
  static override className = "Doubling";

  override call(x: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    return training ? x : x.mul(2);
  }
}

export const hooks: hb.callbacks.CallbackHooks = {
  onEpochEnd: (epoch: number, logs: hb.callbacks.Logs) => console.log(epoch, logs.loss),
};

// Declarations are made of these: each inferred type must have a public name.
export const net = hb.sequential({ layers: [hb.layers.dense({ units: 3, activation: "relu" }), new Doubling()] });
export const trained = net.fit([[1]], [[1, 2, 3]], { epochs: 1, callbacks: [hooks] });
export const functional = hb.model({ inputs: hb.input({ shape: [2] }), outputs: hb.input({ shape: [2] }) });
export const parts = {
  optimizer: hb.optimizers.adam({ learningRate: hb.schedules.cosineDecay({ initialLearningRate: 1, decaySteps: 2 }) }),
  loss: hb.losses.huber({ delta: 2 }),
  metrics: [hb.metrics.auc(), hb.metrics.precision(), hb.metrics.f1Score(), hb.metrics.r2Score()] as const,
  error: hb.metrics.meanSquaredError(),
  smooth: hb.losses.categoricalCrossentropy({ labelSmoothing: 0.1 }),
  initializers: [hb.initializers.glorotUniform({ seed: 1 }), hb.initializers.randomNormal()] as const,
  norm: hb.constraints.maxNorm(),
  penalty: hb.regularizers.l1l2({ l1: 0.1, l2: 0.1 }),
  noise: hb.layers.gaussianNoise({ stddev: 1 }),
  random: hb.random.normal([2]),
  stopping: hb.callbacks.earlyStopping({ monitor: "loss" }),
  relu: hb.activations.relu,
  value: hb.ops.matMul([[1]], [[2]]),
  weights: net.getWeights(),
  explanation: net.explainTraining(),
};
export const slimLayer = slim.layers.dense({ units: 1 });
export const entries = { Dataset, TensorBoard, connectModel, enableThreads, profile, writeSafetensors };

net.compile({ optimizer: "adam", loss: "categorical_crossentropy", metrics: ["accuracy"] });
// @ts-expect-error an optimizer of no such name
net.compile({ optimizer: "adem", loss: "mse" });
// @ts-expect-error an option of no such name
hb.layers.dense({ units: 1, activations: "relu" });
