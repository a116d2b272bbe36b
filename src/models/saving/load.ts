import { Zeros } from "../../initializers/constant.ts";
import { fromKerasConfig } from "../../io/keras-config.ts";
import { type ModelFile, readModelFile } from "../../io/model-file.ts";
import { readSource, type Source } from "../../io/source.ts";
import { mapShapes } from "../../layers/build.ts";
import { ValueSpec } from "../../layers/infer.ts";
import * as losses from "../../losses/index.ts";
import * as metrics from "../../metrics/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import type { MersenneTwisterState } from "../../random/mersenne-twister.ts";
import { RandomSource, withRandomSource } from "../../random/streams.ts";
import { attempt, FormatError, fail, type HornbeamError, refuse } from "../../util/errors.ts";
import { camelCaseKeys, checkBoolean, checkOptions } from "../../util/names.ts";
import { type CustomObjects, customObject, withCustomObjects } from "../../util/registry.ts";
import type { Shape } from "../../util/shape.ts";
import { isPlainObject, type Structure } from "../../util/structure.ts";
import type { CompileOptions } from "../compiled.ts";
import { modelFromConfig } from "../from-config.ts";
import type { Model } from "../model.ts";
import { type ModelState, type SavedTensor, seedsOf } from "../state.ts";
import { byName, dtypeOfFile, fileWeights, valuesAs, writeWeights } from "./load-weights.ts";
import { weightPaths } from "./weight-paths.ts";

/** Options of `loadModel`. */
export interface LoadOptions {
  /** Classes and functions of your own by the names the file has for them, beside those given to `registerClass`. */
  readonly customObjects?: CustomObjects;
  /** Whether the model is compiled as it was, and training goes on where it was. Default true. */
  readonly compile?: boolean;
}

const WHERE = "loadModel";

/** The model in a file. */
export async function readModel(source: Source, options: LoadOptions = {}): Promise<Model> {
  checkOptions(options, ["customObjects", "compile"], WHERE);
  const compile = checkBoolean(options.compile ?? true, WHERE, "compile");
  const file = readModelFile(await readSource(source, WHERE));
  // Functions that made first values are not in files, nor needed: all weights are.
  const custom = (body: () => Model): Model =>
    withCustomObjects({ FunctionInitializer: Zeros }, () => withCustomObjects(options.customObjects, body));
  // What is drawn while layers are made is overwritten: the process's generators need not know of it.
  return withRandomSource(new RandomSource(), () => custom(() => makeModel(file, compile)));
}

function makeModel(file: ModelFile, compile: boolean): Model {
  const { compile_config: config, training_state: state } = file.documents;
  const model = step("config", () => modelOf(file));
  const weights = fileWeights(model, file, WHERE);
  const compiled = compile && config !== undefined;
  if (compiled) step("compile_config", () => model.compile(compileOptions(config)));
  if (compile && state !== undefined) {
    step("training_state", () => model.setState(trainingState(model, file, weights, compiled)), FormatError);
  } else writeWeights(model, weights);
  return model;
}

/** Runs a step of loading. */
function step<T>(document: string, body: () => T, Class?: typeof HornbeamError): T {
  return attempt(WHERE, `${document}: expected what save() wrote`, body, Class);
}

function modelOf({ documents }: ModelFile): Model {
  const { config, build_config: build } = documents;
  if (config === undefined) {
    fail(
      WHERE,
      "expected a whole model, got a file without one; weights alone go into a model by loadWeights",
      FormatError,
    );
  }
  const model = modelFromConfig(fromKerasConfig(config as Record<string, unknown>));
  if (!model.built && isPlainObject(build)) {
    const shapes = build.input_shape as Structure<Shape>;
    model.buildFromInputs(mapShapes(shapes, (shape) => new ValueSpec(shape, "float32")));
  }
  return model;
}

const TABLES: Readonly<Record<string, object>> = { optimizers, losses, metrics };

function compileOptions(config: unknown): CompileOptions {
  return camelCaseKeys(deserialize(config) as Record<string, unknown>) as unknown as CompileOptions;
}

/** What `serialize` made plain data of. */
function deserialize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deserialize);
  if (!isPlainObject(value)) return value;
  const inside = (part: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(part).map(([key, each]) => [key, deserialize(each)]));
  const { module, class_name: name, config, registered_name: registered } = value;
  if (typeof name !== "string") return inside(value);
  const isFunction = name === "function";
  const wanted = String(isFunction ? config : (registered ?? name));
  const table = TABLES[String(module).replace(/^keras\./, "")] ?? {};
  const found = customObject(wanted) ?? (Object.hasOwn(table, name) ? Reflect.get(table, name) : undefined);
  if (typeof found !== "function") {
    refuse(
      WHERE,
      "compile_config",
      `"${wanted}" in customObjects, given to registerClass, or the option {compile: false}`,
      found,
    );
  }
  if (isFunction) return found;
  const Class = found as unknown as { new (options: object): object; fromConfig?(config: unknown): object };
  return Class.fromConfig?.(config) ?? new Class(camelCaseKeys(inside(Object(config))));
}

/** The state of training in a file; what it does not hold as it should shows when the model takes it. */
function trainingState(model: Model, file: ModelFile, weights: SavedTensor[], compiled: boolean): ModelState {
  const { optimizer, random, epoch } = file.documents.training_state as Record<string, Record<string, unknown>>;
  const tensors = byName(file);
  const saved = (name: string, path = name): SavedTensor => {
    const tensor = tensors.get(name) ?? fail(WHERE, `training_state: expected the tensor "${name}"`, FormatError);
    const dtype = dtypeOfFile(tensor.dtype);
    return { name: path, shape: tensor.shape, dtype, data: valuesAs(tensor, dtype) };
  };
  const paths = weightPaths(model);
  const words = (name: string): MersenneTwisterState => ({
    words: saved(`random/${name}`).data as Uint32Array,
    position: random![name] as number,
  });
  const names = (optimizer?.variables ?? []) as readonly string[];
  return {
    weights,
    seeds: seedsOf(model).map((variable) => saved(paths.get(variable)!, variable.path)),
    optimizer: compiled
      ? {
          className: optimizer!.class_name as string,
          served: optimizer!.served as number[] | null,
          variables: names.map((name, i) => saved(`optimizer/vars/${i}`, name)),
        }
      : null,
    random: { python: words("python"), numpy: words("numpy"), generator: random!.generator as [number, number] | null },
    epoch: epoch as unknown as number,
  };
}
