/**
 * `npm run bench:rivals`: installs the rivals (bench/thirdparty, nothing of them is part of the package) and runs the comparison,
 * with `--engine node24` on Node 24.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { engineBy } from "./bench/engines.mjs";
import { ensureBuilt } from "./build.mjs";

const folder = fileURLToPath(new URL("../bench/thirdparty/", import.meta.url));

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const args = process.argv.slice(2);
const at = args.indexOf("--engine");
const [, id] = at < 0 ? [] : args.splice(at, 2);
const engine = engineBy(id);
if (!engine.id.startsWith("node")) throw new Error(`--engine: expected node or node24, got "${id}"`);
await ensureBuilt();
// Without scripts of installation: onnxruntime-node's would load what only graphics cards need.
if (!existsSync(`${folder}node_modules`)) run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
run(engine.path, ["--import", "tsx", "index.mjs", ...args], folder);
