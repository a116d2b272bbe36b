/**
 * Runs the examples, each as one test: *.ts on this Node, deno.ts on Deno, *.html in Chromium and Firefox. A script passes with exit
 * code 0, a page when it sets `document.body.dataset.state = "done"` (and fails by throwing, or with "failed").
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failure, run } from "./package.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SECONDS = 180;

function examples(extension) {
  const folder = join(root, "examples");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(extension))
    .sort();
}

const isForDeno = (file) => file.startsWith("deno");

/** Examples for Node. */
export async function runNodeExamples(report) {
  for (const file of examples(".ts").filter((name) => !isForDeno(name))) {
    await runScript(process.execPath, ["--import", "tsx"], file, report);
  }
}

/** Examples for Deno. */
export async function runDenoExamples(deno, report) {
  for (const file of examples(".ts").filter(isForDeno)) await runScript(deno, ["run", "--no-prompt"], file, report);
}

/** Example pages; `visit` is withBrowser's. */
export async function runPageExamples(visit, url, report) {
  for (const file of examples(".html")) {
    const start = performance.now();
    try {
      const state = await visit(`${url}/examples/${file}`, "document.body?.dataset.state", SECONDS);
      report(state === "done" ? pass(file, start) : failure(`examples/${file}`, `the page's state is "${state}"`));
    } catch (error) {
      report(failure(`examples/${file}`, error.message));
    }
  }
}

async function runScript(command, args, file, report) {
  const start = performance.now();
  const { output, ended } = await run(command, [...args, join("examples", file)], SECONDS);
  report(ended === "code 0" ? pass(file, start) : failure(`examples/${file}`, `ended with ${ended}\n${output}`));
}

function pass(file, start) {
  const milliseconds = performance.now() - start;
  return { name: `examples/${file}`, passed: 1, failed: 0, milliseconds, report: "", absent: [] };
}
