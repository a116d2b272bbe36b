import { type OpFunction, SymbolicTensor } from "../ops/symbolic.ts";
import { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { fail } from "../util/errors.ts";
import { snakeCase } from "../util/names.ts";
import { see } from "../util/registry.ts";
import { flattenStructure, packStructure, type Structure } from "../util/structure.ts";
import { markBuilt } from "./build.ts";
import type { LayerConfig } from "./config.ts";
import { inferByBody, ValueSpec } from "./infer.ts";
import { Layer } from "./layer.ts";
import { autoName } from "./naming.ts";
import { addNode, GraphNode } from "./symbolic-tensor.ts";

/** An op in a graph: a member with one node, which is no layer of the model. Its inputs are all arguments, in order. */
export class Operation extends Layer {
  static override readonly className: string = "Operation";
  /** Name of the function or tensor method. */
  readonly op: string;
  readonly #body: OpFunction;

  constructor(op: string, body: OpFunction, name: string = autoName(snakeCase(op))) {
    super({ name });
    this.op = op;
    see(`ops.${op}`, body);
    this.#body = body;
    markBuilt(this);
  }

  /** The same op, to be put into another graph. */
  copy(): Operation {
    return new Operation(this.op, this.#body, this.name);
  }

  /** Runs the op; symbolic arguments have been replaced by values. */
  run(args: readonly unknown[]): Structure<Tensor> {
    return this.#body(...(args as never[])) as Structure<Tensor>;
  }

  /** Puts the op into the graph of its arguments. */
  connect(args: Structure<unknown>): Structure<SymbolicTensor> {
    // An array of the caller's own must not change below the graph.
    const leaves = flattenStructure(args, this.op, "arguments").map((leaf) =>
      leaf instanceof Variable ? leaf.value() : leaf,
    );
    const odd = leaves.find((leaf) => Object(leaf) === leaf && !isValue(leaf));
    if (odd !== undefined) fail(this.op, `arguments: expected tensors, numbers and texts, got ${String(odd)}`);
    const node = new GraphNode(this, 0, packStructure(args, leaves) as never, {});
    const specs = node.inputTensors.map(({ shape, dtype }) => new ValueSpec(shape, dtype));
    const outputs = inferByBody(specs, (values) => {
      let next = 0;
      return this.run(node.filled(() => (values as Tensor[])[next++]).inputs as readonly unknown[]);
    });
    return addNode(node, outputs);
  }

  override getConfig(): LayerConfig {
    return { name: this.name, op: this.op };
  }
}

function isValue(leaf: unknown): boolean {
  return leaf instanceof Tensor || leaf instanceof SymbolicTensor || ArrayBuffer.isView(leaf);
}

/** Adds an op on symbolic tensors to their graph. */
export function addOp(name: string, body: OpFunction, args: readonly unknown[]): Structure<SymbolicTensor> {
  return new Operation(name, body).connect(args as Structure<unknown>);
}
