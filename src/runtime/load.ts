import { instantiateSync } from "@assemblyscript/loader";
import { StateError } from "../util/errors.ts";
import type { KernelBuild, Settings } from "../util/settings.ts";
import type { KernelTable } from "./kernel-table.ts";
import { supportsRelaxedSimd, supportsSimd } from "./probe.ts";
import { wasmFor } from "./wasm-source.ts";

/** What of the settings says which build shall run. */
type BuildWish = Pick<Settings, "build"> & Partial<Pick<Settings, "deterministic">>;

/** The build that will really run: "relaxed" where the engine has it and it is not ruled out, else "simd". */
export function usableBuild({ build, deterministic = false }: BuildWish): KernelBuild {
  if (!supportsSimd())
    throw new StateError("[hornbeam] WebAssembly SIMD: expected an engine that has it, got one without.");
  return build !== "simd" && !deterministic && supportsRelaxedSimd() ? "relaxed" : "simd";
}

/** Compiles a build; `patch` changes its bytes first. */
export function compileKernels(build: KernelBuild, patch?: (bytes: Uint8Array) => Uint8Array): WebAssembly.Module {
  const source = wasmFor(build);
  if (!(source instanceof WebAssembly.Module))
    return new WebAssembly.Module((patch?.(source) ?? source) as BufferSource);
  if (patch === undefined) return source;
  throw new StateError("[threads] expected kernels given to `init` as bytes, got a compiled module.");
}

/**
 * Instantiates a module over a memory and returns its kernels as raw exports: the loader's own wrappers
 * cost 14–19 ns a call against 4–6 ns.
 */
export function loadKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelTable {
  const { instance } = instantiateSync(module, { env: { memory } });
  const kernels = Object.entries(instance.exports).filter(([, value]) => typeof value === "function");
  return Object.freeze(Object.fromEntries(kernels)) as unknown as KernelTable;
}
