/** The package without kernels inside: `await init(…)` brings them. Everything else is as in `hornbeam`. */
export * from "./index.ts";
export { init, type InitOptions } from "./init.ts";
