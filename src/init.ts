import { kernelCount } from "./runtime/kernel-table.ts";
import { usableBuild } from "./runtime/load.ts";
import { supportsRelaxedSimd } from "./runtime/probe.ts";
import { provideWasm } from "./runtime/wasm-source.ts";
import { describe, FormatError, fail, refuse, StateError, ValueError } from "./util/errors.ts";
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
  /** Which build the file is, where another is to be refused. */
  build?: KernelBuild;
}

async function fetchBytes(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readFile(file: string | URL): Promise<Uint8Array> {
  const { readFile: read } = await import("node:fs/promises");
  return new Uint8Array(await read(file));
}

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    const files = supportsRelaxedSimd() ? "simd.wasm or relaxed.wasm" : "simd.wasm (relaxed.wasm needs another engine)";
    return fail("init", `expected the whole of ${files}, got bytes that do not compile: ${cause}`, FormatError, {
      cause,
    });
  }
}

/** Which build a module is. */
function buildOf(module: WebAssembly.Module): KernelBuild {
  const count = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").length;
  const expected = `expected simd.wasm or relaxed.wasm of this version, with ${kernelCount} kernels`;
  if (count !== kernelCount) fail("init", `${expected}, got a module with ${count}`, FormatError);
  return WebAssembly.Module.customSections(module, "relaxed").length > 0 ? "relaxed" : "simd";
}

/**
 * Gives `hornbeam/slim` its kernels; await it once before first use. The files are `hornbeam/simd.wasm` and
 * `hornbeam/relaxed.wasm`.
 *
 * @example await init({url: new URL("./simd.wasm", import.meta.url)});
 * @throws ValueError unless exactly one source is given, FormatError when it is none of the files or cannot be read.
 */
export async function init(options: InitOptions): Promise<void> {
  checkOptions(options ?? null, ["url", "module", "file", "build"], "init");
  const { url, module, file, build } = options;
  const sources = [url, module, file].filter((source) => source !== undefined);
  if (sources.length !== 1)
    throw new ValueError(`[init] expected one of url, module and file, got ${sources.length} of them.`);
  if (usableBuild({ build: build ?? "simd" }) !== (build ?? "simd"))
    throw new StateError(`[init] build: expected one this engine can run, got "${build}".`);
  const unreadable = (cause: unknown): never =>
    fail("init", `expected a file to read at ${describe(String(url ?? file))}, got: ${cause}`, FormatError, { cause });
  const source = module ?? (await (url !== undefined ? fetchBytes(url) : readFile(file!)).catch(unreadable));
  if (!(source instanceof Uint8Array || source instanceof WebAssembly.Module)) {
    refuse("init", "module", "a WebAssembly.Module or a Uint8Array", source);
  }
  const compiled = source instanceof Uint8Array ? await compile(source) : source;
  const found = buildOf(compiled);
  if (build !== undefined && build !== found) refuse("init", "build", `"${found}", which the file is`, build);
  // Settings may rule the build out: then nothing is given either.
  changeSettings({ build: found });
  provideWasm(found, compiled);
}
