/** `npm run bench:rivals`: installs the rivals (bench/thirdparty, nothing of them is part of the package) and runs the comparison. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build.mjs";

const folder = fileURLToPath(new URL("../bench/thirdparty/", import.meta.url));

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

await ensureBuilt();
if (!existsSync(`${folder}node_modules`)) run("npm", ["ci", "--no-audit", "--no-fund"], folder);
run(process.execPath, ["index.mjs", ...process.argv.slice(2)], folder);
