/**
 * What is published, in dist/:
 *
 *   index.js   the package, with both wasm builds inline
 *   slim.js    the same without wasm (`init` brings it)
 *   data.js    hornbeam/data; holds nothing of the core
 *   errors.js  the error classes, in a file of their own so that `instanceof` agrees between the entries above
 *   *.d.ts     declarations
 *
 * All libraries are bundled, so the package has no dependencies at run time. The code is left readable: whoever ships it
 * minifies it (`npm run size` measures that).
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { dts } from "rollup-plugin-dts";
import esbuild from "rollup-plugin-esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const errors = resolve(root, "src/util/errors.ts");

/** The one module that is shared between bundles, by file and not by copy. */
const sharedErrors = {
  name: "shared-errors",
  async resolveId(source, importer) {
    if (importer === undefined || !source.startsWith(".")) return null;
    const found = resolve(importer, "..", source);
    return found === errors ? { id: "./errors.js", external: "relative" } : null;
  },
};

/** The package's own import `#wasm`: the inline kernels, or none. */
const wasm = (file) => ({
  name: "wasm",
  resolveId: (source) => (source === "#wasm" ? resolve(root, file) : null),
});

const compile = () => [nodeResolve(), esbuild({ target: "es2022", tsconfig: resolve(root, "tsconfig.json") })];

function bundle(name, input, plugins) {
  return {
    input: { [name]: resolve(root, input) },
    plugins: [...plugins, ...compile()],
    external: /^node:/,
    onwarn: strict,
    output: {
      dir: "dist",
      format: "es",
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      generatedCode: "es2015",
    },
  };
}

/** An import that cannot be resolved would only fail at the user's. */
function strict(warning, warn) {
  if (warning.code === "UNRESOLVED_IMPORT" || warning.code === "CIRCULAR_DEPENDENCY") throw new Error(warning.message);
  warn(warning);
}

export const entries = { index: "src/index.ts", slim: "src/slim.ts", data: "src/data/index.ts" };

export default [
  bundle("errors", "src/util/errors.ts", []),
  bundle("index", entries.index, [sharedErrors, wasm("build/wasm-inline.js")]),
  bundle("slim", entries.slim, [sharedErrors, wasm("src/runtime/wasm-none.ts")]),
  bundle("data", entries.data, [sharedErrors]),
  {
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, resolve(root, file)])),
    plugins: [
      wasm("src/runtime/wasm-none.ts"),
      dts({ tsconfig: resolve(root, "tsconfig.json"), compilerOptions: { isolatedDeclarations: false } }),
    ],
    external: /^node:/,
    onwarn: strict,
    output: { dir: "dist", format: "es", entryFileNames: "[name].d.ts", chunkFileNames: "types.d.ts" },
  },
];
