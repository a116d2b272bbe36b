import { InputLayer } from "../layers/core/input-layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { Operation } from "../layers/operation.ts";
import { type GraphNode, producer, type SymbolicTensor, walkUp } from "../layers/symbolic-tensor.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";

/**
 * Makes the inputs of a model real inputs. Where one of them is a tensor from the middle of another graph, a new input
 * layer takes its place and the layers between are called once more, so that they are shared with that graph.
 */
export function cloneBetween(
  inputs: Structure<SymbolicTensor>,
  outputs: Structure<SymbolicTensor>,
): { inputs: Structure<SymbolicTensor>; outputs: Structure<SymbolicTensor> } {
  const replaced = new Map<SymbolicTensor, SymbolicTensor>();
  let cloning = false;
  const newInputs = mapStructure(inputs, (tensor) => {
    const real = producer(tensor).isInput;
    cloning ||= !real;
    const { shape: batchShape, dtype, name } = tensor;
    const fresh = real ? tensor : new InputLayer({ batchShape, dtype, name: `${name}CLONE` }).output;
    replaced.set(tensor, fresh);
    return fresh;
  });
  if (!cloning) return { inputs, outputs };
  const look = (tensor: SymbolicTensor): SymbolicTensor => replaced.get(tensor) ?? tensor;
  const replay = (node: GraphNode): void => {
    const { inputs: filled, options } = node.filled(look);
    const { layer } = node;
    // An op has one node, so that it needs a copy; the name goes along, for the two are not of one model.
    const outputs = layer instanceof Operation ? layer.copy().connect(filled) : callLayer(layer, filled, options);
    const made = flattenStructure(outputs as Structure<SymbolicTensor>);
    node.outputTensors.forEach((old, i) => {
      replaced.set(old, made[i]!);
    });
  };
  const newOutputs = mapStructure(outputs, (output) => {
    walkUp(output, (tensor) => !replaced.has(tensor) && !producer(tensor).isInput, replay);
    return look(output);
  });
  return { inputs: newInputs, outputs: newOutputs };
}
