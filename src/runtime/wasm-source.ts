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

/** The bytes of one build, of which both have a chunk in turn. */
function moduleOf(
  wanted: KernelBuild,
  bytes: Uint8Array,
  { chunk, lengths }: NonNullable<typeof wasmInline>,
): Uint8Array {
  const result = new Uint8Array(lengths[wanted]);
  for (let start = 0, from = 0; start < result.length; start += chunk) {
    for (const build of ["simd", "relaxed"] as const) {
      const to = from + Math.max(Math.min(lengths[build] - start, chunk), 0);
      if (build === wanted) result.set(bytes.subarray(from, to), start);
      from = to;
    }
  }
  return result;
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
  return moduleOf(build, unpacked, wasmInline);
}
