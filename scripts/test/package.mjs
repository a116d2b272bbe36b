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

/** Where the suites go, and the files of dist/ that they import there: those for Node, and those for all others. */
const FOLDERS = { engines: "dist", node: "dist/node" };

/** The package by its public names, as files beside the bundled suites; colours of uvu would need Deno's env permission. */
const publicNames = (folder) => ({
  name: "public-names",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^hornbeam(\/[a-z]+)?$/ }, ({ path }) => {
      const entry = path === "hornbeam" ? "index" : path.slice("hornbeam/".length);
      return { path: `../../${FOLDERS[folder]}/${FILES[entry] ?? entry}.js`, external: true };
    });
    onResolve({ filter: /^hornbeam\/\w+\.wasm$/ }, ({ path }) => ({
      path: join(root, path.replace("hornbeam", "dist")),
    }));
    onResolve({ filter: /^kleur$/ }, () => ({ path: "kleur", namespace: "plain" }));
    onLoad({ filter: /.*/, namespace: "plain" }, () => ({ contents: PLAIN_KLEUR }));
  },
});

// kleur's chainable functions, without colours.
const PLAIN_KLEUR = `
const names = ["dim", "red", "gray", "grey", "green", "yellow", "black", "white", "bold", "underline", "italic", "bgRed", "bgWhite"];
const plain = (text) => (text === undefined ? plain : String(text));
for (const name of names) plain[name] = plain;
export default plain;
`;

/** Bundles the suites into build/engines and build/node; returns their names. */
export async function bundleSuites() {
  const files = readdirSync(join(root, "test/engines")).sort();
  const without = (end) => files.filter((file) => file.endsWith(end)).map((file) => file.slice(0, -end.length));
  const names = without(".suite.ts");
  for (const folder of Object.keys(FOLDERS)) {
    for (const name of names) await bundleSuite(folder, name);
    await bundle(folder, {
      entryPoints: without(".worker.ts").map((name) => join(root, `test/engines/${name}.worker.ts`)),
    });
  }
  for (const name of names) {
    const page = `<!doctype html><meta charset="utf-8"><title>${name}</title><script type="module" src="./${name}.js"></script>\n`;
    writeFileSync(join(root, `build/engines/${name}.html`), page);
  }
  return names;
}

function bundleSuite(folder, name) {
  const contents = `
    import { runSuites } from "./scripts/test/run-suites.mjs";
    const result = await runSuites(${JSON.stringify(`engines/${name}`)}, () => import("./test/engines/${name}.suite.ts"));
    globalThis.HORNBEAM_RESULT = result;
    console.log(${JSON.stringify(MARK)} + JSON.stringify(result));
  `;
  return bundle(folder, { stdin: { contents, resolveDir: root, sourcefile: `${name}.js` }, entryNames: name });
}

const bundle = (folder, what) =>
  build({
    outdir: join(root, "build", folder),
    ...everywhere,
    plugins: [publicNames(folder)],
    loader: { ".wasm": "binary" },
    logLevel: "warning",
    ...what,
  });

/** Runs the bundled suites of a folder with a command, such as a Node or Deno. */
export async function runByCommand(command, args, names, report, folder = "node") {
  for (const name of names) {
    // In Deno reading a worker's script wants leave.
    const asks = args.length > 0 && ["threads", "worker"].includes(name);
    const leave = asks ? [`--allow-read=${join(root, "dist")},${join(root, "build", folder)}`] : [];
    const { output, ended } = await run(
      command,
      [...args, ...leave, join(root, `build/${folder}/${name}.js`)],
      SECONDS,
    );
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
