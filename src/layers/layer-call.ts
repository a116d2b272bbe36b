import { currentScope, runScoped } from "../ops/scopes.ts";
import type { Tensor } from "../ops/tensor.ts";
import { ShapeError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";
import { allOrNothing } from "./build.ts";
import { type ApplyOptions, callDepth, resolveTraining, type TrainingResolution } from "./call-context.ts";
import { inferOutputs, isProbe, ValueSpec } from "./infer.ts";
import { checkInputs, ORIGIN, originOf } from "./input-spec.ts";
import { containsSymbolic, readInputs } from "./inputs.ts";
import { internalsOf, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { clearLosses, openLosses } from "./layer-losses.ts";
import { runCall } from "./run-call.ts";
import { addNode, GraphNode, type NodeOptions, SymbolicTensor } from "./symbolic-tensor.ts";
import { checkAlive } from "./weights.ts";

/**
 * One call of a layer, whoever makes it.
 * @param fixedAtNode set when a functional model runs a node: `options.training` was then fixed in the graph
 */
export function callLayer(
  layer: Layer,
  inputs: unknown,
  options: ApplyOptions,
  fixedAtNode?: number,
): Structure<Tensor> | Structure<SymbolicTensor> {
  checkAlive(layer, "apply");
  const resolution = resolveTraining(layer, options.training, fixedAtNode);
  const run = (): Structure<Tensor> | Structure<SymbolicTensor> =>
    containsSymbolic(inputs, whereOf(layer))
      ? callSymbolic(layer, inputs, options, resolution)
      : callConcrete(layer, inputs, options.mask, resolution);
  if (callDepth() > 0) return run();
  clearLosses(layer);
  // What a failing call has built below it is taken back.
  return allOrNothing(run);
}

/** Builds the layer on first use and checks the inputs, before and after: `build` may ask for more. */
function prepare(layer: Layer, inputs: Structure<{ readonly shape: Shape; readonly dtype: string }>): void {
  const leaves = flattenStructure(inputs) as (Tensor | SymbolicTensor)[];
  const internals = internalsOf(layer);
  const before = internals.inputSpecs;
  if (before !== undefined) checkInputs(before, leaves, whereOf(layer));
  if (internals.phase !== "open") return;
  layer.build(mapStructure(inputs, (input) => buildShape(input.shape)) as Structure<Shape>);
  if (internals.inputSpecs !== undefined && internals.inputSpecs !== before) {
    checkInputs(internals.inputSpecs, leaves, whereOf(layer));
  }
}

/** While shapes are inferred, the batch is a stand-in size that `build` should not see. */
function buildShape(shape: Shape): Shape {
  return currentScope()?.kind === "shapes" && isProbe(shape[0]) ? [null, ...shape.slice(1)] : shape;
}

function callConcrete(layer: Layer, inputs: unknown, mask: unknown, resolution: TrainingResolution): Structure<Tensor> {
  const outermost = currentScope() === undefined;
  const run = (): Structure<Tensor> => {
    const tensors = readInputs(layer, inputs);
    prepare(layer, tensors);
    return runCall(layer, tensors, resolution, mask);
  };
  if (!outermost) return run();
  // Losses added inside must outlive the scope as the outputs do, so they leave it together.
  let added: ReturnType<typeof openLosses> = [];
  const { outputs, losses } = runScoped(() => {
    const outputs = run();
    added = openLosses(layer);
    return { outputs, losses: added.map((loss) => loss.value) };
  });
  added.forEach((loss, i) => {
    loss.value = losses[i]!;
    loss.scope = undefined;
  });
  return outputs;
}

function callSymbolic(
  layer: Layer,
  inputs: unknown,
  options: ApplyOptions,
  resolution: TrainingResolution,
): Structure<SymbolicTensor> {
  const structure = readInputs(layer, inputs) as Structure<SymbolicTensor | Tensor>;
  const outputs = inferSymbolic(layer, structure, resolution, options.mask);
  const { nodes } = internalsOf(layer);
  return addNode(new GraphNode(layer, nodes.length, structure, nodeOptions(options)), outputs);
}

function inferSymbolic(
  layer: Layer,
  inputs: Structure<SymbolicTensor | Tensor>,
  resolution: TrainingResolution,
  mask: unknown,
): Structure<ValueSpec> {
  try {
    prepare(layer, inputs);
    const spec = (leaf: unknown): unknown =>
      leaf instanceof SymbolicTensor ? new ValueSpec(leaf.shape, leaf.dtype) : leaf;
    const [specs, masks] = mapStructure<unknown, unknown>([inputs, mask], spec) as [Structure<ValueSpec>, unknown];
    return inferOutputs(layer, specs, resolution, masks);
  } catch (error) {
    // Shapes that do not fit concern two layers at least: say where the inputs come from.
    if (error instanceof ShapeError && !error.message.includes(ORIGIN)) {
      const origins = new Set(flattenStructure(inputs).map(originOf).filter(Boolean));
      error.message += ` Inputs:${[...origins].join(",")}.`;
    }
    throw error;
  }
}

/** Only what was given in this very call is fixed in the graph, never an inherited value or a default. */
function nodeOptions({ training, mask }: ApplyOptions): NodeOptions {
  return {
    ...(training === undefined || training === null ? {} : { training }),
    ...(mask === undefined || mask === null ? {} : { mask }),
  };
}
