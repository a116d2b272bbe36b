import type { KernelBuild } from "../util/settings.ts";

/**
 * The kernels as they travel in the package: the bytes of both builds, one after the other, as one raw LZMA stream in
 * text (lzma.ts), and the module that unpacks it in hexadecimal digits; `lengths` in bytes. Node has them from files, where
 * it finds those: unpacking takes a tenth of a cold start.
 */
export interface InlineWasm {
  readonly packed: string;
  readonly unpacker: string;
  readonly read?: (build: KernelBuild) => Uint8Array | undefined;
  readonly lengths: { readonly simd: number; readonly relaxed: number };
}

/** Stands in for the inline kernels in `hornbeam/slim`, which carries none; also gives `#wasm` its type. */
export const wasmInline: InlineWasm | null = null;
