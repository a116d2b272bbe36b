import { toWords } from "../../graph/variable.ts";
import { type ModelFile, readModelFile } from "../../io/model-file.ts";
import { elementsOf, type FileArray, type RawTensor } from "../../io/safetensors.ts";
import { readSource, type Source } from "../../io/source.ts";
import { convertArray, type DType, type TensorData } from "../../util/dtype.ts";
import { FormatError, fail, suggest } from "../../util/errors.ts";
import { checkBoolean, checkOptions } from "../../util/names.ts";
import { formatShape, sameShape } from "../../util/shape.ts";
import { isPlainObject } from "../../util/structure.ts";
import type { Model } from "../model.ts";
import type { SavedTensor } from "../state.ts";
import { weightPaths } from "./weight-paths.ts";

/** Options of `model.loadWeights`. */
export interface LoadWeightsOptions {
  /** Leave the layers as they are whose weights do not fit, with a warning that names them. Default false: an error. */
  readonly skipMismatch?: boolean;
}

/** Reads weights from a source into a model. */
export async function loadWeights(model: Model, source: Source, options: LoadWeightsOptions = {}): Promise<void> {
  const where = "loadWeights";
  checkOptions(options, ["skipMismatch"], where);
  const skips = checkBoolean(options.skipMismatch ?? false, where, "skipMismatch") && model.built;
  const file = readModelFile(await readSource(source, where));
  writeWeights(model, skips ? fittingWeights(model, file, where) : fileWeights(model, file, where));
}

/** Overwrites the weights of a model with values that fit; where there are none, they stay. */
export function writeWeights(model: Model, weights: readonly (SavedTensor | undefined)[]): void {
  model.weights.forEach((variable, i) => {
    if (weights[i] !== undefined) variable.writeWords(toWords(weights[i].data));
  });
}

/** Tensors of a file by their names. */
export function byName({ tensors }: ModelFile): Map<string, RawTensor> {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

/** The values of the model's weights in a file, in the order of `model.weights`, or a FormatError. */
export function fileWeights(model: Model, file: ModelFile, where: string): SavedTensor[] {
  const refuse = (text: string): never => fail(where, text, FormatError);
  const tensors = byName(file);
  const paths = weightPaths(model);
  const wanted = model.weights.map((variable) => paths.get(variable)!);
  const others = new Set(stateNames(file));
  const odd = [...tensors.keys()].filter((name) => !wanted.includes(name) && !others.has(name));
  const missing = wanted.filter((name) => !tensors.has(name));
  if (missing.length > 0 || odd.length > 0) {
    const counts = `expected the ${wanted.length} weights of model "${model.name}"`;
    const hint = model.built ? "" : " (which is not built yet)";
    const what = missing.length > 0 ? `none called "${missing[0]}"` : `one more, "${odd[0]}"`;
    refuse(`weights: ${counts}${hint}, got ${what}${missing.length > 0 ? suggest(missing[0]!, odd) : ""}`);
  }
  return model.weights.map(({ path, shape, dtype }, i) => {
    const tensor = tensors.get(wanted[i]!)!;
    if (!sameShape(tensor.shape, shape)) {
      const shapes = `${formatShape(shape)} of "${path}", got ${formatShape(tensor.shape)}`;
      refuse(`weights: "${tensor.name}": expected shape ${shapes}`);
    }
    return { name: path, shape, dtype, data: valuesAs(tensor, dtype) };
  });
}

/** The same, without those of layers of which the file has no, other or more weights, whatever else is in it. */
function fittingWeights(model: Model, file: ModelFile, where: string): (SavedTensor | undefined)[] {
  const layerOf = (name: string): string => name.replace(/vars\/\d+$/, "");
  const tensors = byName(file);
  const paths = weightPaths(model);
  const wanted = model.weights.map((variable) => paths.get(variable)!);
  // Layers of the file that have a weight too many, then those of the model that want one.
  const odd = new Set([...tensors.keys()].filter((name) => !wanted.includes(name)).map(layerOf));
  model.weights.forEach(({ shape }, i) => {
    const tensor = tensors.get(wanted[i]!);
    if (tensor === undefined || !sameShape(tensor.shape, shape)) odd.add(layerOf(wanted[i]!));
  });
  const left = model.weights.filter((_, i) => odd.has(layerOf(wanted[i]!)));
  const names = left.map(({ path }) => `"${path}"`).join(", ");
  if (left.length > 0) console.warn(`[${where}] weights: those of the file do not fit these, which stay: ${names}.`);
  return model.weights.map(({ path, shape, dtype }, i) =>
    odd.has(layerOf(wanted[i]!))
      ? undefined
      : { name: path, shape, dtype, data: valuesAs(tensors.get(wanted[i]!)!, dtype) },
  );
}

/** Names of the tensors in a file that are no weights: those its training state names. */
function stateNames({ documents, tensors }: ModelFile): string[] {
  const { training_state: state } = documents;
  if (!isPlainObject(state)) return [];
  const named = tensors.map(({ name }) => name).filter((name) => /^(optimizer\/vars|random)\//.test(name));
  return Array.isArray(state.seeds) ? [...state.seeds, ...named] : named;
}

const DTYPES: Readonly<Record<string, DType>> = { F32: "float32", I32: "int32", U32: "uint32", BOOL: "bool" };

/** The dtype of tensors here that is nearest to one of a file. */
export function dtypeOfFile(dtype: string): DType {
  return DTYPES[dtype] ?? (/F/.test(dtype) ? "float32" : "int32");
}

/** The elements of a tensor as a variable's dtype; other types of numbers are converted. */
export function valuesAs(tensor: RawTensor, dtype: DType): TensorData {
  const elements: FileArray = elementsOf(tensor);
  if (DTYPES[tensor.dtype] === dtype) return elements as TensorData;
  const isBig = elements instanceof BigInt64Array || elements instanceof BigUint64Array;
  return convertArray(isBig ? Array.from(elements, Number) : elements, dtype);
}
