/** Where the bytes of a file come from: anything that gives text or bytes. */
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
export type FileSource = PieceSource | (() => PieceSource | PromiseLike<PieceSource>);

/** How a source is read: at once or asynchronously. */
export interface Opener<T> {
  open(): Walk<T>;
  readonly sync: boolean;
}

/** Bytes that are taken at a time, packed or plain: at most 17 MB come of them, usually much less. */
const LITTLE = 1 << 14;
const MUCH = 1 << 18;

/** The bytes of a source, a text as UTF-8. A piece is good until the next one is asked for. */
export function bytePieces(source: unknown, where: string): Opener<Uint8Array> {
  const { open, sync } = pieces(source, where);
  return { open: () => unpackedPieces(open(), where), sync };
}

function pieces(source: unknown, where: string): Opener<unknown> {
  if (typeof source === "function") {
    return { open: () => later(async () => pieces(await source(), where).open()), sync: false };
  }
  if (typeof source === "string") {
    return /[\n\r]/.test(source) ? overAll([source]) : { open: () => later(() => located(source, where)), sync: false };
  }
  if (typeof source === "object" && source !== null) {
    if (source instanceof URL) return { open: () => later(() => located(source, where)), sync: false };
    if (source instanceof Blob) return { open: () => streamed(source.stream()), sync: false };
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return overAll([source]);
    if (Reflect.has(source, "body")) return once(source, where, () => streamed((source as { body: unknown }).body));
    if (Reflect.has(source, "getReader")) return once(source, where, () => streamed(source));
    if (Symbol.asyncIterator in source)
      return ofIterable(source as AsyncIterable<unknown>, Symbol.asyncIterator, where);
    if (Symbol.iterator in source) return ofIterable(source as Iterable<unknown>, Symbol.iterator, where);
  }
  return refuse(where, "source", "a path, URL, text, bytes, Blob, stream or iterable of these", source);
}

const overAll = (list: readonly unknown[]): Opener<unknown> => ({
  open: () => walkOf(list[Symbol.iterator]()),
  sync: true,
});

function ofIterable(
  source: object,
  key: typeof Symbol.iterator | typeof Symbol.asyncIterator,
  where: string,
): Opener<unknown> {
  const iterate = (): Iterator<unknown> => (source as Record<symbol, () => Iterator<unknown>>)[key]!();
  const sync = key === Symbol.iterator;
  // Node's streams make new iterators of what is read already.
  const isOnce = Reflect.has(source, "next") || Reflect.has(source, "readable");
  return isOnce ? once(source, where, () => walkOf(iterate()), sync) : { open: () => walkOf(iterate()), sync };
}

/** A source that has one pass. */
function once(source: object, where: string, open: () => Walk<unknown>, sync = false): Opener<unknown> {
  let opened = false;
  return {
    open() {
      if (opened) {
        const what = `expected data for another pass, got ${describe(source)} that has been read`;
        fail(where, `source: ${what}; give a function that opens it anew`, StateError);
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
  let isClosed = false;
  return {
    next: () =>
      walk !== undefined
        ? walk.next()
        : open().then(async (opened) => {
            walk = opened;
            if (!isClosed) return opened.next();
            await opened.close?.();
            return END;
          }),
    close() {
      isClosed = true;
      return walk?.close?.();
    },
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
async function located(place: string | URL, where: string): Promise<Walk<unknown>> {
  const isFile =
    /^file:/.test(String(place)) ||
    (typeof place === "string" && !/^[a-z][a-z0-9+.-]+:\/\/|^(blob|data):/i.test(place));
  const host = globalThis as { process?: { versions?: { node?: string } } };
  try {
    if (isFile && host.process?.versions?.node !== undefined) return await fileWalk(place, where);
    const response = await fetch(place);
    if (response.ok) return streamed(response.body);
    response.body?.cancel().catch(() => {}); // else the connection stays open
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    return unreadable(place, where, cause);
  }
}

async function fileWalk(place: string | URL, where: string): Promise<Walk<unknown>> {
  const { open } = await import("node:fs/promises");
  const file = await open(typeof place === "string" && place.startsWith("file:") ? new URL(place) : place);
  const chunk = new Uint8Array(MUCH);
  return {
    async next() {
      const { bytesRead } = await file.read(chunk, 0, MUCH).catch((cause) => unreadable(place, where, cause));
      return bytesRead === 0 ? END : chunk.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

function unreadable(place: string | URL, where: string, cause: unknown): never {
  const what = `source: expected a file to read at ${describe(String(place))}, got: ${cause}`;
  return fail(where, what, ValueError, { cause });
}

/** Pieces of text or bytes as bytes of limited size; what is packed with gzip, known by its first bytes, is unpacked. */
function unpackedPieces(source: Walk<unknown>, where: string): Walk<Uint8Array> {
  const bytesOfText = textEncoder();
  let bytes: Uint8Array = new Uint8Array(0);
  let unzip: Unzip | undefined;
  let started = false;
  let over = false;
  let done = false;
  const take = (piece: unknown): void => {
    over = piece === END;
    const isText = over || typeof piece === "string";
    const more = isText ? bytesOfText(over ? "" : (piece as string), over) : bytesOf(piece, `${where} source`);
    // Asked only for what has been used up, so that no byte is moved, but for the first two.
    bytes = started && bytes.length === 0 ? more : joined(bytes, more);
  };
  const ready = (): Uint8Array | End | None => {
    if (!over && bytes.length < (started ? 1 : 2)) return NONE;
    if (done) return END;
    if (!started && bytes[0] === 0x1f && bytes[1] === 0x8b) unzip = new Unzip(where);
    started = true;
    // A little of what is packed may be much when unpacked.
    const some = bytes.subarray(0, unzip === undefined ? MUCH : LITTLE);
    bytes = bytes.subarray(some.length);
    done = over && bytes.length === 0;
    return unzip === undefined ? some : unzip.push(some, done);
  };
  return pulling(source, ready, take);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Encodes a text piece by piece; half a character at the end of a piece waits for the other half. */
function textEncoder(): (text: string, last: boolean) => Uint8Array {
  const encoder = new TextEncoder();
  let half = "";
  return (text, last) => {
    const all = half + text;
    half = !last && /[\ud800-\udbff]$/.test(all) ? all.slice(-1) : "";
    return encoder.encode(half === "" ? all : all.slice(0, -1));
  };
}
