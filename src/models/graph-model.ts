import { markBuilt } from "../layers/build.ts";
import type { CallOptions } from "../layers/call-context.ts";
import { ValueSpec } from "../layers/infer.ts";
import { internalsOf, refuseForeign, whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { Operation } from "../layers/operation.ts";
import { checkTrainable } from "../layers/options.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { currentScope, withLabel } from "../ops/scopes.ts";
import { fromValue, type Tensor } from "../ops/tensor.ts";
import { describe, fail, refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { flattenStructure, isPlainObject, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { adaptInputs, adaptMasks, type DeclaredInputs, inputName } from "./adapt-inputs.ts";
import { cloneBetween } from "./clone-nodes.ts";
import { type Graph, mapGraph, type Output } from "./graph.ts";
import { Model, type SymbolicStructure } from "./model.ts";

/** Options of `model`. */
export interface FunctionalOptions {
  /** What `input()` returned, or a list or object of such. */
  readonly inputs: SymbolicStructure;
  /** What comes out, in the form `apply` and `predict` are to return it in. */
  readonly outputs: SymbolicStructure;
  readonly name?: string;
  readonly trainable?: boolean;
}

/**
 * A model given by its graph. Without configs: a Sequential model holds one that nobody sees, and a program with nothing
 * else is smaller for it.
 */
export class GraphModel extends Model {
  static override readonly className: string = "Functional";

  readonly #graph: Graph;
  readonly #declared: DeclaredInputs;
  readonly #outputs: Structure<SymbolicTensor>;
  readonly #outputTensors: readonly SymbolicTensor[];

  constructor(options: FunctionalOptions) {
    checkOptions(options, ["inputs", "outputs", "name", "trainable"], "Functional");
    const given = { inputs: options?.inputs, outputs: options?.outputs };
    checkSymbolic(given.inputs, "inputs");
    checkSymbolic(given.outputs, "outputs");
    super({ name: options.name });
    const where = whereOf(this);
    const { inputs, outputs } = cloneBetween(given.inputs, given.outputs);
    warnAboutKeys(inputs, where);
    this.#declared = { structure: inputs, tensors: flattenStructure(inputs), where };
    this.#outputs = outputs;
    const named: Output[] = [];
    mapStructure(outputs, (tensor, path) => named.push({ tensor, path }));
    this.#outputTensors = named.map(({ tensor }) => tensor);
    this.#graph = mapGraph(this.#declared.tensors, named, where);
    const internals = internalsOf(this);
    internals.graphLayers = () => this.#graph.layers;
    internals.readInputs = (values) => packStructure(inputs, adaptInputs(this.#declared, values));
    internals.readMasks = (masks) => adaptMasks(this.#declared, masks);
    markBuilt(this);
    if (options.trainable !== undefined) this.trainable = checkTrainable(options.trainable, where);
  }

  /** The layers by their distance from the outputs, farthest first, input layers included. */
  override get layers(): Layer[] {
    return [...this.#graph.layers];
  }

  override get inputs(): SymbolicTensor[] {
    return [...this.#declared.tensors];
  }

  override get outputs(): SymbolicTensor[] {
    return [...this.#outputTensors];
  }

  /** The inputs in the form given at construction. */
  override get input(): Structure<SymbolicTensor> {
    return this.#declared.structure;
  }

  /** The outputs in the form given at construction. */
  override get output(): Structure<SymbolicTensor> {
    return this.#outputs;
  }

  override get inputNames(): string[] {
    return this.#declared.tensors.map((tensor) => inputName(tensor));
  }

  override get outputNames(): string[] {
    return this.#outputTensors.map((tensor) => tensor.history.layer.name);
  }

  override get inputSpecs(): Structure<ValueSpec> {
    return mapStructure(this.#declared.structure, ({ shape, dtype }) => new ValueSpec(shape, dtype));
  }

  /** The layers with the ops between them. */
  get operations(): Layer[] {
    return [...this.#graph.operations];
  }

  /** The graph in order of execution. */
  get graph(): Graph {
    return this.#graph;
  }

  /** Runs the graph. Each node inherits `training` from this call, unless a value was fixed for it. */
  override call(inputs: Structure<Tensor>, { mask }: CallOptions): Structure<Tensor> {
    const values = new Map<SymbolicTensor, Tensor>();
    const masks = flattenStructure(mask as Structure<Tensor | null | undefined>);
    flattenStructure(inputs).forEach((tensor, i) => {
      values.set(this.#declared.tensors[i]!, masks[i] ? withMask(tensor, masks[i]) : tensor);
    });
    for (const node of this.#graph.nodes) {
      if (node.isInput) continue;
      const { layer } = node;
      const { inputs: filled, options } = node.filled((tensor) => values.get(tensor));
      const results = flattenStructure(
        layer instanceof Operation
          ? runOp(layer, filled as readonly unknown[])
          : (callLayer(layer, filled, options, node.index) as Structure<Tensor>),
      );
      node.outputTensors.forEach((tensor, i) => {
        values.set(tensor, results[i]!);
      });
    }
    const outputs = mapStructure(this.#outputs, (tensor) => values.get(tensor)!);
    // A list of one output is that output, as in Keras.
    return Array.isArray(outputs) && outputs.length === 1 ? (outputs[0] as Structure<Tensor>) : outputs;
  }
}

function runOp(op: Operation, args: readonly unknown[]): Structure<Tensor> {
  return withLabel(op.name, () => op.run(args));
}

function checkSymbolic(structure: unknown, argument: "inputs" | "outputs"): void {
  const where = "Functional";
  if (structure === undefined || structure === null) refuse(where, argument, "a symbolic tensor", structure);
  const leaves = flattenStructure(structure as Structure<unknown>, where, argument);
  if (leaves.length === 0) fail(where, `\`${argument}\` argument cannot be empty`);
  for (const leaf of leaves) {
    refuseForeign(leaf, where, argument);
    if (leaf instanceof SymbolicTensor) continue;
    fail(
      where,
      `All \`${argument}\` values must be KerasTensors (results of input() and apply()), got ${describe(leaf)}`,
    );
  }
}

function warnAboutKeys(inputs: Structure<SymbolicTensor>, where: string): void {
  if (!isPlainObject(inputs)) return;
  for (const [key, tensor] of Object.entries(inputs)) {
    if (tensor instanceof SymbolicTensor && key !== tensor.name && key !== inputName(tensor)) {
      console.warn(
        `[${where}] inputs: all keys in the dict must match the names of the corresponding tensors: ` +
          `expected "${key}", got "${tensor.name}".`,
      );
    }
  }
}

/** The same value with a mask, which the caller's own tensor is not to get. */
function withMask(tensor: Tensor, mask: Tensor): Tensor {
  if (tensor.mask === mask) return tensor;
  const scope = currentScope()!;
  const masked = fromValue(tensor.valueIn(scope), scope);
  masked.mask = mask;
  return masked;
}
