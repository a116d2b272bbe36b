/** A process that runs test files one after another, as scripts/test/files.mjs sends their names. */
import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runSuites } from "./run-suites.mjs";

process.on("message", async ({ name, path }) => {
  const result = await runSuites(name, () => import(pathToFileURL(path).href));
  process.send(result);
});
// A test that ends the process must not look like a pass: the parent sees no result for its file.
process.on("exit", (code) => writeSync(2, `worker ended with code ${code}\n`));
process.send("ready");
