/**
 * What is published, in dist/:
 *
 *   index.js   hornbeam: only names, which it has from the files below
 *   layers.js, ops.js, …   one file of names for each namespace, so that bundlers see what of `hb.layers` is used
 *   node/      the same files for Node, fewer and smaller (scripts/build.mjs)
 *   core.js    all the code, with wasm.js (both builds of the kernels)
 *   slim.js, slim-*.js     the same once more without wasm (`init` brings it)
 *   saving.js, loading.js, slim-saving.js, slim-loading.js   what `model.save` and `loadModel` import when they are called
 *   data.js    hornbeam/data; holds nothing of the core
 *   tensorboard.js  hornbeam/tensorboard; neither
 *   io.js      hornbeam/io; neither does this. Its code is files.js, which the files above have in common with it, and
 *   keras-ops.js  the ops of configs as Keras has them, which they have in common too
 *   threads.js hornbeam/threads, and worker.js, the script of its threads
 *   profile.js hornbeam/profile
 *   model-worker.js  hornbeam/worker
 *   plot.js    hornbeam/plot; holds nothing of the core
 *   util.js    errors and small helpers of all of the above, so that `instanceof` agrees between them
 *   *.d.ts     declarations
 *
 * All libraries are bundled, so the package has no dependencies at run time. The code is left readable: whoever ships it
 * minifies it (`npm run size` measures that).
 */
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { dts } from "rollup-plugin-dts";
import esbuild from "rollup-plugin-esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const at = (file) => resolve(root, file);

/** What package.json's `exports` lead to. */
export const entries = {
  index: "src/index.ts",
  slim: "src/slim.ts",
  data: "src/data/index.ts",
  io: "src/io/index.ts",
  tensorboard: "src/tensorboard/index.ts",
  threads: "src/threads/index.ts",
  profile: "src/profile/index.ts",
  "model-worker": "src/worker/index.ts",
  plot: "src/plot/index.ts",
};

