/** The measurements behind the table of docs/performance.md: each is one command, which writes its report as JSON. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { engineBy } from "./engines.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/bench/table");

const filters = (...names) => names.flatMap((name) => ["--filter", name]);
const EFFORT = ["--rounds", "9", "--tries", "5"];

/** `{id, command}` of `npm run bench`. */
function bench(name, engine, args) {
  return { id: `${name}-${engine}`, command: ["scripts/bench.mjs", "--engine", engine, ...args, ...EFFORT] };
}

/** Of `npm run bench:rivals`. */
function rivals(name, engine, args) {
  return { id: `${name}-${engine}`, command: ["scripts/bench-rivals.mjs", "--engine", engine, ...args] };
}

const NODES = ["node", "node24"];
const kernels = filters("gemm/share", "gemm/forms", "training/dropout 128x512", "training/threefry");

/** All of them, in the order in which they run; none takes ten minutes, even where each is made five times. */
export const jobs = [
  ...NODES.map((engine) => bench("kernels-simd", engine, [...kernels, "--build", "simd"])),
  bench("kernels-relaxed", "node24", [...kernels, "--build", "relaxed"]),
  ...NODES.map((engine) => bench("threads", engine, filters("threads/"))),
  ...[...NODES, "deno", "chromium"].map((engine) => bench("models", engine, filters("models/", "cold start"))),
  ...NODES.flatMap((engine) => [
    rivals("rivals-products", engine, filters("product")),
    rivals("rivals-jax", engine, filters("jax-js")),
    rivals("rivals-tfjs", engine, filters("train W1 against tfjs", "train W2 against tfjs", "train W3 against tfjs")),
    rivals("rivals-predict", engine, filters("against onnxruntime-web", "b32 against tfjs", "b256 against tfjs")),
    rivals("rivals-2-threads", engine, ["--threads", "2", ...filters("jax-js")]),
  ]),
  rivals("native", "node24", ["--build", "relaxed", ...filters("PyTorch", "onnxruntime-node")]),
  rivals("native-2-threads", "node24", [
    ...["--build", "relaxed", "--threads", "2"],
    ...filters("PyTorch", "onnxruntime-node"),
  ]),
  ...NODES.map((engine) => ({ id: `memory-${engine}`, run: () => memory(engine) })),
  { id: "size", command: ["scripts/size.mjs"] },
];

/** Growth of memory over steps of W1, as the test of long runs measures it. */
function memory(engine) {
  const flags = ["--expose-gc", "--min-semi-space-size=1", "--max-semi-space-size=1", "--import", "tsx"];
  const { stdout } = run(engineBy(engine).path, [...flags, "test/soak/flat-memory.ts", "train"], "pipe");
  console.log(stdout.trim());
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** Runs a command; what counts is its report, since one that misses a floor ends with an error. */
function run(command, args, out = "inherit") {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", out, "inherit"], encoding: "utf8" });
}

const fileOf = ({ id }) => join(folder, `${id}.json`);

/** Runs a job and keeps its report, with the date and the load it met. */
export function runJob(job) {
  const [load] = loadavg();
  const file = fileOf(job);
  mkdirSync(dirname(file), { recursive: true });
  let report;
  if (job.run) report = job.run();
  else {
    const made = `${file}.new`;
    rmSync(made, { force: true }); // that of a run which was interrupted
    run(process.execPath, [...job.command, "--json", made]);
    if (!existsSync(made)) throw new Error(`${job.id}: no report`);
    report = JSON.parse(readFileSync(made, "utf8"));
    rmSync(made);
  }
  writeFileSync(file, JSON.stringify({ date: new Date().toISOString().slice(0, 10), load, report }));
}

/** The kept report of a job by its id; undefined where it never ran. */
export function reportOf(id) {
  const file = fileOf({ id });
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
