import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

/** Gives modules what the build with asserts imports besides memory. */
const WITH_ABORT = `
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, { env }) {
  const abort = () => { throw new Error("an assertion failed in a worker"); };
  return new Instance(module, { env: { ...env, abort } });
};
`;

/**
 * A thread's script as JavaScript: the loader that runs these tests does not reach into workers. `kernel` becomes its
 * `KERNEL`; with `abort` it can run the build with asserts.
 */
export function threadWorkerUrl(
  source = "src/threads/worker.ts",
  { kernel = "", abort = false }: { kernel?: string; abort?: boolean } = {},
): URL {
  const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const outfile = at(`build/test/${process.pid}-${basename(source, ".ts")}${kernel}.mjs`);
  const define = { KERNEL: JSON.stringify(kernel) };
  const banner = { js: abort ? WITH_ABORT : "" };
  buildSync({ entryPoints: [at(source)], bundle: true, format: "esm", outfile, external: ["node:*"], define, banner });
  return pathToFileURL(outfile);
}
