import type { LayerConfig } from "../layers/config.ts";
import { InputLayer } from "../layers/core/input-layer.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { Operation } from "../layers/operation.ts";
import type { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { toTensor } from "../ops/tensor.ts";
import { fail, refuse } from "../util/errors.ts";
import { camelCaseKeys } from "../util/names.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";
import { checkConfig, layerFromConfig } from "./layer-from-config.ts";

interface Pending {
  readonly layer: Layer;
  readonly calls: LayerConfig[];
  /** Number of the next call. */
  next: number;
}

/** Inputs and outputs of the graph that a functional model's config describes, made anew. */
export function graphFromConfig(
  config: LayerConfig,
  isModel: (layer: Layer) => boolean,
): { inputs: Structure<SymbolicTensor>; outputs: Structure<SymbolicTensor> } {
  const where = `Functional "${String(config.name)}" fromConfig`;
  if (!Array.isArray(config.layers)) refuse(where, "layers", "a list of layers", config.layers);
  const tensors = new Map<string, readonly SymbolicTensor[]>();
  const names = new Map<string, Layer>();
  let pending: Pending[] = (config.layers as LayerConfig[]).map((data) => {
    const layer = layerFromConfig(data);
    names.set(layer.name, layer);
    if (layer instanceof InputLayer) tensors.set(`${layer.name} 0`, [layer.output]);
    const calls = [...((data.inbound_nodes ?? []) as LayerConfig[])];
    return { layer, calls, next: 0 };
  });
  const find = ([layer, node, index]: readonly [string, number, number]): SymbolicTensor | undefined => {
    if (!names.has(layer)) fail(where, `layers: expected a layer "${layer}", which other layers name; it is missing`);
    return tensors.get(`${layer} ${node}`)?.[index];
  };
  while (pending.length > 0) {
    let progress = false;
    for (const entry of pending) {
      while (entry.calls.length > 0) {
        const outputs = replay(entry.layer, entry.calls[0]!, find);
        if (outputs === undefined) break;
        tensors.set(`${entry.layer.name} ${entry.next++}`, outputs);
        entry.calls.shift();
        progress = true;
      }
    }
    pending = pending.filter(({ calls }) => calls.length > 0);
    if (pending.length > 0 && !progress) {
      const stuck = pending.map(({ layer }) => `"${layer.name}"`).join(", ");
      fail(
        where,
        `layers: expected a graph that can be put together; it either has loops or disconnected nodes at ${stuck}`,
      );
    }
  }
  const resolve = (structure: unknown): Structure<SymbolicTensor> => {
    if (isAddress(structure)) {
      const [name, node, index] = structure;
      // Here, and nowhere else, the calls of a nested model are counted from 1.
      const offset = Number(names.has(name) && isModel(names.get(name)!));
      return (
        find([name, node - offset, index]) ??
        fail(where, `layers: "${structure[0]}" is not connected: it either has loops or disconnected nodes`)
      );
    }
    if (Array.isArray(structure)) return structure.map(resolve);
    const entries = Object.entries(checkConfig(structure, where)).map(([key, part]) => [key, resolve(part)] as const);
    return Object.fromEntries(entries);
  };
  return { inputs: resolve(config.input_layers), outputs: resolve(config.output_layers) };
}

type Address = readonly [layer: string, node: number, tensor: number];

function isAddress(value: unknown): value is Address {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";
}

/** Makes one call of a layer again; nothing when a tensor it needs does not exist yet. */
function replay(
  layer: Layer,
  call: LayerConfig,
  find: (address: Address) => SymbolicTensor | undefined,
): readonly SymbolicTensor[] | undefined {
  let missing = false;
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (!isPlainObject(value)) return value;
    const { class_name: name, config: own } = value as { class_name?: string; config?: Record<string, unknown> };
    if (name === "__keras_tensor__") {
      const tensor = find(own!.keras_history as unknown as Address);
      missing ||= tensor === undefined;
      return tensor;
    }
    if (name === "__numpy__" || name === "__tensor__") return toTensor(own!.value as never, own!.dtype as never);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, read(part)]));
  };
  const args = read(call.args ?? []) as unknown[];
  const { mask, ...options } = camelCaseKeys((read(call.kwargs ?? {}) ?? {}) as LayerConfig);
  if (missing) return undefined;
  const given = mask === undefined || mask === null ? options : { ...options, mask };
  const outputs = layer instanceof Operation ? layer.connect(args as never) : callLayer(layer, args[0], given);
  return flattenStructure(outputs as Structure<SymbolicTensor>);
}
