import { instantiateSync } from "@assemblyscript/loader";
import { StateError } from "../util/errors.ts";
import type { KernelBuild } from "../util/settings.ts";
import { type KernelTable, kernelCount } from "./kernel-table.ts";
import { supportsRelaxedSimd, supportsSimd } from "./probe.ts";
import { wasmFor } from "./wasm-source.ts";

/** The build that will really run: the wished one where the engine can, else "simd". */
export function usableBuild(wished: KernelBuild): KernelBuild {
  if (!supportsSimd())
    throw new StateError("[hornbeam] WebAssembly SIMD: expected an engine that has it, got one without.");
  return wished === "relaxed" && supportsRelaxedSimd() ? "relaxed" : "simd";
}

/**
 * Instantiates a build over a memory and returns its kernels as raw exports: the loader's own wrappers
 * cost 14–19 ns a call against 4–6 ns.
 */
export function loadKernels(build: KernelBuild, memory: WebAssembly.Memory): KernelTable {
  const source = wasmFor(build);
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source as BufferSource);
  const { instance } = instantiateSync(module, { env: { memory } });
  const kernels = Object.entries(instance.exports).filter(([, value]) => typeof value === "function");
  if (kernels.length !== kernelCount) {
    throw new StateError(
      `[hornbeam] "${build}" module: expected one of this version with ${kernelCount} kernels, got ${kernels.length}.`,
    );
  }
  return Object.freeze(Object.fromEntries(kernels)) as unknown as KernelTable;
}
