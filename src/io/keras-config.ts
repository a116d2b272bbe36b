import { attempt, FormatError, fail, refuse } from "../util/errors.ts";
import { isPlainObject } from "../util/structure.ts";
import { type Config, type Entry, opRows } from "./keras-ops.ts";
import { readOp } from "./keras-readers.ts";
import { writeOp } from "./keras-writers.ts";

/** What stands for a layer or op; `dtypes` are those of the graph's tensors, as far as something reads them. */
type Replace = (entry: Entry, dtypes: ReadonlyMap<string, string>) => readonly Config[];

/** A config with Keras's ops in its graphs, with ours in their place. */
export function fromKerasConfig(config: Config): Record<string, unknown> {
  const rows = opRows(({ keras }) => keras.replace(/.*\./, ""));
  const where = "fromKerasConfig";
  return mapConfig(config, where, (entry, dtypes) => {
    if (!/^keras\.src\.ops\./.test(String(entry?.module))) return [entry];
    return readOp(entry, rows, dtypes) ?? refuseOp(where, "here", entry.class_name, entry);
  });
}

/** A config with our ops in its graphs, with Keras's in their place. */
export function toKerasConfig(config: Config): Record<string, unknown> {
  const where = "toKerasConfig";
  return withKerasOps(config, (entry) => refuseOp(where, "to Keras", entry.config.op, entry), where);
}

/** The same; `otherwise` gives what stands for ops that Keras does not have. */
export function withKerasOps(
  config: Config,
  otherwise: (entry: Entry) => readonly Config[],
  where: string,
): Record<string, unknown> {
  const rows = opRows(({ ours }) => ours);
  return mapConfig(config, where, (entry) =>
    entry?.class_name === "Operation" ? (writeOp(entry, rows) ?? otherwise(entry)) : [entry],
  );
}

function refuseOp(where: string, whom: string, op: unknown, { name }: Entry): never {
  return fail(
    where,
    `layers: expected an op known ${whom} with such arguments, got ${op} in layer "${name}"`,
    FormatError,
  );
}

/** The same as `mapGraphs` for a config from outside, which may be anything. */
function mapConfig(config: Config, where: string, replace: Replace): Record<string, unknown> {
  const expected = "what getConfig() or Keras gave";
  if (!isPlainObject(config)) refuse(where, "config", expected, config);
  return attempt(where, `config: expected ${expected}`, () => mapGraphs(config, replace));
}

/** A config with the layers of all functional graphs in it replaced, those of models in models too. */
function mapGraphs(config: Config, replace: Replace): Record<string, unknown> {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return isPlainObject(value) ? mapGraphs(value, replace) : value;
  };
  const mapped = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, inside(value)]));
  if (!Array.isArray(mapped.layers) || !("input_layers" in config)) return mapped;
  const dtypes = new Map<string, string>();
  // Layers of the models inside may have the same names.
  for (const entry of mapped.layers) noteTypes(entry?.inbound_nodes, dtypes);
  return { ...mapped, layers: (mapped.layers as Entry[]).flatMap((entry) => replace(entry, dtypes)) };
}

/** Types of the tensors that are read somewhere, by layer, node and output. */
function noteTypes(value: unknown, dtypes: Map<string, string>): void {
  const { class_name: name, config } = Object(value) as { class_name?: unknown; config?: Config };
  if (name === "__keras_tensor__") dtypes.set(String(config?.keras_history), String(config?.dtype));
  else if (Object(value) === value) for (const part of Object.values(value as object)) noteTypes(part, dtypes);
}
