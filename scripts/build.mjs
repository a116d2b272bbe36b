/**
 * `npm run build`: kernels, bundles, declarations. With `--if-stale` only what is missing or older than its sources, judged
 * by a hash of their contents, so that a fresh clone and an edited tree both just work.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const path = (...parts) => join(root, ...parts);

const WASM_FILES = ["simd.wasm", "relaxed.wasm"];
const wasm = {
  name: "kernels",
  sources: ["assembly", "asconfig.json", "scripts/build-wasm.mjs", "package-lock.json"],
  made: [
    "build/wasm-inline.js",
    "src/runtime/kernel-table.ts",
    "src/threads/kernel-splits.ts",
    "build/debug.wasm",
    "build/unpack.wasm",
    ...WASM_FILES.map((file) => `build/${file}`),
  ],
  stamp: "build/kernels.stamp",
  make: buildWasm,
};
const dist = {
  name: "bundles",
  sources: [
    "src",
    "build/wasm-inline.js",
    "rollup.config.mjs",
    "scripts/build.mjs",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ],
  made: published(),
  stamp: "build/dist.stamp",
  make: buildDist,
};

/** The files that package.json's `exports` lead to. */
function published() {
  const { exports } = JSON.parse(readFileSync(path("package.json"), "utf8"));
  const files = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  return files.filter((file) => file.startsWith("./dist/")).map((file) => file.slice(2));
}

/** Brings build/ up to date, and dist/ unless `kernelsOnly`. */
export async function ensureBuilt({ force = false, kernelsOnly = false } = {}) {
  for (const step of kernelsOnly ? [wasm] : [wasm, dist]) {
    if (!force && isFresh(step)) continue;
    const start = performance.now();
    rmSync(path(step.stamp), { force: true });
    await step.make();
    mkdirSync(path("build"), { recursive: true });
    writeFileSync(path(step.stamp), hashOf(step.sources));
    console.error(`built ${step.name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

function isFresh({ sources, made, stamp }) {
  return (
    [stamp, ...made].every((file) => existsSync(path(file))) && readFileSync(path(stamp), "utf8") === hashOf(sources)
  );
}

function hashOf(sources) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((source) => filesUnder(path(source)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesUnder(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesUnder(join(place, name)));
}

function buildWasm() {
  const { status } = spawnSync(process.execPath, [path("scripts/build-wasm.mjs")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("the kernels did not build (after a change of package.json: npm ci)");
}

async function buildDist() {
  const { rollup } = await import("rollup");
  const { default: configs } = await import(pathToFileURL(path("rollup.config.mjs")).href);
  // Written aside and swapped in, so that a failed build leaves the old one whole.
  const aside = path(`dist-${process.pid}`);
  try {
    for (const { output, ...input } of configs) {
      const bundle = await rollup(input);
      const written = await bundle.write({ ...output, dir: aside });
      await bundle.close();
      checkImports(written.output);
    }
    await makeForNode(rollup, aside);
    writeFileSync(join(aside, "THIRD-PARTY.txt"), notices());
    for (const file of WASM_FILES) copyFileSync(path("build", file), join(aside, file));
    rmSync(path("dist"), { recursive: true, force: true });
    renameSync(aside, path("dist"));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * node/: the same files for Node, whose cold start takes a seventh less with them. White space is gone, and so are characters that
 * make an engine keep the text in two bytes each; names and kernels are in fewer files.
 */
async function makeForNode(rollup, dir) {
  const { transform } = await import("esbuild");
  mkdirSync(join(dir, "node"));
  const made = new Set();
  const make = async (file, code) => {
    // Node shows the line that threw above an error: it must not be the whole file.
    const minify = { minifyWhitespace: true, minifySyntax: true, charset: "ascii", lineLimit: 120 };
    const small = await transform(code.replace(HIDDEN_IMPORT, "import($1)"), {
      format: "esm",
      target: "es2022",
      ...minify,
    });
    writeFileSync(join(dir, "node", file), small.code);
  };
  for (const file of Object.keys(INTO_ONE)) {
    const { code, moduleIds } = await joined(rollup, dir, file);
    for (const id of moduleIds) made.add(basename(id));
    await make(file, code);
  }
  for (const file of readdirSync(dir)) {
    if (file.endsWith(".js") && !made.has(file)) await make(file, readFileSync(join(dir, file), "utf8"));
  }
}

/** What rollup.config.mjs makes of imports of Node's modules. Bundlers for Node know these, and look at imports without comments. */
const HIDDEN_IMPORT = /\bimport\(\/\*.*?\*\/ (["']node:[\w/]+["'])\.trim\(\)\)/g;

/** Files of node/ that hold what they import, and what of it stays outside. */
const INTO_ONE = {
  "index.js": /\b(core|util)\.js$/,
  "slim.js": /\b(slim-core|util)\.js$/,
  "core.js": /\b(util|saving|loading|io)\.js$/,
};

async function joined(rollup, dir, file) {
  const kernels = {
    name: "kernels",
    transform: (code, id) => (id.endsWith("wasm.js") ? { code: `${code}${READ_KERNELS}`, map: null } : null),
  };
  const bundle = await rollup({ input: join(dir, file), external: INTO_ONE[file], plugins: [kernels] });
  const { output } = await bundle.generate({ generatedCode: "es2015" });
  await bundle.close();
  const outside = output[0].imports.filter((name) => !INTO_ONE[file].test(name));
  if (output.length > 1 || outside.length > 0) throw new Error(`node/${file} imports ${outside}`);
  return output[0];
}

/**
 * Node unpacks nothing: it reads the builds, unless a bundle has left them behind (what lies there then is known by its
 * length). Not in Deno, which would ask for leave, and not by `import`, for which Node loads all that node:fs could need.
 */
const READ_KERNELS = `
wasmInline.read = (build) => {
  try {
    const { readFileSync } = globalThis.Deno ? {} : process.getBuiltinModule("node:fs");
    const bytes = readFileSync(new URL(\`../\${build}.wasm\`, import.meta.url));
    if (bytes.length === wasmInline.lengths[build]) return bytes;
  } catch {}
};
`;

/** The notices of the libraries that are bundled. */
function notices() {
  const of = (name) => {
    const { version, license } = JSON.parse(readFileSync(path("node_modules", name, "package.json"), "utf8"));
    const file = path("node_modules", name, "LICENSE");
    const text = existsSync(file)
      ? readFileSync(file, "utf8").trim()
      : "The licence's text: see LICENSE of this package.";
    return `${name} ${version} (${license})\n\n${text}\n`;
  };
  return ["fflate", "@assemblyscript/loader"].map(of).join("\n---\n\n");
}

/** The package has no dependencies: every import that is left must be a file of dist/, or Node's and then dynamic. */
function checkImports(chunks) {
  const files = chunks.map(({ fileName }) => fileName);
  const own = (name) => [name, name.replace(/\.js$/, ".d.ts")].some((file) => files.includes(file.replace("./", "")));
  for (const { fileName, imports = [], dynamicImports = [] } of chunks) {
    const bad = [
      ...imports.filter((name) => !own(name)),
      ...dynamicImports.filter((name) => !own(name) && !name.startsWith("node:")),
    ];
    if (bad.length > 0) throw new Error(`dist/${fileName} imports ${bad.join(", ")}: bundle it`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuilt({ force: !process.argv.includes("--if-stale") });
  } catch (error) {
    console.error(`build: ${error.message}${error.code === undefined ? "" : ` (${error.code})`}`);
    process.exitCode = 1;
  }
}
