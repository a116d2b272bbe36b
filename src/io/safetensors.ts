import { FormatError } from "../util/errors.ts";
import { sizeOf } from "../util/shape.ts";
import { isPlainObject } from "../util/structure.ts";

/** Bytes of an element, by the names the format has for types. */
const BYTES = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

/** A type of elements as a safetensors file names it. */
export type FileDType = keyof typeof BYTES;

/** What a file says of a tensor. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: FileDType;
  readonly shape: readonly number[];
}

/** A tensor in a file that was read: a view of the file's bytes. */
export interface RawTensor extends TensorInfo {
  readonly bytes: Uint8Array;
}

/** What a file holds. */
export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly RawTensor[];
}

const WHERE = "safetensors";
/** The largest header that Python's library accepts. */
const MAX_HEADER = 100_000_000;

function broken(text: string): never {
  throw new FormatError(`[${WHERE}] expected a whole safetensors file, got ${text}.`);
}

/** Bytes of all elements of a tensor. */
export function byteLength({ dtype, shape }: TensorInfo): number {
  return BYTES[dtype] * sizeOf(shape);
}

/** The order of tensors in a file: large elements first, so that all are aligned; else as given. */
export function fileOrder<T extends TensorInfo>(tensors: readonly T[]): T[] {
  return [...tensors].sort((a, b) => BYTES[b.dtype] - BYTES[a.dtype]);
}

/** What stands before the tensors' bytes, which follow in the order given and without gaps. */
export function encodeHeader(
  tensors: readonly TensorInfo[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = tensors.map((tensor) => {
    const { name, dtype, shape } = tensor;
    const begin = at;
    at += byteLength(tensor);
    return [name, { dtype, shape, data_offsets: [begin, at] }];
  });
  const all = Object.keys(metadata).length === 0 ? entries : [["__metadata__", metadata], ...entries];
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(all)));
  // Padded with spaces, so that the data begin at a multiple of 8.
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER) throw new FormatError(`[${WHERE}] expected a header under 100 MB, got ${length} bytes.`);
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

/** Whether bytes may be such a file: a header's length, then the beginning of an object. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && bytes[8] === 0x7b;
}

/**
 * Reads a file; tensors are views of its bytes, in the order in which these lie.
 * @throws FormatError unless every byte is accounted for: lengths, types, shapes, no gap, no overlap.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  if (bytes.length < 8) broken(`${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER) broken("another kind of file: its first 8 bytes are no length of a header");
  if (8 + length > bytes.length) broken(`one cut off: a header of ${length} bytes in ${bytes.length}`);
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(8, 8 + length));
  const data = bytes.subarray(8 + length);
  const tensors = Object.entries(entries).map(([name, entry]) => readEntry(name, entry, data));
  tensors.sort((a, b) => a.bytes.byteOffset - b.bytes.byteOffset || a.bytes.length - b.bytes.length);
  let at = data.byteOffset;
  for (const { name, bytes: own } of tensors) {
    if (own.byteOffset !== at) broken(`a gap or an overlap before the tensor "${name}"`);
    at += own.length;
  }
  const rest = data.byteOffset + data.length - at;
  if (rest !== 0) broken(`${rest} bytes that belong to no tensor`);
  return { metadata: readMetadata(metadata), tensors };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    broken(`a header that is no JSON (${(error as Error).message})`);
  }
  return isPlainObject(header) ? header : broken("a header that is no JSON object");
}

function readMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isPlainObject(metadata)) broken("__metadata__ that is no object");
  const odd = Object.entries(metadata).find(([, value]) => typeof value !== "string");
  return odd === undefined ? (metadata as Record<string, string>) : broken(`__metadata__.${odd[0]} that is no text`);
}

function readEntry(name: string, entry: unknown, data: Uint8Array): RawTensor {
  const { dtype, shape, data_offsets: offsets } = isPlainObject(entry) ? entry : broken(`no entry for "${name}"`);
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype))
    broken(`the dtype ${JSON.stringify(dtype)} of "${name}"`);
  const info = { name, dtype: dtype as FileDType, shape: isCounts(shape) ? shape : broken(`no shape of "${name}"`) };
  if (!isCounts(offsets) || offsets.length !== 2) broken(`no data_offsets of "${name}"`);
  const [begin, end] = offsets as [number, number];
  if (end > data.length) broken(`one cut off: "${name}" ends ${end - data.length} bytes behind the end`);
  if (end - begin !== byteLength(info)) broken(`${end - begin} bytes for "${name}" of ${byteLength(info)}`);
  return { ...info, bytes: data.subarray(begin, end) };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** The array of JavaScript for each type that has one. */
interface FileArrays {
  readonly F64: typeof Float64Array;
  readonly F32: typeof Float32Array;
  readonly I64: typeof BigInt64Array;
  readonly U64: typeof BigUint64Array;
  readonly I32: typeof Int32Array;
  readonly U32: typeof Uint32Array;
  readonly I16: typeof Int16Array;
  readonly U16: typeof Uint16Array;
  readonly I8: typeof Int8Array;
  readonly U8: typeof Uint8Array;
  readonly BOOL: typeof Uint8Array;
}

const ARRAYS: FileArrays = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Elements of a tensor in JavaScript. */
export type FileArray = InstanceType<FileArrays[keyof FileArrays]>;

/** The type of file for an array of JavaScript. */
export function fileDType(array: unknown): FileDType | undefined {
  const found = Object.entries(ARRAYS).find(([, kind]) => array instanceof kind);
  return found && (found[0] as FileDType);
}

/** The elements of a tensor: a view where the bytes are aligned. Half-precision numbers come as a Float32Array. */
export function elementsOf({ dtype, bytes }: RawTensor): FileArray {
  const half = dtype === "F16" || dtype === "BF16";
  const Kind = half ? Uint16Array : ARRAYS[dtype];
  const aligned = bytes.byteOffset % Kind.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const array = new Kind(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / Kind.BYTES_PER_ELEMENT);
  if (!half) return array;
  return Float32Array.from(array as Uint16Array, dtype === "F16" ? halfToNumber : bfloatToNumber);
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const word = /* @__PURE__ */ new Uint32Array(1);

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word[0] = bits << 16;
  return new Float32Array(word.buffer)[0]!;
}
