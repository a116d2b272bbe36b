/** Whole steps: training planned and by tape, prediction, the first plan of a network, and steps of growing batches. */
import * as hb from "../../src/index.ts";
import type { Bench, Comparison } from "../bench.ts";
import { batchOf, type Workload, w1, w2, w3 } from "./workloads.ts";

function trainStep(workload: Workload): Bench {
  return {
    name: `models/train ${workload.name}`,
    prepare: () => {
      const model = workload.model();
      const { x, y } = batchOf(workload);
      return () => void model.trainOnBatch(x, y);
    },
  };
}

/** The same step written by hand. */
function tapeStep(workload: Workload): Bench {
  return {
    name: `models/tape ${workload.name}`,
    prepare: () => {
      const model = workload.model();
      const { x, y } = batchOf(workload);
      const loss = hb.losses.categoricalCrossentropy();
      const optimizer = hb.optimizers.adam();
      const tape = new hb.GradientTape();
      return () => {
        const value = tape.record(() => loss.apply(y, model.apply(x, { training: true })));
        const variables = model.trainableVariables;
        const grads = tape.gradient(value, variables);
        optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
      };
    },
  };
}

function predict(workload: Workload, batch: number): Bench {
  return {
    name: `models/predict ${workload.name} b${batch}`,
    prepare: () => {
      const model = workload.model();
      const x = hb.random.normal([batch, workload.features], { seed: 2 });
      return () => void model.predict(x, { batchSize: batch });
    },
  };
}

/** Trace, rewrite, plan and bind a prediction: a size of batch that no plan is kept for. */
function firstPlan(layers: number): Bench {
  return {
    name: `models/plan ${layers}-layer MLP, first prediction`,
    prepare: () => {
      const parts = Array.from({ length: layers }, () => hb.layers.dense({ units: 32, activation: "relu" }));
      const model = hb.sequential({ layers: [hb.input({ shape: [32] }), ...parts] });
      const x = hb.ones([1, 32]);
      return () => {
        for (const layer of model.layers) layer.invalidate();
        model.predict(x);
      };
    },
  };
}

/** Samples a second of W2's step as its batch grows; one model, as in use, whose plans take turns. */
function batchSizes(): Comparison {
  let model: hb.Sequential | undefined;
  const side = (batch: number): Bench => ({
    name: `batch ${batch}`,
    elements: batch,
    prepare: () => {
      model ??= w2.model();
      const { x, y } = batchOf({ ...w2, batch });
      return () => void model!.trainOnBatch(x, y);
    },
  });
  return { name: "models/train W2 by size of batch", sides: [128, 32, 64, 256, 512, 1024].map(side) };
}

export const benches: readonly Bench[] = [
  ...[w1, w2, w3].map(trainStep),
  ...[w1, w2].map(tapeStep),
  ...[1, 32].map((batch) => predict(w1, batch)),
  ...[1, 256].map((batch) => predict(w2, batch)),
  predict(w3, 256),
  firstPlan(20),
];

export const comparisons: readonly Comparison[] = [batchSizes()];
