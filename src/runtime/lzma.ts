/** Where the unpacker writes. */
const OUTPUT = 16384;
const PAGE = 65536;

/**
 * The first `size` bytes of a raw LZMA stream that is written as text, six bits a character. LZMA (Pavlov, LZMA SDK
 * specification) codes the kernels a sixth smaller than deflate does.
 *
 * @param unpacker the module of assembly/unpack/lzma.ts in hexadecimal digits
 */
export function unpackLzma(unpacker: string, packed: string, size: number): Uint8Array {
  const module = new WebAssembly.Module(
    Uint8Array.from(unpacker.match(/../g)!, (digits) => Number.parseInt(digits, 16)),
  );
  const { memory, unpack } = new WebAssembly.Instance(module).exports as unknown as {
    memory: WebAssembly.Memory;
    unpack(size: number): void;
  };
  memory.grow(Math.ceil((size + packed.length) / PAGE));
  const bytes = new Uint8Array(memory.buffer, OUTPUT);
  new TextEncoder().encodeInto(packed, bytes.subarray(size));
  unpack(size);
  return bytes.subarray(0, size);
}
