/** Whole steps: training planned and by tape, prediction, and the first plan of a network. */
import * as hb from "../../src/index.ts";
import type { Bench } from "../bench.ts";
import { batchOf, type Workload, w1, w2, w3 } from "./workloads.ts";

function trainStep(workload: Workload): Bench {
  const model = workload.model();
  const { x, y } = batchOf(workload);
  return { name: `models/train ${workload.name}`, fn: () => void model.trainOnBatch(x, y) };
}

/** The same step written by hand. */
function tapeStep(workload: Workload): Bench {
  const model = workload.model();
  const { x, y } = batchOf(workload);
  const loss = hb.losses.categoricalCrossentropy();
  const optimizer = hb.optimizers.adam();
  const tape = new hb.GradientTape();
  return {
    name: `models/tape ${workload.name}`,
    fn: () => {
      const value = tape.record(() => loss.apply(y, model.apply(x, { training: true })));
      const variables = model.trainableVariables;
      const grads = tape.gradient(value, variables);
      optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
    },
  };
}

function predict(workload: Workload, batch: number): Bench {
  const model = workload.model();
  const x = hb.random.normal([batch, workload.features], { seed: 2 });
  return { name: `models/predict ${workload.name} b${batch}`, fn: () => void model.predict(x, { batchSize: batch }) };
}

/** Trace, rewrite, plan and bind a prediction: a size of batch that no plan is kept for. */
function firstPlan(layers: number): Bench {
  const parts = Array.from({ length: layers }, () => hb.layers.dense({ units: 32, activation: "relu" }));
  const model = hb.sequential({ layers: [hb.input({ shape: [32] }), ...parts] });
  const x = hb.ones([1, 32]);
  return {
    name: `models/plan ${layers}-layer MLP, first prediction`,
    fn: () => {
      for (const layer of model.layers) layer.invalidate();
      model.predict(x);
    },
  };
}

export const benches: Bench[] = [
  trainStep(w1),
  tapeStep(w1),
  predict(w1, 1),
  predict(w1, 32),
  trainStep(w2),
  tapeStep(w2),
  predict(w2, 1),
  predict(w2, 256),
  trainStep(w3),
  firstPlan(20),
];
