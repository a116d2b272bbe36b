import { FormatError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import type { LabelledImages } from "./labelled-images.ts";
import { bytesOf, unpacked } from "./unpack.ts";

/** Bytes of a file, packed with gzip or plain. */
export type FileBytes = Uint8Array | ArrayBuffer | ArrayBufferView;

/** The array an IDX file holds, with the file's own type of numbers. */
export interface IdxArray {
  readonly shape: number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** Two IDX files that belong together, as MNIST and its relatives come. */
export interface IdxPair {
  images: FileBytes;
  labels: FileBytes;
}

interface ElementType {
  readonly bytes: number;
  make(n: number): IdxArray["data"];
  read(view: DataView, at: number): number;
}

/** The third byte of an IDX file; numbers are big-endian. */
function elementType(code: number): ElementType | undefined {
  switch (code) {
    case 0x08:
      return { bytes: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) };
    case 0x09:
      return { bytes: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) };
    case 0x0b:
      return { bytes: 2, make: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) };
    case 0x0c:
      return { bytes: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) };
    case 0x0d:
      return { bytes: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) };
    case 0x0e:
      return { bytes: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) };
    default:
      return undefined;
  }
}

/**
 * Reads the IDX format of MNIST, packed with gzip or plain. One file gives its array as it is; a pair of files gives grey
 * images scaled to [0, 1] with their labels.
 * @throws FormatError when a file is something else, is cut off, or the two do not belong together.
 */
export function idx(source: FileBytes): IdxArray;
export function idx(source: IdxPair): LabelledImages;
export function idx(source: FileBytes | IdxPair): IdxArray | LabelledImages {
  if (isPair(source)) return readPair(source);
  return readArray(source, "idx");
}

function isPair(source: FileBytes | IdxPair): source is IdxPair {
  return typeof source === "object" && source !== null && "images" in source && "labels" in source;
}

function readArray(source: unknown, where: string): IdxArray {
  const bytes = unpacked(bytesOf(source, where), where);
  const type = bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 ? undefined : elementType(bytes[2]!);
  if (type === undefined) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new FormatError(`[${where}] bytes: expected an IDX file, got one that starts with "${start}".`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw wrongLength(where, `at least ${start} bytes for ${rank} dimensions`, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape);
  const expected = start + size * type.bytes;
  if (bytes.length !== expected) throw wrongLength(where, `${expected} bytes for ${formatShape(shape)}`, bytes.length);
  if (type.bytes === 1) {
    const copy = bytes.slice(start);
    return { shape, data: bytes[2] === 0x08 ? copy : new Int8Array(copy.buffer) };
  }
  const data = type.make(size);
  for (let i = 0; i < size; i++) data[i] = type.read(view, start + i * type.bytes);
  return { shape, data };
}

function wrongLength(where: string, expected: string, got: number): FormatError {
  return new FormatError(`[${where}] bytes: expected ${expected}, got ${got}: the file is cut off or damaged.`);
}

function readPair({ images, labels }: IdxPair): LabelledImages {
  const pictures = readArray(images, "idx images");
  const classes = readArray(labels, "idx labels");
  const [count, height, width] = pictures.shape;
  if (pictures.shape.length !== 3 || !(pictures.data instanceof Uint8Array)) {
    throw new FormatError(`[idx] images: expected grey images of bytes, got the shape ${formatShape(pictures.shape)}.`);
  }
  if (classes.shape.length !== 1 || !(classes.data instanceof Uint8Array)) {
    throw new FormatError(`[idx] labels: expected a list of bytes, got the shape ${formatShape(classes.shape)}.`);
  }
  if (classes.shape[0] !== count) {
    throw new FormatError(`[idx] labels: expected ${count} as there are images, got ${classes.shape[0]}.`);
  }
  const scaled = new Float32Array(pictures.data.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = pictures.data[i]! / 255;
  return { images: scaled, labels: Int32Array.from(classes.data), count: count!, height: height!, width: width! };
}
