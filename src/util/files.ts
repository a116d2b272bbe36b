import { fail, refuse, StateError } from "./errors.ts";

/** A file by path or `file:` URL. */
export type FilePath = string | URL;

/** Somewhere text or bytes can be written to. */
export interface Sink<T> {
  write(part: T): void | Promise<void>;
}

/** True for a file, false for a sink. */
export function isPath(target: FilePath | object): target is FilePath {
  return typeof target === "string" || target instanceof URL;
}

/** A path or URL as such, with `file:` strings as URLs; undefined for all else. */
export function asPath(value: unknown): FilePath | undefined {
  if (typeof value === "string") return value.startsWith("file:") ? new URL(value) : value || undefined;
  return value instanceof URL ? value : undefined;
}

/** A file or a sink, or a ValueError. */
export function checkTarget(value: unknown, where: string, argument: string): unknown {
  const path = asPath(value);
  if (path !== undefined) return path;
  if (typeof (value as Partial<Sink<never>> | null | undefined)?.write === "function") return value;
  return refuse(where, argument, "a path, a URL or {write}", value);
}

type FileSystem = typeof import("node:fs");

/**
 * Does something with the host's file system: at once where the host can give it at once (hooks of `evaluate` cannot wait).
 * @throws StateError in pages, which have none.
 */
export function withFiles<T>(where: string, work: (files: FileSystem) => T): T | Promise<T> {
  type Process = { versions?: { node?: string }; getBuiltinModule?(name: string): unknown };
  const { process } = globalThis as { process?: Process };
  // Node, Deno and Bun. A page is not to be troubled by an import that fails.
  if (process?.versions?.node === undefined) {
    fail(where, "expected a sink to write to: there is no file system here", StateError);
  }
  const found = process.getBuiltinModule?.("node:fs") as FileSystem | undefined;
  return found === undefined ? import("node:fs").then(work) : work(found);
}

/** The folder a file is in, made if need be. */
export function makeFolder(files: FileSystem, path: FilePath): void {
  const folder =
    path instanceof URL
      ? new URL(".", path)
      : path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  if (folder !== "") files.mkdirSync(folder, { recursive: true });
}

/** A file in a folder. */
export function fileIn(folder: FilePath, name: string): FilePath {
  return folder instanceof URL ? new URL(name, folder.href.replace(/\/?$/, "/")) : `${folder}/${name}`;
}
