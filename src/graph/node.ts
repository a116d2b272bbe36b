import type { TensorData } from "../util/dtype.ts";
import type { Dims } from "../util/shape.ts";
import type { Attrs, OpRecord } from "./op.ts";
import type { GraphDType, Spec } from "./spec.ts";
import type { VariableCell } from "./variable.ts";

/** Where a value that no node makes comes from. */
export type Leaf =
  | { readonly kind: "variable"; readonly variable: VariableCell }
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "constant"; readonly data: TensorData }
  /** Known by shape only: in shape inference, or a value of another scope. */
  | { readonly kind: "opaque" };

let lastId = 0;

/** One value of a computation: a leaf, or an output of a node. */
export class Value implements Spec {
  readonly id: number = ++lastId;
  readonly shape: Dims;
  readonly dtype: GraphDType;
  /** The node that makes the value; undefined for a leaf. */
  node: Node | undefined = undefined;
  /** Which of the node's outputs it is. */
  index = 0;
  leaf: Leaf | undefined = undefined;
  /** Address in linear memory, in immediate execution only. */
  ptr = 0;

  constructor(spec: Spec) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
  }
}

/** One application of an op. */
export class Node {
  readonly id: number = ++lastId;
  readonly record: OpRecord;
  readonly attrs: Attrs;
  inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Path of layers in whose call the node was made: "model/dense_1". */
  readonly label: string;

  constructor(record: OpRecord, inputs: readonly Value[], attrs: Attrs, outputs: readonly Value[], label: string) {
    this.record = record;
    this.inputs = inputs;
    this.attrs = attrs;
    this.outputs = outputs;
    this.label = label;
    outputs.forEach((value, index) => {
      value.node = this;
      value.index = index;
    });
  }
}

/** A value no node makes. */
export function leafValue(spec: Spec, leaf: Leaf): Value {
  const value = new Value(spec);
  value.leaf = leaf;
  return value;
}
