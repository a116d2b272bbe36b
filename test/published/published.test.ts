/** dist/ as a user's tools see it: the compiler, without `skipLibCheck` and in both ways to resolve modules; bundlers for pages. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
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
const target = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", "false", "--rootDir", root];

spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--if-stale"], { stdio: ["ignore", 2, 2] });

suite("the published package", (test) => {
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    test(`a user's program compiles, and its own declarations can be made (${resolution})`, () => {
      const outDir = mkdtempSync(join(tmpdir(), "hornbeam-types-"));
      const output = ["--declaration", "--emitDeclarationOnly", "--outDir", outDir];
      const modules = ["--module", module, "--moduleResolution", resolution];
      const { stdout, status } = spawnSync(process.execPath, [
        ...[compiler, ...strict, ...target, ...modules, ...output, program],
      ]);
      rmSync(outDir, { recursive: true });
      assertEqual(String(stdout), "", "messages of the compiler");
      assertEqual(status, 0, "exit code");
    });
  }

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
});
