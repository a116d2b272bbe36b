/**
 * `npm run gradients`: writes docs/gradients.md, the errors of every op against its float64 oracle. Node 20 has relaxed SIMD
 * only by a flag of V8.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
await ensureBuilt({ kernelsOnly: true });
const flags = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];
const { status, stdout } = spawnSync(
  process.execPath,
  [...flags, "--import", "tsx", "test/harness/gradient-table.ts"],
  { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 24 },
);
if (status !== 0) process.exit(status ?? 1);
writeFileSync(`${root}/docs/gradients.md`, stdout);
console.log("docs/gradients.md");
