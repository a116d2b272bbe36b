import { describe, FormatError, fail, refuse } from "../util/errors.ts";
import { filePath } from "./places.ts";

/**
 * What can be read: a path, a URL (fetched; relative ones in pages), a Blob or Response, bytes, or an object whose
 * `read()` gives bytes, all at once or as a stream's reader does.
 */
export type Source = string | URL | Uint8Array | ArrayBuffer | ByteHolder | ByteReader;

/** A Blob, a File or a Response. */
export interface ByteHolder {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Gives bytes: all of them, or piece by piece as `{done, value}`. */
export interface ByteReader {
  read(): unknown;
}

/** All bytes of a source. */
export async function readSource(source: Source, where: string): Promise<Uint8Array> {
  const unreadable = (cause: unknown): never =>
    fail(where, `source: expected a file to read at ${describe(String(source))}, got: ${cause}`, FormatError, {
      cause,
    });
  const path = filePath(source);
  if (path !== undefined) {
    const { readFile } = await import("node:fs/promises");
    return viewOf(await readFile(path).catch(unreadable))!;
  }
  if (typeof source === "string" || source instanceof URL) {
    const response = await fetch(source).catch(unreadable);
    if (!response.ok) fail(where, `source: expected ${source} to answer 200, got ${response.status}`, FormatError);
    return new Uint8Array(await response.arrayBuffer().catch(unreadable));
  }
  if (typeof (source as ByteHolder | null)?.arrayBuffer === "function") {
    return new Uint8Array(await (source as ByteHolder).arrayBuffer());
  }
  const given = viewOf(source);
  if (given !== undefined) return given;
  if (typeof (source as ByteReader | null)?.read === "function") return readAll(source as ByteReader, where);
  return refuse(where, "source", "a path, URL, Blob, Uint8Array or an object with read()", source);
}

/** A view of bytes that are there already. */
function viewOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]"
    ? new Uint8Array(value as ArrayBuffer)
    : undefined;
}

async function readAll(reader: ByteReader, where: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const result = (await reader.read()) as { done?: boolean; value?: unknown } | undefined;
    const whole = viewOf(result);
    if (whole !== undefined) return whole;
    if (result?.done === true) return joinBytes(parts);
    const part = viewOf(result?.value);
    parts.push(part ?? refuse(where, "source", "read() to give bytes or {done, value}", result));
  }
}

/** Pieces as one array. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
