/**
 * What the engine's WebAssembly can do, found by validating tiny modules: nothing is instantiated or run.
 */

/** A module with one function that uses `f32x4.relaxed_madd`. */
const RELAXED_MADD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65,
  0, 253, 17, 253, 133, 2, 11,
];

/** A module with one function that splats a vector. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11];

/** True where 128-bit SIMD is available; Hornbeam needs it. */
export function supportsSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(SIMD));
}

/** True where relaxed SIMD is available: Node 21 and later, Deno, Bun, Chromium, Firefox from 146. */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED_MADD));
}
