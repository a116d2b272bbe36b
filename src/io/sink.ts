import { refuse } from "../util/errors.ts";
import { filePath } from "./places.ts";

/** Takes the bytes of a whole file, which are its own to keep; a promise is waited for. */
export interface ByteWriter {
  write(bytes: Uint8Array): unknown;
}

/** Where a file can go: a path or `file:` URL (Node, Deno, Bun), an object with `write(bytes)`, or the class of what to make. */
export type Sink = string | URL | ByteWriter | typeof Blob | typeof Uint8Array;

/** What writing gives: the Blob or bytes asked for, which are also what no sink asks for. */
export type Written<S> = S extends typeof Blob ? Blob : S extends string | URL | ByteWriter ? undefined : Uint8Array;

/** A file to be written: its length, and its bytes in pieces, made when they are asked for. */
export interface Outgoing {
  readonly length: number;
  readonly pieces: Iterable<Uint8Array<ArrayBuffer>>;
}

/** Writes a file. On a disk it is written beside its place and then put there, so that what stood there is whole until the end. */
export async function writeSink<S extends Sink | undefined>(
  sink: S,
  file: Outgoing,
  where: string,
): Promise<Written<S>> {
  return (await writeTo(sink, file, where)) as Written<S>;
}

async function writeTo(sink: unknown, file: Outgoing, where: string): Promise<Uint8Array | Blob | undefined> {
  if (sink === undefined || sink === Uint8Array) return collect(file);
  // Each piece a Blob of its own, so that its bytes need not stay in JavaScript's memory.
  if (sink === Blob) return new Blob(Array.from(file.pieces, (piece) => new Blob([piece])));
  const path = filePath(sink);
  if (path !== undefined) return replaceFile(path, file);
  if (typeof (sink as ByteWriter | null)?.write !== "function") {
    refuse(where, "sink", "a path, an object with write(bytes), Blob, Uint8Array or nothing", sink);
  }
  await (sink as ByteWriter).write(collect(file));
  return undefined;
}

function collect({ length, pieces }: Outgoing): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * Puts a file in the place of another: it is written under a name of its own in the same folder, forced to the disk, and
 * renamed, which happens wholly or not at all. A link stays one. Whoever is killed on the way leaves the old file, and
 * perhaps a `.tmp` beside it.
 */
async function replaceFile(path: string | URL, { pieces }: Outgoing): Promise<undefined> {
  const { open, realpath, rename, stat, unlink } = await import("node:fs/promises");
  const { basename, dirname, join } = await import("node:path");
  const { fileURLToPath } = await import("node:url");
  const named = path instanceof URL ? fileURLToPath(path) : path;
  const target = await realpath(named).catch(() => named);
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
  const folder = dirname(target);
  const own = globalThis.crypto.getRandomValues(new Uint32Array(2)).join("");
  const aside = join(folder, `.${basename(target)}.${own}.tmp`);
  const handle = await open(aside, "wx", mode);
  try {
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, target);
  } catch (error) {
    await unlink(aside).catch(() => {});
    throw error;
  }
  await syncFolder(folder, open);
}

/** Forces the new name to the disk, where folders can be opened. */
async function syncFolder(folder: string, open: typeof import("node:fs/promises").open): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows, and file systems that know no such thing: the name is written when the system sees fit.
  }
}
