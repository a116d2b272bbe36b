import { SymbolicTensor } from "../ops/symbolic.ts";
import type { Tensor } from "../ops/tensor.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { onUndo } from "./build.ts";
import type { TrainingArgument } from "./call-context.ts";
import type { ValueSpec } from "./infer.ts";
import { internalsOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { autoName } from "./naming.ts";

export { SymbolicTensor, type TensorHistory } from "../ops/symbolic.ts";

/** What a node keeps of the call it stands for: the flag and mask given explicitly, or nothing. */
export interface NodeOptions {
  readonly training?: NonNullable<TrainingArgument>;
  readonly mask?: unknown;
}

/** One call of a layer on symbolic tensors. Concrete tensors among the inputs are constants of the graph. */
export class GraphNode {
  readonly layer: Layer;
  readonly index: number;
  readonly inputs: Structure<SymbolicTensor | Tensor>;
  readonly options: NodeOptions;
  readonly inputTensors: readonly SymbolicTensor[];
  outputs: Structure<SymbolicTensor> = [];
  outputTensors: readonly SymbolicTensor[] = [];

  constructor(layer: Layer, index: number, inputs: Structure<SymbolicTensor | Tensor>, options: NodeOptions) {
    this.layer = layer;
    this.index = index;
    this.inputs = inputs;
    this.options = options;
    const leaves = flattenStructure<unknown>([inputs, (options.mask ?? []) as Structure<unknown>]);
    this.inputTensors = leaves.filter((input): input is SymbolicTensor => input instanceof SymbolicTensor);
  }

  /** True for the node that brings a model's input in. */
  get isInput(): boolean {
    return this.inputTensors.length === 0;
  }

  /** Inputs and options with the symbolic tensors replaced. */
  filled(value: (tensor: SymbolicTensor) => unknown): { inputs: Structure<unknown>; options: NodeOptions } {
    const fill = (leaf: unknown): unknown => (leaf instanceof SymbolicTensor ? value(leaf) : leaf);
    return {
      inputs: mapStructure<unknown, unknown>(this.inputs, fill),
      options: mapStructure<unknown, unknown>(this.options as Structure<unknown>, fill) as NodeOptions,
    };
  }
}

/** The layer, or op, that makes a tensor. */
export function layerOf(tensor: SymbolicTensor): Layer {
  return tensor.history.layer as Layer;
}

/** The node that makes a tensor. */
export function producer(tensor: SymbolicTensor): GraphNode {
  return internalsOf(layerOf(tensor)).nodes[tensor.history.nodeIndex]!;
}

/**
 * Walks from a tensor to all it is made of, without recursion: graphs are as deep as they like. The node of a tensor for
 * which `enter` says true is left when everything before it has been, as a recursive walk in the order of inputs would.
 */
export function walkUp(
  tensor: SymbolicTensor,
  enter: (tensor: SymbolicTensor) => boolean,
  leave: (node: GraphNode) => void,
): void {
  const pending: (SymbolicTensor | GraphNode)[] = [tensor];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next instanceof GraphNode) leave(next);
    else if (enter(next)) {
      const node = producer(next);
      pending.push(node);
      for (let i = node.inputTensors.length - 1; i >= 0; i--) pending.push(node.inputTensors[i]!);
    }
  }
}

/** Appends a node to its layer and makes the tensors that stand for its outputs. */
export function addNode(node: GraphNode, outputs: Structure<ValueSpec>): Structure<SymbolicTensor> {
  const { layer, index, inputTensors } = node;
  const { nodes } = internalsOf(layer);
  node.outputTensors = flattenStructure(outputs).map(({ shape, dtype }, tensorIndex) =>
    inputTensors[0]!.derive({ shape, dtype, name: autoName("keras_tensor") }, { layer, nodeIndex: index, tensorIndex }),
  );
  node.outputs = packStructure(outputs, node.outputTensors);
  nodes.push(node);
  onUndo(() => nodes.splice(index));
  return node.outputs;
}
