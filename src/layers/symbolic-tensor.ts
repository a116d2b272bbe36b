import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { formatShape, type Shape } from "../util/shape.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import type { TrainingArgument } from "./call-context.ts";
import type { Layer } from "./layer.ts";
import { autoName } from "./naming.ts";

/** Where a symbolic tensor comes from: output `tensorIndex` of node `nodeIndex` of a layer. */
export interface TensorHistory {
  readonly layer: Layer;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** A tensor of a graph being built: a shape (null = not known yet), a dtype and a history, but no values. */
export class SymbolicTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly name: string;
  readonly history: TensorHistory;

  constructor(spec: { shape: Shape; dtype: DType; name?: string | undefined }, history: TensorHistory) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.name = spec.name ?? autoName("keras_tensor");
    this.history = history;
  }

  get rank(): number {
    return this.shape.length;
  }

  toString(): string {
    return `SymbolicTensor "${this.name}" ${this.dtype} ${formatShape(this.shape)}`;
  }
}

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
    this.inputTensors = flattenStructure(inputs).filter((input) => input instanceof SymbolicTensor);
  }

  /** True for the node that brings a model's input in. */
  get isInput(): boolean {
    return this.inputTensors.length === 0;
  }
}

/** The node a symbolic tensor comes from. */
export function nodeOf(tensor: SymbolicTensor, nodesOf: (layer: Layer) => readonly GraphNode[]): GraphNode {
  return nodesOf(tensor.history.layer)[tensor.history.nodeIndex]!;
}
