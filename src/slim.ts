/** The package without kernels inside: `await init(…)` brings them. Everything else is as in `hornbeam`. */
export * from "./index.ts";
export { type InitOptions, init } from "./init.ts";
