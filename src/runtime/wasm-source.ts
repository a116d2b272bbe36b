import { inflateSync } from "fflate";
import { wasmInline } from "#wasm";
import { StateError } from "../util/errors.ts";
import type { KernelBuild } from "../util/settings.ts";

/** Modules given by `init` of `hornbeam/slim`; they win over the inline ones. */
const given: Partial<Record<KernelBuild, Uint8Array | WebAssembly.Module>> = {};

/** Provides a build's module by hand: bytes, or a module compiled elsewhere. */
export function provideWasm(build: KernelBuild, source: Uint8Array | WebAssembly.Module): void {
  given[build] = source;
}

/** True when a build's module was given or is inline. */
export function hasWasm(build: KernelBuild): boolean {
  return given[build] !== undefined || wasmInline !== null;
}

let unpacked: Uint8Array | undefined;

function unpack(packed: string): Uint8Array {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return inflateSync(bytes);
}

/** The bytes or the module of a build. */
export function wasmFor(build: KernelBuild): Uint8Array | WebAssembly.Module {
  const source = given[build];
  if (source !== undefined) return source;
  if (wasmInline === null) {
    throw new StateError(
      `[hornbeam/slim] the "${build}" kernels are not loaded: expected \`await init({url | module | file})\` before first use.`,
    );
  }
  unpacked ??= unpack(wasmInline.packed);
  const { simd, relaxed } = wasmInline.lengths;
  return build === "simd" ? unpacked.slice(0, simd) : unpacked.slice(simd, simd + relaxed);
}
