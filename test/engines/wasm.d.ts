/** The kernels' bytes, which the bundler of these suites puts in place. */
declare module "hornbeam/simd.wasm" {
  const bytes: Uint8Array;
  export default bytes;
}
