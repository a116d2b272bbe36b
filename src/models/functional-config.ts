import { type LayerConfig, objectConfig } from "../layers/config.ts";
import type { Layer } from "../layers/layer.ts";
import { Operation } from "../layers/operation.ts";
import { type GraphNode, layerOf, producer, SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { Tensor, toTensor } from "../ops/tensor.ts";
import { mapStructure, type Structure } from "../util/structure.ts";
import type { GraphModel } from "./graph-model.ts";

/** A tensor of a graph as configs name it: layer, node, output. */
type TensorAddress = readonly [layer: string, node: number, tensor: number];

/**
 * The config of a functional model, as Keras writes it. Only nodes of this model are kept, so they are numbered anew. As
 * inputs and outputs of the whole those of a nested model are counted from 1, and everywhere else from 0.
 */
export function functionalConfig(
  model: GraphModel,
  inputs: Structure<SymbolicTensor>,
  outputs: Structure<SymbolicTensor>,
  isFunctional: (layer: Layer) => boolean,
): LayerConfig {
  const { operations, nodes } = model.graph;
  // Gathered once: a search for each layer would take the square of the graph's depth.
  const nodesOf = new Map(operations.map((layer): [Layer, GraphNode[]] => [layer, []]));
  const numbers = new Map<GraphNode, number>();
  for (const node of [...nodes].sort((a, b) => a.index - b.index)) {
    const { layer } = node;
    numbers.set(node, nodesOf.get(layer)!.push(node) - 1);
  }
  const address = (tensor: SymbolicTensor): TensorAddress => {
    return [layerOf(tensor).name, numbers.get(producer(tensor))!, tensor.history.tensorIndex];
  };
  const end = (tensor: SymbolicTensor): never => {
    const [name, node, tensorIndex] = address(tensor);
    return [name, node + Number(isFunctional(layerOf(tensor))), tensorIndex] as never;
  };
  return {
    name: model.name,
    trainable: model.trainable,
    layers: operations.map((layer) => ({
      ...objectConfig("layers", layer),
      name: layer.name,
      inbound_nodes: nodesOf
        .get(layer)!
        .filter((node) => !node.isInput)
        .map((node) => nodeConfig(node, address)),
    })),
    input_layers: mapStructure(inputs, end),
    output_layers: mapStructure(outputs, end),
  };
}

function nodeConfig(node: GraphNode, address: (tensor: SymbolicTensor) => TensorAddress): LayerConfig {
  const encode = (input: unknown): unknown => {
    if (input instanceof SymbolicTensor) {
      const { dtype, shape } = input;
      return { class_name: "__keras_tensor__", config: { shape: [...shape], dtype, keras_history: address(input) } };
    }
    const value = ArrayBuffer.isView(input) ? toTensor(input as Float32Array) : input;
    if (!(value instanceof Tensor)) return value;
    return { class_name: "__numpy__", config: { value: value.arraySync(), dtype: value.dtype } };
  };
  const inputs = mapStructure<unknown, unknown>(node.inputs, encode);
  const kwargs = mapStructure<unknown, unknown>(node.options as Structure<unknown>, encode);
  // The inputs of an op are its arguments; a layer has one.
  return { args: node.layer instanceof Operation ? inputs : [inputs], kwargs };
}
