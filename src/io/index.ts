/**
 * `hornbeam/io`: files of tensors, and configs as Keras has them, without any of the core. Models themselves are kept by `model.save` and `hb.loadModel`.
 */
import { refuse } from "../util/errors.ts";
import { isPlainObject } from "../util/structure.ts";
import {
  byteLength,
  decodeSafetensors,
  elementsOf,
  encodeHeader,
  type FileArray,
  type FileDType,
  fileDType,
  fileOrder,
} from "./safetensors.ts";
import { type Sink, type Written, writeSink } from "./sink.ts";
import { readSource, type Source } from "./source.ts";

export type { FileArray, FileDType } from "./safetensors.ts";
export type { ByteWriter, Sink, Written } from "./sink.ts";
export type { ByteHolder, ByteReader, Source } from "./source.ts";

/** A tensor of a file. */
export interface FileTensor {
  readonly shape: readonly number[];
  /** A view of what was read where it is aligned; half-precision numbers come as a Float32Array. */
  readonly data: FileArray;
  /** Type of the elements in the file. When writing: only to tell "BOOL" from the "U8" of a Uint8Array. */
  readonly dtype?: FileDType;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, FileTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file, of this package, Python's library or any other.
 * @throws FormatError for anything else, cut off or with gaps.
 */
export async function readSafetensors(source: Source): Promise<Safetensors> {
  const { metadata, tensors } = decodeSafetensors(await readSource(source, "readSafetensors"));
  const entries = tensors.map((tensor) => {
    const { name, dtype, shape } = tensor;
    return [name, { dtype, shape, data: elementsOf(tensor) }] as const;
  });
  return { metadata, tensors: Object.fromEntries(entries) };
}

/**
 * Writes a safetensors file to a path, an object with `write(bytes)`, or as the Blob or bytes asked for (without a sink,
 * bytes). Types of elements follow the arrays: a Float32Array is F32.
 */
export async function writeSafetensors<S extends Sink | undefined = undefined>(
  tensors: Readonly<Record<string, FileTensor>>,
  sink?: S,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Written<S>> {
  const where = "writeSafetensors";
  if (!isPlainObject(tensors)) refuse(where, "tensors", "an object of tensors by name", tensors);
  const given = Object.entries(tensors).map(([name, tensor]) => checked(name, tensor, where));
  const odd = Object.values(metadata).find((value) => typeof value !== "string");
  if (odd !== undefined) refuse(where, "metadata", "an object of texts", odd);
  const ordered = fileOrder(given);
  const header = encodeHeader(ordered, metadata);
  const pieces = function* (): Generator<Uint8Array<ArrayBuffer>> {
    yield header;
    for (const { data } of ordered)
      yield Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  };
  const length = ordered.reduce((sum, tensor) => sum + byteLength(tensor), header.length);
  return writeSink(sink as S, { length, pieces: pieces() }, where);
}

/**
 * A config that Keras made (`to_json()`, `get_config()`) with the ops of its graphs (`x + y`, `keras.ops.mean(x)`) as this
 * package has them: `modelFromConfig` reads it. What is no op stays as it is.
 * @throws FormatError that names the op and its layer, where there is no such op here.
 */
export async function fromKerasConfig(config: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  return (await import("./keras-config.ts")).fromKerasConfig(config);
}

/**
 * The config of a model (what `getConfig()` gave) with the ops of its graphs as Keras has them, whose `from_config` then reads
 * it.
 * @throws FormatError that names the op and its layer, where Keras has none like it.
 */
export async function toKerasConfig(config: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  return (await import("./keras-config.ts")).toKerasConfig(config);
}

function checked(
  name: string,
  { shape, data, dtype: wanted }: FileTensor,
  where: string,
): { name: string; dtype: FileDType; shape: readonly number[]; data: FileArray } {
  const natural = fileDType(data) ?? refuse(where, `tensors["${name}"].data`, "a typed array", data);
  const dtype = wanted === "BOOL" && natural === "U8" ? wanted : natural;
  const size = Array.isArray(shape) ? shape.reduce((product, dim) => product * dim, 1) : undefined;
  if (size !== data.length) refuse(where, `tensors["${name}"].shape`, `sizes with the product ${data.length}`, shape);
  return { name, dtype, shape, data };
}
