/** Stands in for the inline kernels in `hornbeam/slim`, which carries none. */
export const wasmInline: null = null;
