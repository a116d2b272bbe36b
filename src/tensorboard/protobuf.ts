/**
 * Just enough of the protocol buffers' wire format to write messages: each function makes the bytes of one field, and a
 * message is its fields one after another.
 */
export type Field = readonly number[] | Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** An integer from 0 on, seven bits a byte; exact up to 2^53. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function littleEndian(values: Float32Array | Float64Array): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (size === 8) view.setFloat64(8 * i, value, true);
    else view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

/** Fields, or other bytes, one after another. */
export function join(parts: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An int64 field; 0 is the default and left out. */
export function integer(number: number, value: number): Field {
  return value === 0 ? [] : [number * 8 + VARINT, ...varint(value)];
}

export function double(number: number, value: number): Field {
  return [number * 8 + FIXED64, ...littleEndian(Float64Array.of(value))];
}

export function float(number: number, value: number): Field {
  return [number * 8 + FIXED32, ...littleEndian(Float32Array.of(value))];
}

/** A message, a packed list or anything else of a stated length. */
export function bytes(number: number, content: Field): Uint8Array {
  return join([[number * 8 + BYTES, ...varint(content.length)], content]);
}

export function string(number: number, text: string): Uint8Array {
  return bytes(number, new TextEncoder().encode(text));
}

export function doubles(number: number, values: readonly number[]): Uint8Array {
  return bytes(number, littleEndian(Float64Array.from(values)));
}
