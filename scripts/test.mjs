/**
 * `npm test [-- pattern …]`: every test on every engine that is found.
 *
 *   test/**\/*.test.ts          on this Node, and on Node 24 when that is another one
 *   test/engines/*.suite.ts    against dist/ on this Node, Node 24, Bun, Deno, headless Chromium and Firefox
 *   tests of correctness       once more with every build, number of threads, HORNBEAM_PLAN=0 and HORNBEAM_FUSE=0
 *   examples/*                 each as one test
 *   bench/                     some of it, as briefly as can be, on this Node, Deno and in a page
 *
 * With patterns: only the test files whose path contains one, on this Node. `--ci` also runs types, lint and `npm start`, each as a test;
 * `--verbose` prints what passing files print. HORNBEAM_REQUIRE=node24,bun,… makes a missing engine a failure.
 * The last line is `N passed, N failed`.
 */
import { parseArgs } from "node:util";
import { ensureBuilt } from "./build.mjs";
import { findEngines } from "./test/engines.mjs";
import { runFiles, testFiles } from "./test/files.mjs";
import { modeFiles, modes } from "./test/modes.mjs";

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { ci: { type: "boolean" }, verbose: { type: "boolean" } },
});
const total = { passed: 0, failed: 0, absent: new Set(), failures: [] };

