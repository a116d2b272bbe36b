import type { ApplyOptions } from "../layers/call-context.ts";
import type { LayerConfig } from "../layers/config.ts";
import type { Layer, LayerData } from "../layers/layer.ts";
import type { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import type { Tensor } from "../ops/tensor.ts";
import { type CustomObjects, withCustomObjects } from "../util/registry.ts";
import type { Structure } from "../util/structure.ts";
import { functionalConfig } from "./functional-config.ts";
import { graphFromConfig } from "./functional-from-config.ts";
import { type FunctionalOptions, GraphModel } from "./graph-model.ts";
import type { DataLike } from "./host-data.ts";
import type { SymbolicStructure } from "./model.ts";
import type { PredictOptions } from "./options.ts";

export type { FunctionalOptions } from "./graph-model.ts";

/** A model given by its graph: everything between its inputs and its outputs. */
export class Functional extends GraphModel {
  /**
   * The model that `getConfig` described, with new weights. Classes of your own are found in `customObjects` or when
   * registered; layers not in use yet are known to `hb.modelFromConfig`.
   */
  static override fromConfig(
    this: new (
      options: never,
    ) => Layer,
    config: LayerConfig,
    customObjects?: CustomObjects,
  ): Layer {
    const graph = withCustomObjects(customObjects, () =>
      graphFromConfig(config, (layer) => layer instanceof GraphModel),
    );
    const { name, trainable } = config;
    return new this({ ...graph, name, ...(trainable === false && { trainable }) } as never);
  }

  /** Layers with their nodes, inputs and outputs, as Keras writes them. */
  override getConfig(): LayerConfig {
    return functionalConfig(this, this.input, this.output, (layer) => layer instanceof GraphModel);
  }
}

/** What comes out of a model for values: tensors in the form of its outputs. A list of one output is that output. */
export type OutputValues<O> = SymbolicStructure extends O
  ? Tensor
  : O extends readonly [infer One]
    ? Values<One>
    : Values<O>;

type Values<O> = O extends SymbolicTensor ? Tensor : { -readonly [K in keyof O]: Values<O[K]> };

/** A functional model that knows the form of its outputs. */
export type FunctionalOf<O extends SymbolicStructure> = {
  apply(inputs: SymbolicStructure, options?: ApplyOptions): O;
  apply(inputs: Structure<LayerData>, options?: ApplyOptions): OutputValues<O>;
  predict(x: DataLike, options?: PredictOptions): OutputValues<O>;
  predictOnBatch(x: DataLike): OutputValues<O>;
} & Functional;

/** A model of everything between `inputs` and `outputs`. */
export function model<const O extends SymbolicStructure>(
  options: FunctionalOptions & { readonly outputs: O },
): FunctionalOf<O> {
  return new Functional(options) as unknown as FunctionalOf<O>;
}
