import { type LayerConfig, objectConfig } from "../layers/config.ts";
import type { Layer } from "../layers/layer.ts";
import { type GraphNode, SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { mapStructure, type Structure } from "../util/structure.ts";
import type { Functional } from "./functional.ts";
import { producer } from "./graph.ts";

/** A tensor of a graph as configs name it: layer, node, output. */
type TensorAddress = readonly [layer: string, node: number, tensor: number];

/**
 * The config of a functional model, as Keras writes it. Only nodes of this model are kept, so they are numbered anew;
 * those of a nested model start at 1, because node 0 stands for the model itself.
 */
export function functionalConfig(
  model: Functional,
  inputs: Structure<SymbolicTensor>,
  outputs: Structure<SymbolicTensor>,
  isFunctional: (layer: Layer) => boolean,
): LayerConfig {
  const { layers, nodes } = model.graph;
  const nodesOf = (layer: Layer): GraphNode[] =>
    nodes.filter((node) => node.layer === layer).sort((a, b) => a.index - b.index);
  const address = (tensor: SymbolicTensor): TensorAddress => {
    const { layer, tensorIndex } = tensor.history;
    return [layer.name, nodesOf(layer).indexOf(producer(tensor)) + Number(isFunctional(layer)), tensorIndex];
  };
  return {
    name: model.name,
    trainable: model.trainable,
    layers: layers.map((layer) => ({
      ...objectConfig("layers", layer),
      name: layer.name,
      inbound_nodes: nodesOf(layer)
        .filter((node) => !node.isInput)
        .map((node) => nodeConfig(node, address)),
    })),
    input_layers: mapStructure(inputs, (tensor) => address(tensor) as never),
    output_layers: mapStructure(outputs, (tensor) => address(tensor) as never),
  };
}

function nodeConfig(node: GraphNode, address: (tensor: SymbolicTensor) => TensorAddress): LayerConfig {
  const { training } = node.options;
  const argument = mapStructure(node.inputs, (input) => {
    const { dtype } = input;
    return input instanceof SymbolicTensor
      ? { class_name: "__keras_tensor__", config: { shape: [...input.shape], dtype, keras_history: address(input) } }
      : { class_name: "__numpy__", config: { value: input.arraySync(), dtype } };
  });
  return { args: [argument], kwargs: training === undefined ? {} : { training } };
}
