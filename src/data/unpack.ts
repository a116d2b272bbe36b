import { gunzipSync } from "fflate";
import { describe, FormatError, ValueError } from "../util/errors.ts";

/** The bytes a caller gave: a view, not a copy. */
export function bytesOf(source: unknown, where: string): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  throw new ValueError(`[${where}] bytes: expected a Uint8Array or an ArrayBuffer, got ${describe(source)}.`);
}

/** Unpacks gzip, recognised by its first bytes; other bytes are returned as they are. */
export function unpacked(bytes: Uint8Array, where: string): Uint8Array {
  if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const trailer = bytes.length >= 18 ? new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8) : undefined;
  const size = trailer?.getUint32(4, true) ?? 0;
  // deflate packs at most 1032 to 1: a larger promise is a damaged file, and must not make us reserve gigabytes
  if (trailer === undefined || size > bytes.length * 1032) throw damaged(where, "the gzip file ends too early");
  const result = gunzip(bytes, where);
  if (result.length !== size || checksum(result) !== trailer.getUint32(0, true)) {
    throw damaged(where, "the gzip checksum does not fit");
  }
  return result;
}

function gunzip(bytes: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw damaged(where, "the gzip file is damaged", error);
  }
}

function damaged(where: string, what: string, cause?: unknown): FormatError {
  return new FormatError(`[${where}] bytes: expected a whole file; ${what}.`, { cause });
}

/** CRC-32 as gzip has it; fflate does not check it. */
function checksum(bytes: Uint8Array): number {
  const table = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let entry = i;
    for (let k = 0; k < 8; k++) entry = (entry >>> 1) ^ (entry & 1 ? 0xedb88320 : 0);
    table[i] = entry;
  }
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
