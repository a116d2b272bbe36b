/** Runs the benches of bench/ on an engine: bundled once, by esbuild, for commands (all of them) and for a page (those of models). */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { withBrowser } from "../test/browser.mjs";
import { everywhere } from "../test/bundling.mjs";
import { findEngines } from "../test/engines.mjs";
import { serve } from "../test/serve.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What a page may take. */
const SECONDS = 1500;

/** This Node, or another engine by its id: `{id, label, version, path}`. */
export function engineBy(id = "node") {
  const own = { id: "node", label: "Node", version: process.versions.node, path: process.execPath };
  const engine = [own, ...findEngines()].find((each) => each.id === id);
  if (engine === undefined)
    throw new Error(`--engine: expected node, node24, bun, deno, chromium or firefox, got "${id}"`);
  if (engine.missing !== undefined) throw new Error(`${engine.label}: not found; ${engine.missing}`);
  return engine;
}

/** Where there is no `require`, `benchmark` looks for lodash in the global scope; in a page its own scripts look for it there. */
const globalBenchmark = {
  name: "global-benchmark",
  setup({ onLoad }) {
    onLoad({ filter: /\/benchmark\/benchmark\.js$/ }, ({ path }) => ({
      contents: `globalThis._ = require("lodash");\n${readFileSync(path, "utf8")}\nglobalThis.Benchmark = module.exports;`,
    }));
  },
};

/** Bundles build/bench/command.js and page.js. A bundle, since the loader of TypeScript slows closures down. */
export async function bundleBenches() {
  const files = readdirSync(join(root, "bench"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".bench.ts"))
    .sort();
  const entry = (name, chosen) => ({
    contents: `import { main } from "./bench/${name}.ts";
      await main([${chosen.map((file) => `() => import("./bench/${file}")`).join(", ")}]);`,
    resolveDir: root,
  });
  const entries = { command: files, page: files.filter((file) => file.startsWith("models/")) };
  for (const [name, chosen] of Object.entries(entries)) {
    await build({
      stdin: entry(name, chosen),
      outfile: join(root, `build/bench/${name}.js`),
      ...everywhere,
      define: { global: "globalThis" },
      plugins: [globalBenchmark],
      logLevel: "error",
    });
  }
}

/** Runs benches with `options` (those of bench/program.ts) on an engine; `print` gets the lines. Gives the report. */
export function runOn(engine, options, print) {
  return engine.browser ? runInPage(engine, options, print) : runByCommand(engine, options, print);
}

/** The arguments with which an engine runs a script that may read the builds. */
function scriptArguments({ id }, script) {
  const read = ["build", "dist"].map((folder) => join(root, folder)).join(",");
  return id === "deno" ? ["run", "--no-prompt", `--allow-read=${read}`, script] : [script];
}

async function runByCommand(engine, options, print) {
  const script = join(root, "build/bench/command.js");
  let report;
  await linesOf(engine.path, [...scriptArguments(engine, script), JSON.stringify(options)], (line) => {
    // The report; no line for people begins so.
    if (line.startsWith("{")) report = JSON.parse(line);
    else print(line);
  });
  return report;
}

async function runInPage(engine, options, print) {
  const { filters, ...others } = options;
  const query = new URLSearchParams({ run: "", filter: filters.join("\n"), ...others });
  const [report, text] = await inPages(engine, async (visit, url) => {
    const wanted = "globalThis.HORNBEAM_RESULT && [HORNBEAM_RESULT, document.querySelector('output').textContent]";
    return visit(`${url}/bench/index.html?${query}`, wanted, SECONDS);
  });
  for (const line of text.trim().split("\n").slice(1)) print(line);
  return report;
}

async function inPages(engine, use) {
  const { url, close } = await serve();
  let result;
  try {
    await withBrowser(engine, async (visit) => {
      result = await use(visit, url);
    });
  } finally {
    close();
  }
  return result;
}

/** Starts cold a number of times, each in a process or page of its own: what bench/cold-start.mjs gives. */
export async function coldStarts(engine, times) {
  const samples = [];
  if (engine.browser) {
    await inPages(engine, async (visit, url) => {
      for (let i = 0; i < times; i++)
        samples.push(await visit(`${url}/bench/cold-start.html`, "globalThis.HORNBEAM_RESULT", 60));
    });
    return samples;
  }
  const script = join(root, "bench/cold-start.mjs");
  for (let i = 0; i < times; i++) {
    await linesOf(engine.path, scriptArguments(engine, script), (line) => samples.push(JSON.parse(line)));
  }
  return samples;
}

/** Runs a command and hands on its lines; rejects unless it ends well. */
export function linesOf(command, args, print) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      lines.forEach(print);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}`));
    });
  });
}
