import { Gunzip, gunzipSync } from "fflate";
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

/** Unpacks gzip piece by piece. */
export class Unzip {
  private readonly where: string;
  private readonly gunzip: Gunzip;
  private parts: Uint8Array[] = [];
  private members = 1;
  private size = 0;
  private crc = 0;
  /** The last eight bytes that came in: checksum and size. */
  private trailer: Uint8Array = new Uint8Array(0);

  constructor(where: string) {
    this.where = where;
    this.gunzip = new Gunzip((part) => void this.parts.push(part));
    this.gunzip.onmember = () => {
      this.members += 1;
    };
  }

  /**
   * What a piece adds.
   * @throws FormatError for damaged data; with the last piece, when they are cut off or the checksum does not fit.
   */
  push(bytes: Uint8Array, last: boolean): Uint8Array {
    const tail = [...this.trailer, ...bytes.subarray(Math.max(0, bytes.length - 8))];
    this.trailer = Uint8Array.from(tail.slice(-8));
    try {
      this.gunzip.push(bytes, last);
    } catch (error) {
      throw damaged(this.where, "the gzip file is cut off or damaged", error);
    }
    const result = this.join();
    this.size = (this.size + result.length) >>> 0;
    this.crc = checksum(result, this.crc);
    if (last && this.members === 1) {
      const { buffer, length } = this.trailer;
      const view = new DataView(buffer);
      if (length < 8 || view.getUint32(0, true) !== this.crc || view.getUint32(4, true) !== this.size) {
        throw damaged(this.where, "the gzip checksum does not fit");
      }
    }
    return result;
  }

  private join(): Uint8Array {
    const { parts } = this;
    this.parts = [];
    const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }
}

/** CRC-32 as gzip has it, which fflate does not check; goes on from that of the bytes before. */
function checksum(bytes: Uint8Array, before = 0): number {
  const table = crcTable();
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

function crcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, i) => {
    let entry = i;
    for (let k = 0; k < 8; k++) entry = (entry >>> 1) ^ (entry & 1 ? 0xedb88320 : 0);
    return entry;
  });
}
