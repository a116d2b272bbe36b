/**
 * The kernels as they travel in the package: both builds in one raw-deflate stream, as base64, `chunk` bytes of each in
 * turn; `lengths` in bytes.
 */
export interface InlineWasm {
  readonly packed: string;
  readonly chunk: number;
  readonly lengths: { readonly simd: number; readonly relaxed: number };
}

/** Stands in for the inline kernels in `hornbeam/slim`, which carries none; also gives `#wasm` its type. */
export const wasmInline: InlineWasm | null = null;
