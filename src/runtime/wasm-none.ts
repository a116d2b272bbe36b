/**
 * The kernels as they travel in the package: the bytes of both builds, one after the other, as one raw LZMA stream in
 * text (lzma.ts), and the module that unpacks it in hexadecimal digits; `lengths` in bytes.
 */
export interface InlineWasm {
  readonly packed: string;
  readonly unpacker: string;
  readonly lengths: { readonly simd: number; readonly relaxed: number };
}

/** Stands in for the inline kernels in `hornbeam/slim`, which carries none; also gives `#wasm` its type. */
export const wasmInline: InlineWasm | null = null;
