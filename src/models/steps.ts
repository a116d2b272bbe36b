import { gradients } from "../autodiff/gradients.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { flattenStructure } from "../util/structure.ts";
import type { CompiledLoss } from "./compiled-loss.ts";
import type { CompiledMetrics } from "./compiled-metrics.ts";
import type { StepData } from "./prepared-data.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** What `compile` made. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: CompiledLoss;
  readonly metrics: CompiledMetrics;
  readonly runEagerly: boolean;
}

/**
 * The bodies of steps, written with ops: they are traced into plans, or run at once with `runEagerly`. Results are
 * scalars: the total loss, the losses of the outputs, the metrics.
 */

/** Forward with training = true, loss, gradients, optimizer; metrics see the predictions made before the update. */
export function trainStep(model: TrainableModel, compiled: Compiled, data: StepData): Tensor[] {
  const predictions = flattenStructure(model.callForTrainer(data.inputs, true));
  const { total, parts } = compiled.loss.compute(data.targets, predictions, data.weights, model.losses);
  const variables = model.trainableVariables;
  if (variables.length > 0) {
    const grads = gradients(total, variables);
    compiled.optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
    model.applyConstraints?.();
  }
  return [total, ...parts, ...updateMetrics(compiled, predictions, data)];
}

/** Forward with training = false, loss, metrics. */
export function testStep(model: TrainableModel, compiled: Compiled, data: StepData): Tensor[] {
  const predictions = flattenStructure(model.callForTrainer(data.inputs, false));
  const { total, parts } = compiled.loss.compute(data.targets, predictions, data.weights, model.losses);
  return [total, ...parts, ...updateMetrics(compiled, predictions, data)];
}

/** Forward with training = false. */
export function predictStep(model: TrainableModel, data: StepData): Tensor[] {
  return flattenStructure(model.callForTrainer(data.inputs, false));
}

function updateMetrics({ metrics }: Compiled, predictions: readonly Tensor[], data: StepData): Tensor[] {
  metrics.update(data.targets, predictions, data.weights);
  return metrics.results();
}
