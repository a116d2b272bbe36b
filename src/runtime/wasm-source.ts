import { wasmInline } from "#wasm";
import { StateError } from "../util/errors.ts";
import type { KernelBuild } from "../util/settings.ts";
import { unpackLzma } from "./lzma.ts";

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

/** The bytes or the module of a build. */
export function wasmFor(build: KernelBuild): Uint8Array | WebAssembly.Module {
  const source = given[build];
  if (source !== undefined) return source;
  if (wasmInline === null) {
    throw new StateError(
      `[hornbeam/slim] the "${build}" kernels are not loaded: expected \`await init({url | module | file})\` before first use.`,
    );
  }
  const bytes = wasmInline.read?.(build);
  if (bytes !== undefined) return bytes;
  const { unpacker, packed, lengths } = wasmInline;
  // The first build needs only the first part of the stream.
  const start = build === "simd" ? 0 : lengths.simd;
  return unpackLzma(unpacker, packed, start + lengths[build]).subarray(start);
}