/** Rooms that are entries of their own. */
const rooms = Object.values(entries).flatMap((file) => file.match(/^src\/\w+\//) ?? []);

/** `export * as layers from "./layers/index.ts"` in index.ts, by the file. */
const namespaces = new Map(
  [...readFileSync(at(entries.index), "utf8").matchAll(/^export \* as (\w+) from "(.+)";$/gm)].map(([, name, file]) => [
    at(`src/${file}`),
    name,
  ]),
);

/** Modules of the copy without wasm go by a name of their own. */
const toSlim = (id) => id.replace(/\.ts$/, ".slim.ts");
const isSlim = (id) => id.endsWith(".slim.ts");
const bare = (id) => id.replace(/\.slim\.ts$/, ".ts");

/** Resolves what the source tree imports: two copies of it, which differ in `#wasm` and share the error classes. */
const copies = {
  name: "copies",
  async resolveId(source, importer, options) {
    const slim = isSlim(importer ?? source);
    if (source === "#wasm") return at(slim ? "src/runtime/wasm-none.ts" : "build/wasm-inline.js");
    const found = await this.resolve(bare(source), importer && bare(importer), { ...options, skipSelf: true });
    if (!found || found.external) return found;
    const name = namespaces.get(found.id);
    if (name !== undefined && importer !== undefined && bare(importer) === at(entries.index)) {
      return { id: `./${slim ? "slim-" : ""}${name}.js`, external: true };
    }
    const shared =
      [at("src/util/errors.ts"), at("src/io")].some((id) => found.id.startsWith(id)) || !found.id.startsWith(at("src"));
    return slim && !shared ? toSlim(found.id) : found.id;
  },
  load: (id) => (isSlim(id) ? readFileSync(bare(id), "utf8") : null),
};

/**
 * Of the loader only what the kernels use is bundled: they import nothing but their memory and are called as raw exports.
 */
const leanLoader = {
  name: "lean-loader",
  transform(code, id) {
    if (!id.includes("@assemblyscript/loader")) return null;
    const cuts = [
      [/^Object\.hasOwn = [\s\S]*?^};$/m, ""],
      [/new TextDecoder/, "/* @__PURE__ */ new TextDecoder"],
      [/(instantiateSync\(source[\s\S]*?)const extended = preInstantiate\(imports\);/, "$1"],
      [/(instantiateSync\(source[\s\S]*?)postInstantiate\(extended, instance\)/, "$1instance.exports"],
    ];
    let lean = code;
    for (const [what, by] of cuts) {
      if (!what.test(lean)) this.error(`the loader has changed: nothing matches ${what}`);
      lean = lean.replace(what, by);
    }
    return { code: lean, map: null };
  },
};

/**
 * Says of every call that makes a constant at the top of a module (or a static field, or a base class) that it has no other
 * effect, so that bundlers drop what a program does not use. Our modules do nothing at import; this is where that is relied on.
 */
const pureConstants = {
  name: "pure-constants",
  transform(code, id) {
    if (!bare(id).startsWith(at("src"))) return null;
    const edits = [];
    const mark = (node) => {
      const calls = [];
      let [reads, spreads] = [false, false];
      const visit = (part) => {
        if (part === null || typeof part !== "object" || /Function|ClassBody/.test(part.type ?? "")) return;
        if (part.type === "CallExpression" || part.type === "NewExpression") calls.push(part.start);
        // A bundler cannot know that reading a property has no effect: what is done inside a call it does not look at.
        reads ||= part.type === "MemberExpression";
        spreads ||= part.type === "SpreadElement";
        for (const value of Object.values(part)) visit(value);
      };
      visit(node);
      if (spreads || (reads && calls.length > 0))
        edits.push([node.start, "/* @__PURE__ */ (() => ("], [node.end, "))()"]);
      else for (const start of new Set(calls)) edits.push([start, "/* @__PURE__ */ "]);
    };
    for (const statement of this.parse(code).body) {
      const { type, declarations, superClass, body } = statement.declaration ?? statement;
      if (type === "VariableDeclaration") for (const { init } of declarations) mark(init);
      if (type !== "ClassDeclaration") continue;
      mark(superClass);
      for (const member of body.body) if (member.type === "PropertyDefinition" && member.static) mark(member.value);
    }
    let marked = code;
    for (const [place, text] of edits.sort(([a], [b]) => b - a)) {
      // Some say it themselves.
      const before = marked.slice(0, place).replace(/\/\* @__PURE__ \*\/ $/, "");
      marked = `${before}${text}${marked.slice(place)}`;
    }
    return { code: marked, map: null };
  },
};

function chunkOf(id) {
  const file = relative(root, bare(id)).replaceAll("\\", "/");
  if (Object.values(entries).includes(file)) return undefined;
  if (file.startsWith("src/io/")) return file.startsWith("src/io/keras-") ? "keras-ops" : "files";
  if (rooms.some((room) => file.startsWith(room))) return undefined;
  if (file.startsWith("build/")) return "wasm";
  if (file.startsWith("node_modules/fflate/")) return undefined;
  if ((file.startsWith("src/util/") && !isSlim(id)) || file.startsWith("node_modules/")) return "util";
  const lazy = file.startsWith("src/models/saving/");
  const part = file.endsWith("/saving/load.ts") ? "loading" : lazy ? "saving" : "core";
  return isSlim(id) ? `slim-${part}` : part;
}

/** The kernels come first in what bundlers make of the package: gzip then codes them in a block of their own. */
const wasmFirst = {
  name: "wasm-first",
  renderChunk(code) {
    const line = /^import .* from '.\/wasm.js';\n/m.exec(code)?.[0];
    return line === undefined ? null : { code: line + code.replace(line, ""), map: null };
  },
};

/**
 * Modules of Node's are asked for only in Node, Deno and Bun. Bundlers for pages would look for them all the same: webpack and
 * esbuild then fail, Vite warns. The comments tell webpack and Vite to leave the import alone; esbuild leaves alone what is
 * no literal, and no minifier makes a literal of this call.
 */
const nodeModulesLeftAlone = {
  name: "node-modules-left-alone",
  renderChunk: (code) => ({
    code: code.replace(
      /\bimport\((["']node:[\w/]+["'])\)/g,
      "import(/* webpackIgnore: true */ /* @vite-ignore */ $1.trim())",
    ),
    map: null,
  }),
};

/** Scripts of workers lie beside who starts them. */
const scripts = {
  name: "scripts",
  renderChunk: (code) => ({ code: code.replaceAll('new URL("./worker.ts", ', 'new URL("./worker.js", '), map: null }),
};

/**
 * A namespace is a module of its own in declarations too: written into index.d.ts, its types would become constants, and
 * `hb.layers.Layer` no type.
 */
const namespaceTypes = {
  name: "namespace-types",
  resolveId(source, importer) {
    if (source === "#wasm") return at("src/runtime/wasm-none.ts");
    const name = importer === at(entries.index) && namespaces.get(resolve(dirname(importer), source));
    return name ? { id: `./${name}.js`, external: true } : null;
  },
};

/** All declarations but those of the public names themselves. */
const typesOf = (id) =>
  Object.values(entries).some((file) => id === at(file)) || namespaces.has(id) ? undefined : "types";

/** Projects for Node often do without the library "dom", which alone declares these; beside it they change nothing. */
const WITHOUT_DOM = "declare global { namespace WebAssembly { interface Memory {} interface Module {} } }";

/** An import that cannot be resolved would only fail at the user's. */
function strict(warning, warn) {
  // Base classes and helper types, which a user has no reason to write; test/published/published.test.ts compiles a user's program.
  if (/private shared type exports/.test(warning.message)) return;
  if (warning.code === "UNRESOLVED_IMPORT" || warning.code === "CIRCULAR_DEPENDENCY") throw new Error(warning.message);
  warn(warning);
}

const inputs = (files) => Object.fromEntries(Object.entries(files).map(([name, file]) => [name, at(file)]));

export default [
  {
    input: {
      ...inputs(entries),
      slim: toSlim(at(entries.slim)),
      ...Object.fromEntries(
        [...namespaces].flatMap(([file, name]) => [
          [name, file],
          [`slim-${name}`, toSlim(file)],
        ]),
      ),
    },
    plugins: [
      copies,
      nodeResolve(),
      esbuild({ target: "es2022", tsconfig: at("tsconfig.json") }),
      leanLoader,
      pureConstants,
      wasmFirst,
      scripts,
      nodeModulesLeftAlone,
    ],
    external: /^node:/,
    onwarn: strict,
    preserveEntrySignatures: "strict",
    output: {
      dir: "dist",
      format: "es",
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      manualChunks: chunkOf,
      generatedCode: "es2015",
      minifyInternalExports: false,
      hoistTransitiveImports: false,
      onlyExplicitManualChunks: true,
    },
  },
  {
    input: { worker: at("src/threads/worker.ts") },
    plugins: [esbuild({ target: "es2022", tsconfig: at("tsconfig.json") }), nodeModulesLeftAlone],
    external: /^node:/,
    onwarn: strict,
    output: { dir: "dist", format: "es", entryFileNames: "[name].js" },
  },
  {
    input: { ...inputs(entries), ...Object.fromEntries([...namespaces].map(([file, name]) => [name, file])) },
    plugins: [namespaceTypes, dts({ tsconfig: at("tsconfig.json"), compilerOptions: { isolatedDeclarations: false } })],
    external: /^node:/,
    onwarn: strict,
    output: {
      dir: "dist",
      format: "es",
      entryFileNames: "[name].d.ts",
      chunkFileNames: "[name].d.ts",
      manualChunks: typesOf,
      banner: ({ name }) => (name === "types" ? WITHOUT_DOM : ""),
    },
  },
];
