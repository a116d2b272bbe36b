import { FormatError, fail, suggest } from "../util/errors.ts";
import { fnv1a } from "../util/hash.ts";
import {
  byteLength,
  decodeSafetensors,
  encodeHeader,
  fileOrder,
  looksLikeSafetensors,
  type RawTensor,
  type TensorInfo,
} from "./safetensors.ts";
import type { Outgoing } from "./sink.ts";

/** JSON of a model by what it is about: `config`, `compile_config`, `build_config`, `training_state`. */
export type Documents = Readonly<Record<string, unknown>>;

/** A tensor to be written. */
export interface OutgoingTensor extends TensorInfo {
  /** Its bytes, in pieces, made when they are asked for. */
  pieces(): Iterable<Uint8Array<ArrayBuffer>>;
}

/** What is kept of a model, whatever the format of the file. Tensors have the paths of Keras's weight files as names. */
export interface ModelFile<T extends TensorInfo = RawTensor> {
  readonly documents: Documents;
  readonly tensors: readonly T[];
}

/** A format of files for models. */
export interface ModelFormat {
  readonly name: string;
  /** What names of such files end in. */
  readonly ending: string;
  /** Whether bytes may be such a file. */
  matches(bytes: Uint8Array): boolean;
  read(bytes: Uint8Array): ModelFile;
  write(file: ModelFile<OutgoingTensor>): Outgoing;
}

const CHECKSUM = "checksum";
/** What the documents of files are like; a file of a later kind is refused. */
const VERSION = 1;

/** A sum over all documents: whatever flips in one of them shows. */
function checksum(metadata: Readonly<Record<string, string>>): string {
  const entries = Object.entries(metadata).filter(([key]) => key !== CHECKSUM);
  return fnv1a(JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)))).toString(16);
}

/** Numbers that JSON does not know are kept as `{"__number__": "Infinity"}`. */
function encodeJson(document: unknown): string {
  return JSON.stringify(document, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? { __number__: String(value) } : value,
  );
}

function decodeJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text, (_, value) => (value?.__number__ === undefined ? value : Number(value.__number__)));
  } catch (error) {
    throw new FormatError(`[${name}] expected JSON, got other text (${(error as Error).message}).`);
  }
}

function* piecesOf(
  header: Uint8Array<ArrayBuffer>,
  tensors: readonly OutgoingTensor[],
): Generator<Uint8Array<ArrayBuffer>> {
  yield header;
  for (const tensor of tensors) yield* tensor.pieces();
}

/** safetensors, with the documents as texts in its metadata. */
const safetensors: ModelFormat = {
  name: "safetensors",
  ending: ".safetensors",
  matches: looksLikeSafetensors,
  read(bytes) {
    const { metadata, tensors } = decodeSafetensors(bytes);
    const { [CHECKSUM]: sum, ...texts } = metadata;
    if (sum !== undefined && sum !== checksum(texts)) {
      throw new FormatError("[safetensors] expected metadata as they were saved, got others: their checksum differs.");
    }
    // Metadata of other programs are any texts.
    const own = sum === undefined ? [] : Object.entries(texts);
    const { hornbeam = VERSION, ...documents } = Object.fromEntries(
      own.map(([name, text]) => [name, decodeJson(text, name)]),
    );
    if (hornbeam !== VERSION) {
      throw new FormatError(
        `[safetensors] expected a file of version ${VERSION}, got ${hornbeam}: of a later hornbeam.`,
      );
    }
    return { documents, tensors };
  },
  write({ documents, tensors }) {
    const all = Object.entries({ hornbeam: VERSION, ...documents });
    const texts = Object.fromEntries(all.map(([name, document]) => [name, encodeJson(document)]));
    const ordered = fileOrder(tensors);
    const header = encodeHeader(ordered, { ...texts, [CHECKSUM]: checksum(texts) });
    const length = ordered.reduce((sum, tensor) => sum + byteLength(tensor), header.length);
    return { length, pieces: piecesOf(header, ordered) };
  },
};

/** All formats; the first is what is written where no name tells. */
const FORMATS: readonly ModelFormat[] = [safetensors];

/** Endings that stand for formats which are none of these. */
const FOREIGN = /\.(keras|h5|hdf5|onnx|npz|npy|json|pt|pth|ckpt|tflite)$/i;

/** The format that a file of this name is written in: by its ending, else the first one. */
export function formatForName(name: unknown, where: string): ModelFormat {
  const text = typeof name === "string" || name instanceof URL ? String(name) : "";
  const found = FORMATS.find(({ ending }) => text.toLowerCase().endsWith(ending));
  const [foreign] = FOREIGN.exec(text) ?? [];
  if (found === undefined && foreign !== undefined) {
    const endings = FORMATS.map(({ ending }) => ending);
    fail(
      where,
      `sink: expected a name that ends in ${endings.join(" or ")}, got one in ${foreign}${suggest(foreign, endings)}`,
    );
  }
  return found ?? FORMATS[0]!;
}

/** Reads a file in the format its first bytes are of. */
export function readModelFile(bytes: Uint8Array): ModelFile {
  return (FORMATS.find((format) => format.matches(bytes)) ?? FORMATS[0]!).read(bytes);
}
