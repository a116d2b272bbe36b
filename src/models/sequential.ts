import { allOrNothing, formatShapes } from "../layers/build.ts";
import type { CallOptions } from "../layers/call-context.ts";
import { type LayerConfig, objectConfig } from "../layers/config.ts";
import { InputLayer } from "../layers/core/input-layer.ts";
import type { ValueSpec } from "../layers/infer.ts";
import { tensorsOf } from "../layers/inputs.ts";
import { internalsOf, isLayer, markChanged, refuseForeign, whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { isShape, type LayerOptions } from "../layers/options.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import type { Tensor } from "../ops/tensor.ts";
import { describe, fail, refuse, StateError } from "../util/errors.ts";
import { type CustomObjects, withCustomObjects } from "../util/registry.ts";
import type { Shape } from "../util/shape.ts";
import type { Structure } from "../util/structure.ts";
import { adaptInputs, adaptMasks, type DeclaredInputs } from "./adapt-inputs.ts";
import { GraphModel } from "./graph-model.ts";
import { layerFromConfig } from "./layer-from-config.ts";
import { Model } from "./model.ts";

/** What may be put on the stack: a layer, or what `input()` returned as its beginning. */
export type SequentialPart = Layer | SymbolicTensor;

/** Options of `sequential`. */
export interface SequentialOptions extends LayerOptions {
  readonly layers?: readonly SequentialPart[];
}

/**
 * Layers one after the other. With an input (an `input()`, or a first layer that has `inputShape`) the weights exist at
 * once; without one they come into being with the first data.
 */
export class Sequential extends Model {
  static override readonly className: string = "Sequential";

  #stack: Layer[] = [];
  #input: InputLayer | undefined;
  /** The output of each layer on the stack that has been applied to the one before it. */
  #steps: SymbolicTensor[] = [];
  #made: GraphModel | undefined;

  constructor(options: SequentialOptions = {}) {
    super(options, ["layers"]);
    const internals = internalsOf(this);
    internals.graphLayers = () => this.#stack;
    internals.readInputs = (inputs) => {
      const declared = this.#declared;
      return declared === undefined ? tensorsOf(inputs, whereOf(this)) : adaptInputs(declared, inputs)[0]!;
    };
    internals.readMasks = (masks) => (this.#declared === undefined ? masks : adaptMasks(this.#declared, masks));
    internals.rebuild = (shape) => this.#checkRebuild(shape);
    const { layers = [] } = options;
    if (!Array.isArray(layers)) refuse(whereOf(this), "layers", "an array of layers", layers);
    for (const layer of layers as readonly SequentialPart[]) this.#push(layer);
    this.#connect();
  }

  /** Puts a layer on top. */
  add(layer: SequentialPart): void {
    const [stack, input] = [[...this.#stack], this.#input];
    try {
      this.#push(layer);
      this.#connect();
    } catch (error) {
      this.#stack = stack;
      this.#input = input;
      throw error;
    }
    markChanged(this);
  }

  /** Takes the top layer off and returns it. */
  pop(): Layer {
    const layer = this.#stack.pop() ?? fail(whereOf(this), "pop: the model has no layers", StateError);
    this.#steps.length = Math.min(this.#steps.length, this.#stack.length);
    this.#connect();
    markChanged(this);
    return layer;
  }

  #push(part: unknown): void {
    const where = whereOf(this);
    const layer =
      part instanceof SymbolicTensor && part.history.layer instanceof InputLayer ? part.history.layer : part;
    refuseForeign(layer, where, "add");
    if (!isLayer(layer)) {
      const problem = "Only instances of `keras.Layer` can be added to a Sequential model";
      fail(where, `add: ${problem}, got ${describe(layer)}`);
    }
    if (layer instanceof InputLayer) {
      this.#setInput(layer);
      return;
    }
    if (layer === this) fail(where, "add: expected another layer, got the model itself");
    if (this.#stack.some((other) => other.name === layer.name && other !== layer)) {
      fail(where, `add: All layers of the model should have unique names, got "${layer.name}" twice`);
    }
    if (this.#stack.length === 0 && this.#input === undefined) this.#input = inputOf(layer);
    this.#stack.push(layer);
  }

  #setInput(layer: InputLayer): void {
    if (this.#input !== undefined) this.#refuseInput("add", this.#input.batchShape, layer.batchShape);
    if (this.#stack.length > 0) fail(whereOf(this), "add: expected an input before all other layers, got it after one");
    this.#input = layer;
  }

  #refuseInput(call: string, known: Shape, other: Shape): never {
    const problem = `the model has already been configured to use input shape ${formatShapes(known)}`;
    return fail(whereOf(this), `${call}: ${problem}, got ${formatShapes(other)}`);
  }

  /** Applies the layers that have not been applied yet, if the input is known. */
  #connect(): void {
    const internals = internalsOf(this);
    if (this.#input === undefined || this.#stack.length === 0) {
      internals.phase = "open";
      return;
    }
    const input = this.#input.output;
    const steps = [...this.#steps];
    allOrNothing(() => {
      for (const layer of this.#stack.slice(steps.length)) {
        steps.push(callLayer(layer, steps.at(-1) ?? input, {}) as SymbolicTensor);
      }
    });
    this.#steps = steps;
    this.#made = undefined;
    internals.phase = "built";
  }

  /** The layers as a graph once they are connected; made when it is asked for, as each `add` would make it anew. */
  #buildGraph(): GraphModel | undefined {
    const [input, outputs] = [this.#input, this.#steps.at(-1)];
    if (input === undefined || outputs === undefined) return undefined;
    this.#made ??= new GraphModel({ inputs: input.output, outputs, name: this.name });
    return this.#made;
  }

  /** Makes the weights for an input shape such as `[null, 784]`. */
  override build(inputShape: Structure<Shape>): void {
    if (this.#stack.length === 0) fail(whereOf(this), "build: the model has no layers");
    // Several inputs: there is no single chain of tensors, the layers are simply called one after the other.
    if (!isShape(inputShape)) return;
    const before = this.#input;
    this.#input = new InputLayer({ batchShape: [null, ...inputShape.slice(1)] });
    try {
      this.#connect();
    } catch (error) {
      this.#input = before;
      throw error;
    }
  }

  #checkRebuild(shape: Structure<Shape>): void {
    const known = this.#input?.batchShape;
    if (known === undefined || !isShape(shape)) return;
    const same = known.length === shape.length && known.every((dim, axis) => axis === 0 || dim === shape[axis]);
    if (!same) this.#refuseInput("build", known, shape);
  }

  get #declared(): DeclaredInputs | undefined {
    if (this.#buildGraph() === undefined) return undefined;
    const tensor = this.#input!.output;
    return { structure: tensor, tensors: [tensor], where: whereOf(this) };
  }

  override call(inputs: Structure<Tensor>, options: CallOptions): Structure<Tensor> {
    const graph = this.#buildGraph();
    if (graph !== undefined) return graph.call(inputs, options);
    if (this.#stack.length === 0) fail(whereOf(this), "apply: the model has no layers");
    return this.#stack.reduce((x, layer, i) => {
      // The layers after it get what hangs on their inputs.
      return callLayer(layer, x, i === 0 ? { mask: options.mask } : {}) as Structure<Tensor>;
    }, inputs);
  }

  #built(what: string): GraphModel {
    const problem = `${what}: the model has no defined ${what} yet: expected a call of build(inputShape) before`;
    return this.#buildGraph() ?? fail(whereOf(this), problem, StateError);
  }

  /** The layers on the stack, without the input. */
  override get layers(): Layer[] {
    return [...this.#stack];
  }

  override get inputs(): SymbolicTensor[] {
    return this.#built("inputs").inputs;
  }

  override get outputs(): SymbolicTensor[] {
    return this.#built("outputs").outputs;
  }

  override get input(): Structure<SymbolicTensor> {
    return this.#built("input").input;
  }

  override get output(): Structure<SymbolicTensor> {
    return this.#built("output").output;
  }

  override get inputNames(): string[] | undefined {
    return this.#buildGraph()?.inputNames;
  }

  override get outputNames(): string[] | undefined {
    return this.#buildGraph()?.outputNames;
  }

  override get inputSpecs(): Structure<ValueSpec> | undefined {
    return this.#buildGraph()?.inputSpecs;
  }

  /** The model that `getConfig` described, with new weights. */
  static override fromConfig(
    this: new (
      options: never,
    ) => Layer,
    config: LayerConfig,
    customObjects?: CustomObjects,
  ): Layer {
    const { name, trainable, layers } = config;
    if (!Array.isArray(layers)) refuse("Sequential fromConfig", "layers", "a list of layers", layers);
    const stack = withCustomObjects(customObjects, () => layers.map((layer) => layerFromConfig(layer)));
    const made = new this({ name, layers: stack } as never);
    if (trainable === false) made.trainable = false;
    return made;
  }

  override getConfig(): LayerConfig {
    const layers = this.#input === undefined ? this.#stack : [this.#input, ...this.#stack];
    return { name: this.name, trainable: this.trainable, layers: layers.map((layer) => objectConfig("layers", layer)) };
  }
}

/** The input a first layer brings along: its `inputShape`, or that of a model. */
function inputOf(layer: Layer): InputLayer | undefined {
  const shape = layer.declaredInputShape;
  if (shape !== undefined) return new InputLayer({ shape });
  const inputs = layer instanceof GraphModel || (layer instanceof Sequential && layer.built) ? layer.inputs : [];
  if (inputs.length !== 1) return undefined;
  return new InputLayer({ batchShape: inputs[0]!.shape, dtype: inputs[0]!.dtype });
}

/** A model of layers one after the other. */
export function sequential(options?: SequentialOptions | readonly SequentialPart[]): Sequential {
  return new Sequential(Array.isArray(options) ? { layers: options } : (options as SequentialOptions | undefined));
}
