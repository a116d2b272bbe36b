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

/** What two files that belong together must agree in. */
export interface IdxForm {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

export interface ElementType {
  readonly bytes: number;
  /** Whether these are bytes without a sign. */
  readonly isByte?: boolean;
  make(n: number): IdxArray["data"];
  read(view: DataView, at: number): number;
}

/** What the first four bytes of an IDX file say; numbers are big-endian. */
export function elementType(bytes: Uint8Array, where: string): ElementType {
  const type = bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 ? undefined : typeOfCode(bytes[2]!);
  if (type !== undefined) return type;
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FormatError(`[${where}] bytes: expected an IDX file, got one that starts with "${start}".`);
}

function typeOfCode(code: number): ElementType | undefined {
  switch (code) {
    case 0x08:
      return { bytes: 1, isByte: true, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) };
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
  const { shape, data } = readArray(source, "idx");
  return { shape, data };
}

export function isPair(source: unknown): source is { images: unknown; labels: unknown } {
  return typeof source === "object" && source !== null && "images" in source && "labels" in source;
}

function readArray(source: unknown, where: string): IdxArray & IdxForm {
  const bytes = unpacked(bytesOf(source, where), where);
  const type = elementType(bytes, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw wrongLength(where, `at least ${start} bytes for ${rank} dimensions`, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape);
  const expected = start + size * type.bytes;
  if (bytes.length !== expected) throw wrongLength(where, `${expected} bytes for ${formatShape(shape)}`, bytes.length);
  const data = type.make(size);
  readInto(data, type, bytes, start);
  return { shape: shape as number[], data, type };
}

/** Reads as many big-endian numbers as an array holds, which the bytes from some place on have. */
export function readInto(data: IdxArray["data"], type: ElementType, bytes: Uint8Array, start: number): void {
  if (type.bytes === 1) {
    data.set(bytes.subarray(start));
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < data.length; i++) data[i] = type.read(view, start + i * type.bytes);
}

export function wrongLength(where: string, expected: string, got: number | string): FormatError {
  return new FormatError(`[${where}] bytes: expected ${expected}, got ${got}: the file is cut off or damaged.`);
}

function readPair({ images, labels }: { images: unknown; labels: unknown }): LabelledImages {
  const pictures = readArray(images, "idx images");
  const classes = readArray(labels, "idx labels");
  checkPair(pictures, classes);
  const [count, height, width] = pictures.shape;
  const scaled = new Float32Array(pictures.data.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = pictures.data[i]! / 255;
  return { images: scaled, labels: Int32Array.from(classes.data), count: count!, height: height!, width: width! };
}

/** @throws FormatError unless these are grey images and as many labels. */
export function checkPair(images: IdxForm, labels: IdxForm): void {
  const got = ({ shape }: IdxForm): string => `got the shape ${formatShape(shape)}`;
  const isList = ({ shape, type }: IdxForm, rank: number): boolean => shape.length === rank && type.isByte === true;
  if (!isList(images, 3)) throw new FormatError(`[idx] images: expected grey images of bytes, ${got(images)}.`);
  if (!isList(labels, 1)) throw new FormatError(`[idx] labels: expected a list of bytes, ${got(labels)}.`);
  const [[count], [others]] = [images.shape, labels.shape];
  if (count !== others) throw new FormatError(`[idx] labels: expected ${count} as there are images, got ${others}.`);
}
