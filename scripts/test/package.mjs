/**
 * Runs test/engines/*.suite.ts, which import "hornbeam", against dist/ on every engine. Each suite becomes one ES module
 * that needs nothing but dist/, and so runs unchanged in Node, in Deno without any permission, and in a page.
 */
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { everywhere } from "./bundling.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Entries whose file is called otherwise. */
const FILES = { worker: "model-worker" };
const MARK = "HORNBEAM-RESULT ";
const SECONDS = 180;

/** The package by its public names, as files beside the bundled suites; colours of uvu would need Deno's env permission. */
const publicNames = {
  name: "public-names",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^hornbeam(\/[a-z]+)?$/ }, ({ path }) => {
      const entry = path === "hornbeam" ? "index" : path.slice("hornbeam/".length);
      return { path: `../../dist/${FILES[entry] ?? entry}.js`, external: true };
    });
    onResolve({ filter: /^hornbeam\/\w+\.wasm$/ }, ({ path }) => ({
      path: join(root, path.replace("hornbeam", "dist")),
    }));
    onResolve({ filter: /^kleur$/ }, () => ({ path: "kleur", namespace: "plain" }));
    onLoad({ filter: /.*/, namespace: "plain" }, () => ({ contents: PLAIN_KLEUR }));
  },
};

// kleur's chainable functions, without colours.
const PLAIN_KLEUR = `
const names = ["dim", "red", "gray", "grey", "green", "yellow", "black", "white", "bold", "underline", "italic", "bgRed", "bgWhite"];
const plain = (text) => (text === undefined ? plain : String(text));
for (const name of names) plain[name] = plain;
export default plain;
`;

/** Bundles the suites into build/engines; returns their names. */
export async function bundleSuites() {
  const names = readdirSync(join(root, "test/engines"))
    .filter((file) => file.endsWith(".suite.ts"))
    .map((file) => file.slice(0, -".suite.ts".length))
    .sort();
  for (const name of names) {
    const contents = `
      import { runSuites } from "./scripts/test/run-suites.mjs";
      const result = await runSuites(${JSON.stringify(`engines/${name}`)}, () => import("./test/engines/${name}.suite.ts"));
      globalThis.HORNBEAM_RESULT = result;
      console.log(${JSON.stringify(MARK)} + JSON.stringify(result));
    `;
    await build({
      stdin: { contents, resolveDir: root },
      outfile: join(root, `build/engines/${name}.js`),
      ...everywhere,
      plugins: [publicNames],
      loader: { ".wasm": "binary" },
      logLevel: "warning",
    });
    const page = `<!doctype html><meta charset="utf-8"><title>${name}</title><script type="module" src="./${name}.js"></script>\n`;
    writeFileSync(join(root, `build/engines/${name}.html`), page);
  }
  await bundleWorkers();
  return names;
}

/** Modules that suites start as workers. */
async function bundleWorkers() {
  const folder = join(root, "test/engines");
  const files = readdirSync(folder).filter((file) => file.endsWith(".worker.ts"));
  await build({
    entryPoints: files.map((file) => join(folder, file)),
    outdir: join(root, "build/engines"),
    ...everywhere,
    plugins: [publicNames],
    logLevel: "warning",
  });
}

/** Runs the bundled suites with a command, such as a Node or Deno. */
export async function runByCommand(command, args, names, report) {
  for (const name of names) {
    // In Deno reading a worker's script wants leave.
    const asks = args.length > 0 && ["threads", "worker"].includes(name);
    const leave = asks ? [`--allow-read=${join(root, "dist")},${join(root, "build/engines")}`] : [];
    const { output, ended } = await run(command, [...args, ...leave, join(root, `build/engines/${name}.js`)], SECONDS);
    const line = output.split("\n").findLast((text) => text.startsWith(MARK));
    if (line !== undefined && ended === "code 0") report(JSON.parse(line.slice(MARK.length)));
    else report(failure(`engines/${name}`, `ended with ${ended}\n${output}`));
  }
}

/** Runs the bundled suites in a page, that of threads in one without isolation too; `visit` is withBrowser's. */
export async function runInPage(visit, url, names, report) {
  for (const name of [...names, "threads.html?plain"]) {
    try {
      report(
        await visit(
          `${url}/build/engines/${name.includes(".") ? name : `${name}.html`}`,
          "globalThis.HORNBEAM_RESULT",
          SECONDS,
        ),
      );
    } catch (error) {
      report(failure(`engines/${name}`, error.message));
    }
  }
}

/** A failed run of something that could not report for itself. */
export function failure(name, text) {
  return { name, passed: 0, failed: 1, milliseconds: 0, report: `FAIL ${name}: ${text}`, absent: [] };
}

/** Runs a command to its end, without a terminal; all it printed, and how it ended. */
export function run(command, args, seconds) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
      });
    }
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
    const end = (ended) => {
      clearTimeout(timer);
      resolve({ output, ended: late ? `a kill after ${seconds} s` : ended });
    };
    child.on("error", (error) => end(String(error)));
    child.on("close", (code, signal) => end(signal === null ? `code ${code}` : `signal ${signal}`));
  });
}
