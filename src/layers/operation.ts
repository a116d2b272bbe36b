import { fail } from "../util/errors.ts";
import { type OpFunction, SymbolicTensor } from "../ops/symbolic.ts";
import { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { markBuilt, onUndo } from "./build.ts";
import type { LayerConfig } from "./config.ts";
import { inferByBody, ValueSpec } from "./infer.ts";
import { internalsOf } from "./internals.ts";
import { Layer } from "./layer.ts";
import { autoName, snakeCase } from "./naming.ts";
import { GraphNode } from "./symbolic-tensor.ts";

/** An op in a graph: a member with one node, which is no layer of the model. Its inputs are all arguments, in order. */
export class Operation extends Layer {
  static override readonly className: string = "Operation";
  /** Name of the function or tensor method. */
  readonly op: string;
  readonly #body: OpFunction;

  constructor(op: string, body: OpFunction, name: string = autoName(snakeCase(op))) {
    super({ name });
    this.op = op;
    this.#body = body;
    markBuilt(this);
  }

  /** Runs the op; symbolic arguments have been replaced by values. */
  run(args: readonly unknown[]): Structure<Tensor> {
    return this.#body(...(args as never[])) as Structure<Tensor>;
  }

  /** Puts the op into the graph of its arguments. */
  connect(args: readonly unknown[]): Structure<SymbolicTensor> {
    const leaves = flattenStructure(args as Structure<unknown>);
    const constants = leaves.map((leaf) => (leaf instanceof Variable ? leaf.value() : leaf));
    const odd = constants.find((leaf) => typeof leaf === "object" && leaf !== null && !isValue(leaf));
    if (odd !== undefined) fail(this.op, `expected tensors, numbers and texts in a graph, got ${String(odd)}`);
    // Only tensors are inputs of the inference: the rest stands beside them.
    const tensors = constants.filter((leaf): leaf is SymbolicTensor => leaf instanceof SymbolicTensor);
    const specs = tensors.map(({ shape, dtype }) => new ValueSpec(shape, dtype));
    const outputs = inferByBody(specs, (values) => {
      let next = 0;
      const filled = constants.map((leaf) => (leaf instanceof SymbolicTensor ? (values as Tensor[])[next++] : leaf));
      return this.run(packStructure(args as Structure<unknown>, filled) as readonly unknown[]);
    });
    return addNode(
      this,
      new GraphNode(this, 0, packStructure(args as Structure<unknown>, constants) as never, {}),
      outputs,
    );
  }

  override getConfig(): LayerConfig {
    return { name: this.name, op: this.op };
  }
}

const isValue = (leaf: unknown): boolean =>
  leaf instanceof Tensor || leaf instanceof SymbolicTensor || ArrayBuffer.isView(leaf);

/** Adds an op on symbolic tensors to their graph. */
export function addOp(name: string, body: OpFunction, args: readonly unknown[]): Structure<SymbolicTensor> {
  return new Operation(name, body).connect(args);
}

/** Appends a node to a layer and makes the tensors that stand for its outputs. */
export function addNode(layer: Layer, node: GraphNode, outputs: Structure<ValueSpec>): Structure<SymbolicTensor> {
  const { nodes } = internalsOf(layer);
  const leaves = flattenStructure(outputs).map(({ shape, dtype }, tensorIndex) =>
    symbolicTensor({ shape, dtype }, { layer, nodeIndex: node.index, tensorIndex }),
  );
  node.outputs = packStructure(outputs, leaves);
  node.outputTensors = leaves;
  nodes.push(node);
  onUndo(() => nodes.splice(node.index));
  return node.outputs;
}

/** A tensor of a graph, with a name of its own if it was given none. */
export function symbolicTensor(
  { shape, dtype, name }: { shape: ValueSpec["shape"]; dtype: ValueSpec["dtype"]; name?: string | undefined },
  history: SymbolicTensor["history"],
): SymbolicTensor {
  return new SymbolicTensor({ shape, dtype, name: name ?? autoName("keras_tensor") }, history, addOp);
}

/** A structure of arguments with its symbolic tensors replaced. */
export function fillInputs(inputs: Structure<unknown>, value: (tensor: SymbolicTensor) => unknown): Structure<unknown> {
  return mapStructure(inputs, (leaf) => (leaf instanceof SymbolicTensor ? value(leaf) : leaf));
}
