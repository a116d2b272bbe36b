/** The declarations of dist/, as a user's compiler sees them: without `skipLibCheck`, in both ways to resolve modules. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const compiler = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("package/program.ts", import.meta.url));
const strict = [
  "--strict",
  "--noImplicitOverride",
  "--exactOptionalPropertyTypes",
  "--isolatedModules",
  "--ignoreConfig",
];
const target = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", "false", "--rootDir", root];

suite("types of the package", (test) => {
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
});
