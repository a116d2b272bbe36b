import { usableBuild } from "./runtime/load.ts";
import { provideWasm } from "./runtime/wasm-source.ts";
import { FormatError, refuse, StateError, ValueError } from "./util/errors.ts";
import { checkOptions } from "./util/names.ts";
import { changeSettings, type KernelBuild } from "./util/settings.ts";

/** Where `init` finds a build of the kernels: exactly one of `url`, `module` and `file`. */
export interface InitOptions {
  /** Address of a .wasm file, fetched. */
  url?: string | URL;
  /** A compiled module or the file's bytes, for hosts that forbid compiling bytes or have their own loader. */
  module?: WebAssembly.Module | Uint8Array;
  /** Path of a .wasm file, read with the host's file system (Node, Deno, Bun). */
  file?: string | URL;
  /** Which build the file is. Default "simd". */
  build?: KernelBuild;
}

/** The first bytes of every WebAssembly file. */
const MAGIC = [0, 97, 115, 109];

async function fetchBytes(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new StateError(`[init] url: expected ${url} to answer 200, got ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readFile(file: string | URL): Promise<Uint8Array> {
  const { readFile: read } = await import("node:fs/promises");
  return new Uint8Array(await read(file));
}

/**
 * Gives `hornbeam/slim` its kernels; await it once before first use. The files are `hornbeam/simd.wasm` and
 * `hornbeam/relaxed.wasm`.
 *
 * @example await init({url: new URL("./simd.wasm", import.meta.url)});
 * @throws ValueError unless exactly one source is given, FormatError when it is no WebAssembly.
 */
export async function init(options: InitOptions): Promise<void> {
  checkOptions(options ?? null, ["url", "module", "file", "build"], "init");
  const { url, module, file, build = "simd" } = options;
  const sources = [url, module, file].filter((source) => source !== undefined);
  if (sources.length !== 1)
    throw new ValueError(`[init] expected one of url, module and file, got ${sources.length} of them.`);
  if (usableBuild({ build }) !== build)
    throw new StateError(`[init] build: expected one this engine can run, got "${build}".`);
  const source = module ?? (await (url !== undefined ? fetchBytes(url) : readFile(file!)));
  if (source instanceof Uint8Array && !MAGIC.every((byte, i) => source[i] === byte)) {
    throw new FormatError("[init] expected a WebAssembly file, got other bytes.");
  }
  if (!(source instanceof Uint8Array || source instanceof WebAssembly.Module)) {
    refuse("init", "module", "a WebAssembly.Module or a Uint8Array", source);
  }
  provideWasm(build, source instanceof Uint8Array ? await WebAssembly.compile(source as BufferSource) : source);
  changeSettings({ build });
}
