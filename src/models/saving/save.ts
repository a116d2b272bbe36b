import { fromWords } from "../../graph/variable.ts";
import { withKerasOps } from "../../io/keras-config.ts";
import { formatForName, type OutgoingTensor } from "../../io/model-file.ts";
import { type Sink, type Written, writeSink } from "../../io/sink.ts";
import { mapShapes } from "../../layers/build.ts";
import { type ObjectConfig, objectConfig } from "../../layers/config.ts";
import { internalsOf } from "../../layers/internals.ts";
import type { DType } from "../../util/dtype.ts";
import { checkBoolean, checkOptions, snakeCase } from "../../util/names.ts";
import { readNoting } from "../../util/registry.ts";
import type { CompileOptions } from "../compiled.ts";
import type { Model } from "../model.ts";
import { type Held, type ModelState, mapState, release } from "../state.ts";
import { functionName, serialize } from "./serialize.ts";
import { weightPaths } from "./weight-paths.ts";

/** Options of `model.save`. */
export interface SaveOptions {
  /** Whether the file holds what training goes on with: compile's arguments, optimizer, generators. Default true. */
  readonly includeOptimizer?: boolean;
}

/** Elements that are copied at once while a file is written: 1 MB. */
const PIECE = 1 << 18;

const DTYPES = { float32: "F32", int32: "I32", uint32: "U32", bool: "BOOL" } as const satisfies Record<DType, string>;

/** A variable's values as they were when it was held. */
function heldTensor({ variable, snapshot }: Held, name: string): OutgoingTensor {
  const { dtype, shape, size } = variable;
  const piece = (start: number): Uint8Array<ArrayBuffer> => {
    const words = (snapshot.words ?? variable.words()).subarray(start, start + PIECE);
    return new Uint8Array(fromWords(words, dtype).buffer as ArrayBuffer);
  };
  return {
    name,
    dtype: DTYPES[dtype],
    shape,
    *pieces() {
      for (let start = 0; start < size; start += PIECE) yield piece(start);
    },
  };
}

function arrayTensor(name: string, array: Uint32Array): OutgoingTensor {
  return { name, dtype: "U32", shape: [array.length], pieces: () => [new Uint8Array(array.slice().buffer)] };
}

/** The model's weights under their paths, as they were when they were held. */
function weightTensors(model: Model, held: readonly Held[]): OutgoingTensor[] {
  const paths = weightPaths(model);
  return held.map((each) => heldTensor(each, paths.get(each.variable)!));
}

/** Writes the weights alone. */
export async function saveWeights<S extends Sink | undefined>(
  model: Model,
  held: readonly Held[],
  sink: S,
): Promise<Written<S>> {
  try {
    const file = { documents: {}, tensors: weightTensors(model, held) };
    return await writeSink(sink, formatForName(sink, "saveWeights").write(file), "saveWeights");
  } finally {
    held.forEach(release);
  }
}

/** Writes a model: its layers, weights, what it was compiled with, and the state of training. */
export async function saveModel<S extends Sink | undefined>(
  model: Model,
  held: ModelState<Held>,
  compiled: CompileOptions | undefined,
  sink: S,
  options: SaveOptions = {},
): Promise<Written<S>> {
  try {
    checkOptions(options, ["includeOptimizer"], "save");
    const whole = checkBoolean(options.includeOptimizer ?? true, "save", "includeOptimizer");
    const documents: Record<string, unknown> = { config: modelConfig(model) };
    const build = buildConfig(model);
    if (build !== undefined) documents.build_config = build;
    const tensors = weightTensors(model, held.weights);
    if (whole) {
      if (compiled !== undefined) documents.compile_config = compileConfig(compiled);
      const { document, tensors: others } = trainingState(model, held);
      documents.training_state = document;
      tensors.push(...others);
    }
    return await writeSink(sink, formatForName(sink, "save").write({ documents, tensors }), "save");
  } finally {
    mapState(held, release);
  }
}

/** A config that names functions, each of which can be found again. */
function readConfig<T>(path: string, read: () => T): T {
  const { config, named } = readNoting(read);
  for (const [name, value] of Object.entries(named)) {
    if (typeof value === "function") functionName(value, name, path);
  }
  return config;
}

/** The model as Keras writes it into `config.json`. */
function modelConfig(model: Model): unknown {
  const object: ObjectConfig = readConfig("config", () => objectConfig("models", model));
  const { class_name: name } = object;
  const own = name !== "Sequential" && { registered_name: name };
  const config = serialize({ ...object, ...own }, "config", "layers");
  return withKerasOps(config as Record<string, unknown>, (op) => [op], "save");
}

/** How a model that does not know its inputs was built. */
function buildConfig(model: Model): unknown {
  const { buildShape } = internalsOf(model);
  if (model.inputSpecs !== undefined || !model.built || buildShape === undefined) return undefined;
  return { input_shape: mapShapes(buildShape, (shape) => [...shape]) };
}

const MODULES: Readonly<Record<string, string>> = { optimizer: "optimizers", loss: "losses" };

/** What `compile` was given. */
function compileConfig(options: CompileOptions): unknown {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  const plain = ([key, value]: [string, unknown]): [string, unknown] => [
    snakeCase(key),
    serialize(value, `compile.${key}`, MODULES[key] ?? "metrics"),
  ];
  return Object.fromEntries(readConfig("compile", () => entries.map(plain)));
}

/** The state of training but for the weights: a document that names the tensors, and these. */
function trainingState(model: Model, held: ModelState<Held>): { document: unknown; tensors: OutgoingTensor[] } {
  const { seeds, optimizer, random, epoch } = held;
  const paths = weightPaths(model);
  const tensors = [
    ...seeds.map((seed) => heldTensor(seed, paths.get(seed.variable)!)),
    ...(optimizer?.variables ?? []).map((variable, i) => heldTensor(variable, `optimizer/vars/${i}`)),
    arrayTensor("random/python", random.python.words),
    arrayTensor("random/numpy", random.numpy.words),
  ];
  const document = {
    epoch,
    seeds: seeds.map(({ variable }) => paths.get(variable)),
    optimizer: optimizer && {
      class_name: optimizer.className,
      served: optimizer.served,
      variables: optimizer.variables.map(({ variable }) => variable.path),
    },
    random: {
      python: random.python.position,
      numpy: random.numpy.position,
      generator: random.generator,
    },
  };
  return { document, tensors };
}
