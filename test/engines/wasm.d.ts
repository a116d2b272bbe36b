/** The kernels' bytes, which the bundler of these suites puts in place. */
declare module "hornbeam/simd.wasm" {
  const bytes: Uint8Array;
  export default bytes;
}

/** What Node takes for "hornbeam"; the suites know it by its file's name. */
declare module "hornbeam/node" {
  const names: object;
  export = names;
}
