/**
 * The benchmarks: `npm run bench -- [--filter TEXT] [--json FILE] [--seconds S]`.
 *
 * Runs every bench/**\/*.bench.ts, prints the median of each, and writes them as JSON if asked. Ratios taken in one run on
 * one machine mean something; times compared across machines do not.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Benchmark from "benchmark";
import type { Bench } from "./bench.ts";

interface Result {
  name: string;
  milliseconds: number;
  gflops?: number;
  gigabytesPerSecond?: number;
  /** Share of the other's GB/s, and its name. */
  beside?: { name: string; ratio: number };
}

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    json: { type: "string" },
    seconds: { type: "string", default: "0.2" },
  },
});

const folder = fileURLToPath(new URL(".", import.meta.url));

async function loadBenches(): Promise<Bench[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".bench.ts") && !file.startsWith("thirdparty"))
    .sort();
  const found: Bench[] = [];
  for (const file of files) {
    const module = (await import(new URL(file.replaceAll("\\", "/"), import.meta.url).href)) as { benches: Bench[] };
    found.push(...module.benches);
  }
  return found.filter(({ name }) => name.includes(options.filter));
}

/** V8 tiers wasm up in the background: without a warm-up the first samples show its baseline code. */
function warmUp(fn: () => void): void {
  const end = performance.now() + 100;
  for (let i = 0; i < 50 || performance.now() < end; i++) fn();
}

const median = (samples: number[]): number => samples.sort((a, b) => a - b)[samples.length >> 1] as number;

/** Runs two functions in turns. */
function measureBeside(fn: () => void, bytes: number, other: NonNullable<Bench["beside"]>): Result["beside"] {
  warmUp(other.fn);
  const [own, others]: [number[], number[]] = [[], []];
  const end = performance.now() + 1e3 * Number(options.seconds);
  while (own.length < 50 || performance.now() < end) {
    const start = performance.now();
    fn();
    const middle = performance.now();
    other.fn();
    own.push(middle - start);
    others.push(performance.now() - middle);
  }
  return { name: other.name, ratio: (bytes * median(others)) / (other.bytes * median(own)) };
}

function measure({ name, fn, flops, bytes, beside }: Bench): Result {
  warmUp(fn);
  const benchmark = new Benchmark(name, fn, { maxTime: Number(options.seconds), minSamples: 5 });
  benchmark.run();
  const error = (benchmark as { error?: unknown }).error;
  if (error) throw error;
  const seconds = median([...benchmark.stats.sample]);
  return {
    name,
    milliseconds: seconds * 1e3,
    ...(flops === undefined ? {} : { gflops: flops / seconds / 1e9 }),
    ...(bytes === undefined ? {} : { gigabytesPerSecond: bytes / seconds / 1e9 }),
    ...(bytes === undefined || beside === undefined ? {} : { beside: measureBeside(fn, bytes, beside) }),
  };
}

function show({ name, milliseconds, gflops, gigabytesPerSecond, beside }: Result): string {
  const time = `${milliseconds.toPrecision(4)} ms`.padStart(14);
  const rate = [
    gflops === undefined ? "" : `${gflops.toFixed(1)} GFLOP/s`,
    gigabytesPerSecond === undefined ? "" : `${gigabytesPerSecond.toFixed(1)} GB/s`,
  ].map((text) => text.padStart(14));
  const ratio = beside === undefined ? "" : `   ${beside.ratio.toFixed(2)}x ${beside.name}`;
  return `${name.padEnd(44)}${time}${rate.join("")}${ratio}`;
}

const benches = await loadBenches();
if (benches.length === 0) throw new Error(`no benchmark matches "${options.filter}"`);
const results: Result[] = [];
for (const bench of benches) {
  const result = measure(bench);
  results.push(result);
  console.log(show(result));
}
if (options.json) {
  const { version, arch, platform } = process;
  writeFileSync(options.json, `${JSON.stringify({ node: version, arch, platform, results }, null, 2)}\n`);
}
