import { type LayerConfig, layerObjectConfig } from "../layers/config.ts";
import type { Layer } from "../layers/layer.ts";
import { type GraphNode, SymbolicTensor } from "../layers/symbolic-tensor.ts";
import type { Tensor } from "../ops/tensor.ts";
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
  const nodesOf = new Map<Layer, GraphNode[]>(layers.map((layer) => [layer, []]));
  for (const node of [...nodes].sort((a, b) => a.index - b.index)) nodesOf.get(node.layer)!.push(node);
  const numbers = new Map<GraphNode, number>();
  for (const [layer, list] of nodesOf) {
    const first = isFunctional(layer) ? 1 : 0;
    list.forEach((node, i) => {
      numbers.set(node, first + i);
    });
  }
  const address = (tensor: SymbolicTensor): TensorAddress => [
    tensor.history.layer.name,
    numbers.get(producer(tensor))!,
    tensor.history.tensorIndex,
  ];
  return {
    name: model.name,
    trainable: model.trainable,
    layers: layers.map((layer) => ({
      ...layerObjectConfig(layer),
      name: layer.name,
      inbound_nodes: nodesOf
        .get(layer)!
        .filter((node) => !node.isInput)
        .map((node) => nodeConfig(node, address)),
    })),
    input_layers: mapStructure(inputs, (tensor) => address(tensor) as never),
    output_layers: mapStructure(outputs, (tensor) => address(tensor) as never),
  };
}

function nodeConfig(node: GraphNode, address: (tensor: SymbolicTensor) => TensorAddress): LayerConfig {
  const argument = mapStructure(node.inputs, (input) =>
    input instanceof SymbolicTensor ? tensorConfig(input, address) : constantConfig(input),
  );
  return { args: [argument], kwargs: node.options.training === undefined ? {} : { training: node.options.training } };
}

function tensorConfig(tensor: SymbolicTensor, address: (tensor: SymbolicTensor) => TensorAddress): LayerConfig {
  return {
    class_name: "__keras_tensor__",
    config: { shape: [...tensor.shape], dtype: tensor.dtype, keras_history: [...address(tensor)] },
  };
}

function constantConfig(tensor: Tensor): LayerConfig {
  return { class_name: "__numpy__", config: { value: tensor.arraySync(), dtype: tensor.dtype } };
}
