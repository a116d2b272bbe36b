import { whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { Operation } from "../layers/operation.ts";
import { type GraphNode, layerOf, producer, type SymbolicTensor, walkUp } from "../layers/symbolic-tensor.ts";
import { fail } from "../util/errors.ts";

/** The part of the graph between a model's inputs and outputs, in order. */
export interface Graph {
  /** In order of execution: by falling depth, the longest way to an output. */
  readonly nodes: readonly GraphNode[];
  /** By falling depth, then in the order in which a walk from the outputs meets them; input layers included. */
  readonly layers: readonly Layer[];
  /** The same with the ops between layers. */
  readonly operations: readonly Layer[];
  readonly depths: ReadonlyMap<GraphNode, number>;
}

/**
 * Sorts the nodes between inputs and outputs and checks that they make a model.
 * @throws ValueError for cycles, outputs that do not depend on the inputs, and names used twice
 */
export function mapGraph(inputs: readonly SymbolicTensor[], outputs: readonly Output[], where: string): Graph {
  const { order, firstVisit } = walk(inputs, outputs, where);
  const depths = new Map<GraphNode, number>();
  const layerDepths = new Map<Layer, number>();
  for (const node of order.reverse()) {
    // A shared layer stands where its earliest use stands.
    const depth = Math.max(depths.get(node) ?? 0, layerDepths.get(node.layer) ?? 0);
    depths.set(node, depth);
    layerDepths.set(node.layer, depth);
    for (const tensor of node.inputTensors) {
      const parent = producer(tensor);
      depths.set(parent, Math.max(depth + 1, depths.get(parent) ?? 0));
    }
  }
  for (const tensor of inputs) {
    // An input that no output needs still belongs to the model.
    const layer = layerOf(tensor);
    if (layerDepths.has(layer)) continue;
    layerDepths.set(layer, 0);
    firstVisit.set(layer, -1);
    depths.set(producer(tensor), 0);
  }
  const operations = [...layerDepths.keys()].sort(
    (a, b) => layerDepths.get(b)! - layerDepths.get(a)! || firstVisit.get(a)! - firstVisit.get(b)!,
  );
  // Sorting is stable, so nodes of one depth stay in the order they were met in.
  const nodes = [...depths.keys()].sort((a, b) => depths.get(b)! - depths.get(a)!);
  checkNames(operations, where);
  return { nodes, layers: operations.filter((layer) => !(layer instanceof Operation)), operations, depths };
}

/** An output and its place in the structure of outputs. */
export interface Output {
  readonly tensor: SymbolicTensor;
  readonly path: string;
}

/** Nodes with parents before children, and when each layer was first met, walking from the outputs. */
function walk(
  inputs: readonly SymbolicTensor[],
  outputs: readonly Output[],
  where: string,
): { order: GraphNode[]; firstVisit: Map<Layer, number> } {
  const given = new Set(inputs);
  /** Nodes met so far: whether all before them have been, too. */
  const finished = new Map<GraphNode, boolean>();
  const order: GraphNode[] = [];
  const firstVisit = new Map<Layer, number>();
  for (const { tensor: output, path } of outputs) {
    const enter = (tensor: SymbolicTensor): boolean => {
      const node = producer(tensor);
      if (finished.get(node)) return false;
      if (finished.has(node)) {
        fail(where, `outputs: "${tensor.name}" of ${whereOf(node.layer)} is part of a cycle`);
      }
      if (node.isInput && !given.has(tensor)) {
        const problem = `Output with path \`${path}\` is not connected to \`inputs\``;
        fail(where, `${problem}: it depends on "${node.layer.name}"`);
      }
      if (!firstVisit.has(node.layer)) firstVisit.set(node.layer, firstVisit.size);
      finished.set(node, false);
      return true;
    };
    walkUp(output, enter, (node) => {
      finished.set(node, true);
      order.push(node);
    });
  }
  return { order, firstVisit };
}

function checkNames(layers: readonly Layer[], where: string): void {
  if (new Set(layers.map(({ name }) => name)).size === layers.length) return;
  for (const { name } of layers) {
    const count = layers.filter((layer) => layer.name === name).length;
    if (count > 1) fail(where, `The name "${name}" is used ${count} times in the model. All names should be unique`);
  }
}
