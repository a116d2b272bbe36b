import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

/** A thread's script as JavaScript: the loader that runs these tests does not reach into workers. `kernel` becomes its `KERNEL`. */
export function threadWorkerUrl(source = "src/threads/worker.ts", kernel = ""): URL {
  const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const outfile = at(`build/test/${process.pid}-${basename(source, ".ts")}${kernel}.mjs`);
  const define = { KERNEL: JSON.stringify(kernel) };
  buildSync({ entryPoints: [at(source)], bundle: true, format: "esm", outfile, external: ["node:*"], define });
  return pathToFileURL(outfile);
}
