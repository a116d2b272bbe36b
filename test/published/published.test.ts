/** dist/ as a user's tools see it: the compiler, without `skipLibCheck` and in both ways to resolve modules; bundlers for pages. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { rollup } from "rollup";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const compiler = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("program.ts", import.meta.url));
const strict = [
  "--strict",
  "--noImplicitOverride",
  "--exactOptionalPropertyTypes",
  "--isolatedModules",
  "--ignoreConfig",
];
const target = ["--target", "es2022", "--skipLibCheck", "false", "--rootDir", root];
const forPages = ["--lib", "es2022,dom,dom.iterable"];

spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--if-stale"], { stdio: ["ignore", 2, 2] });

suite("the published package", (test) => {
  for (const [module, resolution, libraries] of [
    ["nodenext", "nodenext", forPages],
    ["nodenext", "nodenext", ["--lib", "es2022", "--types", "node"]],
    ["esnext", "bundler", forPages],
  ] as const) {
    test(`a user's program compiles, and its own declarations can be made (${resolution}, ${libraries[1]})`, () => {
      const outDir = mkdtempSync(join(tmpdir(), "hornbeam-types-"));
      const output = ["--declaration", "--emitDeclarationOnly", "--outDir", outDir];
      const modules = ["--module", module, "--moduleResolution", resolution];
      const { stdout, status } = spawnSync(process.execPath, [
        ...[compiler, ...strict, ...target, ...libraries, ...modules, ...output, program],
      ]);
      rmSync(outDir, { recursive: true });
      assertEqual(String(stdout), "", "messages of the compiler");
      assertEqual(status, 0, "exit code");
    });
  }

  test("the package holds what its README links to", () => {
    const { files }: { files: string[] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const links = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/\]\(([^):#]+)[^)]*\)/g)].map(
      ([, to]) => to!,
    );
    assert(links.length > 20, `${links.length} links`);
    const missing = links.filter((to) => !existsSync(join(root, to)) || !files.includes(to.replace(/\/.*/, "")));
    assertEqual(missing, []);
  });

  test("bundlers for pages leave imports of Node's modules alone", async () => {
    // esbuild fails on one it sees; webpack and Vite go by the comments.
    const options = { bundle: true, write: false, format: "esm", outdir: root, splitting: true, minify: true } as const;
    const { errors } = await build({ ...options, entryPoints: [program], logLevel: "silent" });
    assertEqual(errors, []);
    const dist = join(root, "dist");
    const scripts = readdirSync(dist).filter((file) => file.endsWith(".js"));
    const imports = scripts.flatMap(
      (file) => readFileSync(join(dist, file), "utf8").match(/import\([^)]*node:.*/g) ?? [],
    );
    assert(imports.length > 5, `expected imports of Node's modules, got ${imports.length}`);
    for (const text of imports) assert(/webpackIgnore: true.*@vite-ignore/.test(text), text);
  });

  test("the files for Node import Node's modules by plain names, which bundlers for Node know", () => {
    const folder = join(root, "dist/node");
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const imports = texts.flatMap((text) => text.match(/\bimport\([^)]*\)/g) ?? []);
    assert(imports.filter((text) => text.includes("node:")).length > 5, `got ${imports}`);
    for (const text of imports) assert(/^import\(\s?"[\w:./-]+"\s?\)$/.test(text), text);
  });

  test("threads in a bundle of esbuild find their script where docs/threads.md has it made, or where `workerUrl` says", async () => {
    const outdir = mkdtempSync(join(tmpdir(), "hornbeam-bundle-"));
    const options = { bundle: true, format: "esm", outdir, absWorkingDir: root, logLevel: "silent" } as const;
    const contents = `
      import * as hb from "hornbeam";
      import { enableThreads } from "hornbeam/threads";
      const workerUrl = process.argv[2] && new URL(process.argv[2], import.meta.url);
      await enableThreads({ threads: 2, ...(workerUrl && { workerUrl }) });
      const x = hb.ones([256, 256]);
      x.matMul(x);
      // A script that is not there is told of when it is the workers' turn.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log(x.matMul(x).sum().item());`;
    const run = (...args: string[]): string[] => {
      const { stdout, stderr } = spawnSync(process.execPath, [join(outdir, "app.js"), ...args], { encoding: "utf8" });
      return [stdout.trim(), stderr.trim()];
    };
    try {
      await build({
        ...options,
        stdin: { contents, resolveDir: root, sourcefile: "app.js" },
        outdir,
        entryNames: "app",
      });
      writeFileSync(join(outdir, "package.json"), '{ "type": "module" }');
      const [sum, log] = run();
      assertEqual(sum, String(256 ** 3));
      assert(/a worker ended.*worker\.js'.*workerUrl/.test(log!), log!);
      for (const place of ["worker", "scripts/worker"]) {
        await build({ ...options, entryPoints: { [place]: "hornbeam/worker.js" } });
        assertEqual(run(...(place === "worker" ? [] : [`./${place}.js`])), [sum, ""], place);
        rmSync(join(outdir, `${place}.js`));
      }
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test("an error that nobody catches is shown by Node with a short line above it", () => {
    const program = `import { tensor } from "hornbeam"; tensor([1]).reshape([3]);`;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: root });
    assert(/ShapeError: \[reshape\]/.test(String(stderr)), String(stderr).slice(-2000));
    const longest = Math.max(
      ...String(stderr)
        .split("\n")
        .map((line) => line.length),
    );
    assert(longest < 500, `a line of ${longest} characters`);
  });

  for (const entry of ["index", "slim"]) {
    test(`${entry}.js for Node has the names of the one for others`, async () => {
      const [others, node] = await Promise.all([names(`dist/${entry}.js`), names(`dist/node/${entry}.js`)]);
      assertEqual(node, others);
      assert(node.length > 300, `${node.length} names`);
    });
  }

  test("the files for Node read the kernels, and unpack them where a bundle has others beside it or none", () => {
    const away = mkdtempSync(join(tmpdir(), "hornbeam-away-"));
    mkdirSync(join(away, "node"));
    for (const file of ["index.js", "core.js", "util.js"]) {
      copyFileSync(join(root, "dist/node", file), join(away, "node", file));
    }
    const unpacked = (dist: string): [unpackers: number, sum: string] => {
      const { stdout, stderr } = spawnSync(process.execPath, [
        ...["--input-type=module", "--eval", UNPACKED, pathToFileURL(join(dist, "node/index.js")).href],
      ]);
      assertEqual(String(stderr), "");
      return JSON.parse(String(stdout));
    };
    assertEqual(unpacked(join(root, "dist")), [0, "3,5"]);
    assertEqual(unpacked(away), [1, "3,5"]);
    for (const file of ["simd.wasm", "relaxed.wasm"]) {
      writeFileSync(join(away, file), readFileSync(join(root, "dist", file)).subarray(0, -1));
    }
    assertEqual(unpacked(away), [1, "3,5"]);
    rmSync(away, { recursive: true });
  });

  test("bundles for Node, of esbuild and rollup, as modules and as CommonJS, run without the kernels' files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hornbeam-node-"));
    const entry = join(folder, "app.js");
    writeFileSync(
      entry,
      `import { tensor } from ${JSON.stringify(join(root, "dist/node/index.js"))};
      console.log(String(tensor([1, 2]).add([2, 3]).arraySync()));`,
    );
    const input = await rollup({
      input: entry,
      external: /^node:/,
      onwarn: ({ message }) => assertEqual(message, "", "warning of rollup"),
    });
    try {
      for (const [format, ending] of [
        ["esm", "mjs"],
        ["cjs", "cjs"],
      ] as const) {
        const files = ["esbuild", "rollup"].map((name) => join(folder, `${name}.${ending}`));
        const options = { bundle: true, platform: "node", format, logLevel: "silent" } as const;
        const { warnings } = await build({ ...options, entryPoints: [entry], outfile: files[0]! });
        assertEqual(warnings, [], "warnings of esbuild");
        await input.write({ format, file: files[1]!, inlineDynamicImports: true });
        for (const file of files) {
          const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
          assertEqual([stdout, stderr], ["3,5\n", ""], file);
        }
      }
    } finally {
      await input.close();
      rmSync(folder, { recursive: true });
    }
  });
});

/** Counts the modules that have a memory of their own, as only the one that unpacks kernels has. */
const UNPACKED = `
let unpackers = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...given) {
  const instance = new Instance(...given);
  if (instance.exports.unpack) unpackers++;
  return instance;
};
const { tensor } = await import(process.argv[1]);
const sum = String(tensor([1, 2]).add([2, 3]).arraySync());
console.log(JSON.stringify([unpackers, sum]));
`;

/** What a file of dist/ has, with the kinds of things. */
async function names(file: string): Promise<string[]> {
  const flat = (space: object): string[] =>
    Object.entries(space).flatMap(([name, value]) =>
      typeof value === "object" ? flat(value).map((inner) => `${name}.${inner}`) : [`${name}: ${typeof value}`],
    );
  return flat(await import(pathToFileURL(join(root, file)).href)).sort();
}