/** Runs one part of the whole and prints its sum (`brief`: not each of its files); whatever it throws is one more failure. */
async function section(title, work, brief = false) {
  const before = { ...total };
  const start = performance.now();
  console.log(`\n${title}`);
  try {
    await work((result) => record(title, result, brief));
  } catch (error) {
    record(title, {
      name: title,
      passed: 0,
      failed: 1,
      milliseconds: 0,
      report: `FAIL ${error.stack ?? error}`,
      absent: [],
    });
  }
  const passed = total.passed - before.passed;
  const failed = total.failed - before.failed;
  if (passed + failed === 0) fail(`${title}: nothing ran`);
  console.log(`  ${passed} passed, ${failed} failed in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function record(title, { name, passed, failed, milliseconds, report, absent }, brief = false) {
  total.passed += passed;
  total.failed += failed;
  for (const each of absent) total.absent.add(each);
  if (failed > 0) total.failures.push(`${title}: ${name} (${failed})`);
  if (brief && failed === 0 && !options.verbose) return;
  const seconds = `${(milliseconds / 1000).toFixed(2)} s`.padStart(8);
  console.log(`  ${failed > 0 ? "FAIL" : "  ok"} ${seconds} ${String(passed).padStart(5)} passed  ${name}`);
  if (failed > 0 || options.verbose) console.log(report.replace(/^/gm, "      "));
}

function fail(text) {
  total.failed++;
  total.failures.push(text);
  console.log(`  FAIL ${text}`);
}

/** What CI runs besides: types, lint and the main job, each as one test. */
async function ciOnly(report) {
  const { failure, run } = await import("./test/package.mjs");
  for (const [name, ...args] of [
    ["types", "exec", "--", "tsc"],
    ["lint", "exec", "--", "biome", "ci", "--colors=off", "--reporter=summary", "."],
    ["npm start", "start", "--silent"],
  ]) {
    const start = performance.now();
    const { output, ended } = await run("npm", args, 600);
    const milliseconds = performance.now() - start;
    if (args[0] === "start") console.log(output.replace(/^/gm, "      "));
    if (ended !== "code 0") report(failure(name, `ended with ${ended}\n${output}`));
    else report({ name, passed: 1, failed: 0, milliseconds, report: output, absent: [] });
  }
}

async function builtPackage({ node24, deno, bun, chromium, firefox }) {
  const { bundleSuites, runByCommand } = await import("./test/package.mjs");
  const { runBenches } = await import("./test/bench.mjs");
  const { runDenoExamples, runNodeExamples } = await import("./test/examples.mjs");
  let names = [];
  await section("dist/ on this Node", async (report) => {
    names = await bundleSuites();
    await runByCommand(process.execPath, [], names, report);
    await runBenches("node", report);
  });
  await section("Examples on this Node", runNodeExamples);
  for (const engine of [node24, bun].filter(Boolean)) {
    await section(`dist/ on ${engine.label} ${engine.version}`, (report) =>
      runByCommand(engine.path, [], names, report),
    );
  }
  if (deno) {
    await section(`dist/ on Deno ${deno.version}`, async (report) => {
      await runByCommand(deno.path, ["run", "--no-prompt"], names, report, "engines");
      await runDenoExamples(deno.path, report);
      await runBenches("deno", report);
    });
  }
  for (const browser of [chromium, firefox].filter(Boolean)) {
    await section(`dist/ in ${browser.label} ${browser.version}`, (report) => inBrowser(browser, names, report));
  }
}

async function inBrowser(browser, names, report) {
  const { serve } = await import("./test/serve.mjs");
  const { withBrowser } = await import("./test/browser.mjs");
  const { runInPage } = await import("./test/package.mjs");
  const { runPageExamples } = await import("./test/examples.mjs");
  const { runBenches } = await import("./test/bench.mjs");
  const { url, close } = await serve();
  try {
    await withBrowser(browser, async (visit) => {
      await runInPage(visit, url, names, report);
      await runPageExamples(visit, url, report);
    });
    await runBenches(browser.id, report);
  } finally {
    close();
  }
}

/** The engines by id; a missing one is named, and fails if it is required. */
function engines() {
  const required = (process.env.HORNBEAM_REQUIRE ?? "").split(",").filter(Boolean);
  const found = {};
  const known = findEngines();
  for (const engine of known) {
    // A Node 24 that runs this script needs no second run.
    const isThis = engine.id === "node24" && process.versions.node.startsWith("24.");
    if (isThis) console.log(`${engine.label}: this one`);
    else if (engine.missing === undefined) console.log(`${engine.label}: ${engine.version} (${engine.path})`);
    else if (required.includes(engine.id)) fail(`${engine.label} is required and not found: ${engine.missing}`);
    else console.log(`${engine.label}: NOT FOUND, its tests do not run; ${engine.missing}`);
    if (!isThis && engine.missing === undefined) found[engine.id] = engine;
  }
  const unknown = required.filter((id) => !known.some((engine) => engine.id === id));
  if (unknown.length > 0) fail(`HORNBEAM_REQUIRE: no engine is called ${unknown.join(", ")}`);
  return found;
}

async function everything() {
  console.log(`This Node: ${process.versions.node} (${process.execPath})`);
  const found = engines();
  const built = await builds({});
  if (options.ci) await section("Types, lint, main job", ciOnly);
  await section(`Tests on Node ${process.versions.node}`, (report) => runFiles(process.execPath, testFiles(), report));
  const { node24 } = found;
  if (node24) await section(`Tests on Node ${node24.version}`, (report) => runFiles(node24.path, testFiles(), report));
  const newer = node24 ?? (process.versions.node.startsWith("24.") ? { path: process.execPath } : undefined);
  await inModes(`Node ${process.versions.node}`, process.execPath, ["simd", "debug"]);
  if (newer) await inModes("Node 24", newer.path, ["relaxed"]);
  if (built) await builtPackage(found);
}

/** Tests of correctness once more in every way some builds run in. */
async function inModes(engine, node, builds) {
  for (const { name, env } of modes(builds)) {
    await section(`Tests on ${engine}: ${name}`, (report) => runFiles(node, modeFiles(), report, env), true);
  }
}

/** Makes what is stale; a failure counts, and the tests that do not need it still run. */
async function builds(what) {
  try {
    await ensureBuilt(what);
    return true;
  } catch (error) {
    fail(`build: ${error.message}`);
    return false;
  }
}

try {
  if (patterns.length === 0) await everything();
  else {
    await builds({ kernelsOnly: true });
    await section(`Tests on Node ${process.versions.node}`, (report) =>
      runFiles(process.execPath, testFiles(patterns), report),
    );
  }
} catch (error) {
  fail(error.stack ?? String(error));
}
console.log("");
if (total.failures.length > 0) console.log(`Failed:\n  ${total.failures.join("\n  ")}`);
if (total.absent.size > 0) console.log(`Not counted, data absent: ${[...total.absent].join("; ")}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
