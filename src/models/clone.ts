import { InputLayer } from "../layers/core/input-layer.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { Operation } from "../layers/operation.ts";
import type { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { copyByConfig } from "../util/registry.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";
import { Functional } from "./functional.ts";
import type { Model } from "./model.ts";
import { Sequential } from "./sequential.ts";

/** Options of {@link cloneModel}. */
export interface CloneOptions {
  /** Makes the copy of a layer; by default from its config. Models inside are copied by `cloneModel` itself. */
  readonly cloneFunction?: (layer: Layer) => Layer;
}

/** A model of the same layers and names with new weights of its own: nothing is shared with the first, nothing is compiled. */
export function cloneModel<M extends Model>(model: M, options: CloneOptions = {}): M {
  checkOptions(options, ["cloneFunction"], "cloneModel");
  return copyModel(model, options) as Model as M;
}

function copyModel(model: Model, cloning: CloneOptions, name?: string): Functional | Sequential {
  const copies = new Map<Layer, Layer>();
  const copy = (layer: Layer): Layer => {
    let made = copies.get(layer);
    if (made === undefined) {
      const nested = layer instanceof Functional || layer instanceof Sequential;
      made =
        layer instanceof Operation
          ? layer.copy()
          : nested
            ? copyModel(layer, cloning, layer.name)
            : (cloning.cloneFunction ?? copyLayer)(layer);
      copies.set(layer, made);
    }
    return made;
  };
  if (model instanceof Sequential) {
    const input = model.built ? flattenStructure(model.input)[0]!.history.layer : undefined;
    const stack = input instanceof InputLayer ? [input, ...model.layers] : model.layers;
    return new Sequential({ name, layers: stack.map(copy) });
  }
  if (!(model instanceof Functional)) {
    return refuse("cloneModel", "model", "a functional or sequential model (not a subclassed one)", model);
  }
  const replaced = new Map<SymbolicTensor, SymbolicTensor>();
  const look = (tensor: SymbolicTensor): SymbolicTensor => replaced.get(tensor)!;
  for (const node of model.graph.nodes) {
    const made = copy(node.layer);
    const { inputs, options } = node.filled(look);
    const outputs = node.isInput
      ? (made as InputLayer).output
      : made instanceof Operation
        ? made.connect(inputs)
        : callLayer(made, inputs, options);
    flattenStructure(outputs as Structure<SymbolicTensor>).forEach((tensor, i) => {
      replaced.set(node.outputTensors[i]!, tensor);
    });
  }
  return new Functional({
    inputs: mapStructure(model.input, look),
    outputs: mapStructure(model.output, look),
    ...(name === undefined ? {} : { name }),
  });
}

function copyLayer(layer: Layer): Layer {
  const made = layer.constructor as unknown as { fromConfig(config: object): Layer };
  return copyByConfig(
    () => layer.getConfig(),
    (config) => made.fromConfig(config),
  );
}
