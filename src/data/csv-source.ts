/** Where comma-separated values come from: anything that gives text or bytes, as pieces of text. */
import { describe, fail, refuse, StateError, ValueError } from "../util/errors.ts";
import { bytesOf, Unzip } from "./unpack.ts";
import { END, type End, NONE, type None, pulling, type Walk, walkOf } from "./walk.ts";

/** A piece of a file. */
export type Piece = string | Uint8Array | ArrayBuffer | ArrayBufferView;

/** What can be read piece by piece. */
export type PieceSource =
  | Piece
  | URL
  | Blob
  | Response
  | ReadableStream<Piece>
  | Iterable<Piece>
  | AsyncIterable<Piece>;

/** A source, or a function that opens it anew for each pass. */
export type CsvSource = PieceSource | (() => PieceSource | PromiseLike<PieceSource>);

/** How a source is read: at once or asynchronously. */
export interface Opener<T> {
  open(): Walk<T>;
  readonly sync: boolean;
}

/** Bytes that are decoded at a time, packed or plain: at most 17 MB of text come of them, usually much less. */
const LITTLE = 1 << 14;
const MUCH = 1 << 18;

/** The texts of a source. */
export function textPieces(source: unknown): Opener<string> {
  const { open, sync } = pieces(source);
  return { open: () => decoded(open()), sync };
}

function pieces(source: unknown): Opener<unknown> {
  if (typeof source === "function") {
    return { open: () => later(async () => pieces(await source()).open()), sync: false };
  }
  if (typeof source === "string") {
    return /[\n\r]/.test(source) ? overAll([source]) : { open: () => later(() => located(source)), sync: false };
  }
  if (typeof source === "object" && source !== null) {
    if (source instanceof URL) return { open: () => later(() => located(source)), sync: false };
    if (source instanceof Blob) return { open: () => streamed(source.stream()), sync: false };
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return overAll([source]);
    if (Reflect.has(source, "body")) return once(source, () => streamed((source as { body: unknown }).body));
    if (Reflect.has(source, "getReader")) return once(source, () => streamed(source));
    if (Symbol.asyncIterator in source) return ofIterable(source as AsyncIterable<unknown>, Symbol.asyncIterator);
    if (Symbol.iterator in source) return ofIterable(source as Iterable<unknown>, Symbol.iterator);
  }
  return refuse("csv", "source", "a path, URL, text, bytes, Blob, stream or iterable of these", source);
}

const overAll = (list: readonly unknown[]): Opener<unknown> => ({
  open: () => walkOf(list[Symbol.iterator]()),
  sync: true,
});

function ofIterable(source: object, key: typeof Symbol.iterator | typeof Symbol.asyncIterator): Opener<unknown> {
  const iterate = (): Iterator<unknown> => (source as Record<symbol, () => Iterator<unknown>>)[key]!();
  const sync = key === Symbol.iterator;
  // Node's streams make new iterators of what is read already.
  const isOnce = Reflect.has(source, "next") || Reflect.has(source, "readable");
  return isOnce ? once(source, () => walkOf(iterate()), sync) : { open: () => walkOf(iterate()), sync };
}

/** A source that has one pass. */
function once(source: object, open: () => Walk<unknown>, sync = false): Opener<unknown> {
  let opened = false;
  return {
    open() {
      if (opened) {
        const what = `expected data for another pass, got ${describe(source)} that has been read`;
        fail("csv", `source: ${what}; give a function that opens it anew`, StateError);
      }
      opened = true;
      return open();
    },
    sync,
  };
}

/** A walk that is opened by a promise. */
function later(open: () => Promise<Walk<unknown>>): Walk<unknown> {
  let walk: Walk<unknown> | undefined;
  return {
    next: () =>
      walk !== undefined
        ? walk.next()
        : open().then((opened) => {
            walk = opened;
            return opened.next();
          }),
    close: () => walk?.close?.(),
  };
}

function streamed(body: unknown): Walk<unknown> {
  if (body === null) return walkOf([][Symbol.iterator]());
  const reader = (body as ReadableStream<unknown>).getReader();
  return {
    next: () => reader.read().then(({ done, value }) => (done ? END : value)),
    close: () => reader.cancel().catch(() => {}), // a stream that failed has said so in `next`
  };
}

/** What is at a path or URL. */
async function located(place: string | URL): Promise<Walk<unknown>> {
  const isFile =
    /^file:/.test(String(place)) ||
    (typeof place === "string" && !/^[a-z][a-z0-9+.-]+:\/\/|^(blob|data):/i.test(place));
  const host = globalThis as { process?: { versions?: { node?: string } } };
  try {
    if (isFile && host.process?.versions?.node !== undefined) return await fileWalk(place);
    const response = await fetch(place);
    if (response.ok) return streamed(response.body);
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new ValueError(`[csv] source: expected a file to read at ${describe(String(place))}, got: ${cause}.`, {
      cause,
    });
  }
}

async function fileWalk(place: string | URL): Promise<Walk<unknown>> {
  const { open } = await import("node:fs/promises");
  const file = await open(typeof place === "string" && place.startsWith("file:") ? new URL(place) : place);
  return {
    async next() {
      const { buffer, bytesRead } = await file.read(new Uint8Array(MUCH), 0, MUCH);
      return bytesRead === 0 ? END : buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** The texts of pieces of text or bytes: unpacks gzip, known by its first bytes, and decodes UTF-8. */
function decoded(source: Walk<unknown>): Walk<string> {
  const utf8 = utf8Decoder();
  const texts: string[] = [];
  let bytes: Uint8Array = new Uint8Array(0);
  let unzip: Unzip | undefined;
  let started = false;
  let over = false;
  let done = false;
  const take = (piece: unknown): void => {
    over = piece === END;
    if (typeof piece === "string") texts.push(piece);
    else if (!over) bytes = joined(bytes, bytesOf(piece, "csv source"));
  };
  const ready = (): string | End | None => {
    if (texts.length > 0) return texts.pop()!;
    if (!over && bytes.length < (started ? 1 : 2)) return NONE;
    if (done) return END;
    if (!started && bytes[0] === 0x1f && bytes[1] === 0x8b) unzip = new Unzip("csv");
    started = true;
    // A little of what is packed may be much when unpacked.
    const some = bytes.subarray(0, unzip === undefined ? MUCH : LITTLE);
    bytes = bytes.subarray(some.length);
    done = over && bytes.length === 0;
    return utf8(unzip === undefined ? some : unzip.push(some, done), done);
  };
  return pulling(source, ready, take);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * Decodes UTF-8 piece by piece. A sequence that is cut off waits for the next piece; decoding whole ones is several times
 * as fast as the decoder's own streaming in Node.
 */
function utf8Decoder(): (bytes: Uint8Array, last: boolean) => string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let cut: Uint8Array = new Uint8Array(0);
  return (bytes, last) => {
    const all = joined(cut, bytes);
    const whole = last ? all.length : wholeSequences(all);
    cut = all.slice(whole);
    return decoder.decode(all.subarray(0, whole));
  };
}

/** Bytes up to a sequence that is cut off at the end. */
function wholeSequences(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue; // not the first of its sequence
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
