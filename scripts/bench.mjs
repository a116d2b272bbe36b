/**
 * The benchmarks: `npm run bench -- [--filter TEXT …] [--engine node|node24|bun|deno|chromium|firefox] [--build simd|relaxed]
 * [--seconds S] [--rounds N] [--tries N] [--json FILE]`, or `--serve` to look at bench/index.html in a browser.
 *
 * Runs every bench/**\/*.bench.ts whose name contains a filter, and cold starts, on this Node or another engine (a page runs
 * those of models), prints medians with quartiles of the rounds, and writes them as JSON if asked. Ratios taken in one run on one
 * machine mean something; times compared across machines do not. A run whose calibration loop varied by more than 10 % is
 * made anew up to `--tries` times, and is marked if it never was even.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { tsImport } from "tsx/esm/api";
import { bundleBenches, coldStarts, engineBy, runOn } from "./bench/engines.mjs";
import { ensureBuilt } from "./build.mjs";
import { serve } from "./test/serve.mjs";

const { spreadOf } = await tsImport("../bench/measure.ts", import.meta.url);
const COLD = "cold start";

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", multiple: true, default: [""] },
    engine: { type: "string", default: "node" },
    build: { type: "string", default: "auto" },
    seconds: { type: "string", default: "0.1" },
    rounds: { type: "string", default: "3" },
    tries: { type: "string", default: "1" },
    json: { type: "string" },
    serve: { type: "boolean" },
  },
});

/** Median and quartiles of each figure of the cold starts. */
async function coldStart(engine, times) {
  const samples = await coldStarts(engine, times);
  return Object.keys(samples[0]).map((figure) => {
    const { median, low, high } = spreadOf(samples.map((sample) => sample[figure]));
    const range = `${low.toFixed(1)}–${high.toFixed(1)}`;
    console.log(`${`${COLD}: ${figure}`.padEnd(50)}${`${median.toFixed(2)} ms`.padStart(14)} (${range})`);
    return { name: `${COLD}: ${figure}`, milliseconds: { median, low, high } };
  });
}

async function run() {
  const engine = engineBy(options.engine);
  const effort = { seconds: +options.seconds, rounds: +options.rounds, tries: +options.tries };
  const filters = options.filter.filter((text) => text === "" || !COLD.includes(text));
  const report = { engine: `${engine.label.replace(/ .*/, "")} ${engine.version}`, results: [] };
  console.log(report.engine);
  if (filters.length > 0)
    Object.assign(report, await runOn(engine, { ...effort, filters, build: options.build }, console.log));
  if (options.filter.some((text) => COLD.includes(text)))
    report.results = [...report.results, ...(await coldStart(engine, 3 * effort.rounds))];
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

await ensureBuilt();
await bundleBenches();
if (options.serve) {
  const { url } = await serve();
  console.log(`${url}/bench/index.html`);
} else await run();
