import type { LayerConfig } from "../layers/config.ts";
import { InputLayer } from "../layers/core/input-layer.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { Operation } from "../layers/operation.ts";
import type { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { toTensor } from "../ops/tensor.ts";
import { fail, refuse } from "../util/errors.ts";
import { camelCaseKeys } from "../util/names.ts";
import { checkDepth, flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";
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
    return { layer, calls: callsOf(data, where), next: 0 };
  });
  const find = (address: unknown): SymbolicTensor | undefined => {
    if (!isAddress(address)) refuse(where, "layers", "a tensor as [layer, node, output]", address);
    const [layer, node, index] = address;
    if (!names.has(layer)) fail(where, `layers: expected a layer "${layer}", which other layers name; it is missing`);
    return tensors.get(`${layer} ${node}`)?.[index];
  };
  while (pending.length > 0) {
    let progress = false;
    for (const entry of pending) {
      while (entry.calls.length > 0) {
        const outputs = replay(entry.layer, entry.calls[0]!, find, where);
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

/** The calls of a layer, in order. */
function callsOf({ name, inbound_nodes: nodes }: LayerConfig, where: string): LayerConfig[] {
  const calls = nodes ?? [];
  const good = Array.isArray(calls) && calls.every((call) => isPlainObject(call) && Array.isArray(call.args ?? []));
  return good ? [...calls] : refuse(where, `layers: inbound_nodes of "${name}"`, "a list of calls with args", nodes);
}

/** Makes one call of a layer again; nothing when a tensor it needs does not exist yet. */
function replay(
  layer: Layer,
  call: LayerConfig,
  find: (address: unknown) => SymbolicTensor | undefined,
  where: string,
): readonly SymbolicTensor[] | undefined {
  let missing = false;
  const read = (value: unknown, depth = 0): unknown => {
    checkDepth(depth, where, "layers");
    if (Array.isArray(value)) return value.map((part) => read(part, depth + 1));
    if (!isPlainObject(value)) return value;
    const { class_name: name, config: own } = value as { class_name?: string; config?: Record<string, unknown> | null };
    if (name === "__keras_tensor__") {
      const tensor = find(own?.keras_history);
      missing ||= tensor === undefined;
      return tensor;
    }
    if (name === "__numpy__" || name === "__tensor__") return toTensor(own?.value as never, own?.dtype as never);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, read(part, depth + 1)]));
  };
  const args = read(call.args ?? []) as unknown[];
  const { mask, ...options } = camelCaseKeys((read(call.kwargs ?? {}) ?? {}) as LayerConfig);
  if (missing) return undefined;
  const given = mask === undefined || mask === null ? options : { ...options, mask };
  const outputs = layer instanceof Operation ? layer.connect(args as never) : callLayer(layer, args[0], given);
  return flattenStructure(outputs as Structure<SymbolicTensor>);
}
