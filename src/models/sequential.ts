import { allOrNothing, formatShapes, isShape } from "../layers/build.ts";
import type { CallOptions } from "../layers/call-context.ts";
import { type LayerConfig, layerObjectConfig } from "../layers/config.ts";
import { InputLayer } from "../layers/core/input-layer.ts";
import type { ValueSpec } from "../layers/infer.ts";
import { tensorsOf } from "../layers/inputs.ts";
import { FOREIGN, internalsOf, isForeignLayer, isLayer, markChanged, whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { baseOptions, type LayerOptions } from "../layers/options.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import type { Tensor } from "../ops/tensor.ts";
import { describe, StateError, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import type { Structure } from "../util/structure.ts";
import { adaptInputs } from "./adapt-inputs.ts";
import { Functional } from "./functional.ts";
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
  #functional: Functional | undefined;

  constructor(options: SequentialOptions = {}) {
    super(baseOptions("Sequential", options, ["layers"]));
    const internals = internalsOf(this);
    internals.graphLayers = () => this.#stack;
    internals.readInputs = (inputs) => this.#readInputs(inputs);
    internals.rebuild = (shape) => this.#checkRebuild(shape);
    const { layers = [] } = options;
    if (!Array.isArray(layers)) {
      throw new ValueError(`[${whereOf(this)}] layers: expected an array of layers, got ${describe(layers)}.`);
    }
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
    const layer = this.#stack.pop();
    if (layer === undefined)
      throw new StateError(`[${whereOf(this)}] pop: expected at least one layer, got no layers.`);
    this.#steps.length = Math.min(this.#steps.length, this.#stack.length);
    this.#functional = undefined;
    this.#connect();
    markChanged(this);
    return layer;
  }

  #push(part: unknown): void {
    const where = whereOf(this);
    const layer =
      part instanceof SymbolicTensor && part.history.layer instanceof InputLayer ? part.history.layer : part;
    if (!isLayer(layer)) {
      if (isForeignLayer(layer)) throw new StateError(`[${where}] add: ${FOREIGN}`);
      throw new ValueError(
        `[${where}] add: Only instances of \`keras.Layer\` can be added to a Sequential model: expected a layer, ` +
          `got ${describe(layer)}.`,
      );
    }
    if (layer instanceof InputLayer) {
      this.#setInput(layer);
      return;
    }
    if (layer === this) throw new ValueError(`[${where}] add: expected another layer, got the model itself.`);
    if (this.#stack.some((other) => other.name === layer.name && other !== layer)) {
      throw new ValueError(
        `[${where}] add: All layers added to a Sequential model should have unique names. Name "${layer.name}" is ` +
          "already the name of a layer in this model.",
      );
    }
    if (this.#stack.length === 0 && this.#input === undefined) this.#input = inputOf(layer);
    this.#stack.push(layer);
  }

  #setInput(layer: InputLayer): void {
    if (this.#input !== undefined) {
      throw new ValueError(
        `[${whereOf(this)}] add: Sequential model '${this.name}' has already been configured to use input shape ` +
          `${formatShapes(this.#input.batchShape)}. You cannot add a different Input layer to it.`,
      );
    }
    if (this.#stack.length > 0) {
      throw new ValueError(`[${whereOf(this)}] add: expected an input before all other layers, got it after one.`);
    }
    this.#input = layer;
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
    this.#functional = allOrNothing(() => {
      for (const layer of this.#stack.slice(steps.length)) {
        steps.push(callLayer(layer, steps.at(-1) ?? input, {}) as SymbolicTensor);
      }
      return new Functional({ inputs: input, outputs: steps.at(-1)!, name: this.name });
    });
    this.#steps = steps;
    internals.phase = "built";
  }

  /** Makes the weights for an input shape such as `[null, 784]`. */
  override build(inputShape: Structure<Shape>): void {
    if (this.#stack.length === 0) {
      throw new ValueError(
        `[${whereOf(this)}] build: Sequential model ${this.name} cannot be built because it has no layers: ` +
          "expected model.add(layer) before.",
      );
    }
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
    if (same) return;
    throw new ValueError(
      `[${whereOf(this)}] build: Sequential model '${this.name}' has already been configured to use input shape ` +
        `${formatShapes(known)}. You cannot build it with input shape ${formatShapes(shape)}.`,
    );
  }

  #readInputs(inputs: unknown): Structure<Tensor> {
    const where = whereOf(this);
    if (this.#functional === undefined) return tensorsOf(inputs, where);
    const tensor = this.#input!.output;
    return adaptInputs({ structure: tensor, tensors: [tensor], where }, inputs)[0]!;
  }

  override call(inputs: Structure<Tensor>, options: CallOptions): Structure<Tensor> {
    if (this.#functional !== undefined) return this.#functional.call(inputs, options);
    if (this.#stack.length === 0) {
      throw new ValueError(`[${whereOf(this)}] apply: expected at least one layer, but the model has no layers.`);
    }
    return this.#stack.reduce((x, layer) => callLayer(layer, x, {}) as Structure<Tensor>, inputs);
  }

  #built(what: string): Functional {
    if (this.#functional !== undefined) return this.#functional;
    throw new StateError(
      `[${whereOf(this)}] ${what}: expected a built model: Sequential model '${this.name}' has no defined ${what} yet; ` +
        "give it an input, call build(inputShape) or call it on data.",
    );
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
    return this.#functional?.inputNames;
  }

  override get outputNames(): string[] | undefined {
    return this.#functional?.outputNames;
  }

  override get inputSpecs(): Structure<ValueSpec> | undefined {
    return this.#functional?.inputSpecs;
  }

  override getConfig(): LayerConfig {
    const layers = this.#input === undefined ? this.#stack : [this.#input, ...this.#stack];
    return { name: this.name, trainable: this.trainable, layers: layers.map((layer) => layerObjectConfig(layer)) };
  }
}

/** The input a first layer brings along: its `inputShape`, or that of a model. */
function inputOf(layer: Layer): InputLayer | undefined {
  const shape = layer.declaredInputShape;
  if (shape !== undefined) return new InputLayer({ shape });
  const inputs = layer instanceof Functional || (layer instanceof Sequential && layer.built) ? layer.inputs : [];
  if (inputs.length !== 1) return undefined;
  return new InputLayer({ batchShape: inputs[0]!.shape, dtype: inputs[0]!.dtype });
}

/** A model of layers one after the other. */
export function sequential(options?: SequentialOptions | readonly SequentialPart[]): Sequential {
  return new Sequential(Array.isArray(options) ? { layers: options } : (options as SequentialOptions | undefined));
}
