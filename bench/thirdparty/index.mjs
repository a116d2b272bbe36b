/**
 * `npm run bench:rivals [-- --filter TEXT … --engine node24 --build relaxed --threads 2 --json FILE]`: Hornbeam against
 * TensorFlow.js (wasm), jax-js and ONNX Runtime Web, and for information against native ONNX Runtime and PyTorch, where they are installed. Each
 * pair takes turns in one run, after the results have been compared. Prints medians, the ratio with its quartiles, and the floor and goal
 * the project has set itself; exits non-zero when a floor is missed in a quiet run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inTurns, spreadOf } from "../measure.ts";
import { assertAlike } from "./alike.mjs";
import { runtime } from "./ort.mjs";
import * as ours from "./ours.mjs";
import * as tfjs from "./tfjs.mjs";
import * as torch from "./torch.mjs";
import { installWorker } from "./web-worker.mjs";
import { workloads } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", multiple: true, default: [""] },
    json: { type: "string" },
    build: { type: "string", default: "simd" },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "0.25" },
    rounds: { type: "string", default: "9" },
    tries: { type: "string", default: "5" },
  },
});
const threads = Number(options.threads);
const effort = { seconds: Number(options.seconds), rounds: Number(options.rounds), tries: Number(options.tries) };
ours.hb.configure({ build: options.build });
if (threads > 1) {
  await ours.useThreads(threads);
  installWorker(threads);
}
// After a `Worker` is there, if there shall be one.
const jax = await import("./jax.mjs");

const { W1, W2, W3 } = workloads;

/**
 * The first losses of both sides without dropout, which draws other masks in every library, and in small steps: at the usual
 * rate W3 has learnt its batch by heart after two, and a loss of 7e-5 by tfjs, from float32 probabilities that it scales to
 * a sum of 1, is a hundredth off what the same weights give by logits.
 */
async function alikeTraining(name, rival, workload) {
  const check = { rate: 0, learningRate: 1e-4, threads };
  const [a, b] = [ours.trainer(workload, check), await rival.trainer(workload, check)];
  for (let i = 0; i < 3; i++) assertAlike(`${name}, loss ${i}`, await a.step(), await b.step());
  b.stop?.();
}

/** A row: what both sides do, the floor and goal of the ratio, and for how many threads it is. */
function training(workload, rival, floor, goal, on = [1]) {
  const name = `train ${workload.name} against ${rival.name}`;
  return {
    name,
    on,
    floor,
    goal,
    async prepare() {
      if (rival === torch && torch.find() === undefined) return undefined;
      await alikeTraining(name, rival, workload);
      return [ours.trainer(workload), await rival.trainer(workload, { threads })];
    },
  };
}

function product(n, rival, floor, goal) {
  const name = `product ${n}³ against ${rival.name}`;
  return {
    name,
    on: [1],
    floor,
    goal,
    flops: 2 * n ** 3,
    prepare() {
      const [a, b] = [ours.product(n, "nn", options.build), rival.product(n)];
      a.step();
      assertAlike(name, a.result(), b.result());
      return [a, b];
    },
  };
}

function prediction(workload, size, packageName, floor, goal, on = [1]) {
  const name = `predict ${workload.name} b${size} against ${packageName}`;
  const own = { "tfjs-wasm": tfjs, PyTorch: torch }[packageName];
  return {
    name,
    on,
    floor,
    goal,
    async prepare() {
      if (own === torch && torch.find() === undefined) return undefined;
      const rival = own ?? (await runtime(packageName, threads));
      if (rival === undefined) return undefined;
      const [a, b] = [ours.predictor(workload, size), await rival.predictor(workload, size, { threads })];
      assertAlike(name, a.step(), await b.step());
      return [a, b];
    },
  };
}

const BOTH = [1, 2];
const rows = [
  product(256, tfjs, 1.1, 1.2),
  product(512, tfjs, 1.1, 1.2),
  product(1024, tfjs, 1.1, 1.2),
  training(W1, jax, 12, 20),
  training(W2, jax, 2, 2.5),
  training(W3, jax, ...(threads > 1 ? [1.9, 2.4] : [1.7, 2]), BOTH),
  training(W1, tfjs, 10, 15),
  training(W2, tfjs, 10, 15),
  training(W3, tfjs, 10, 15),
  prediction(W2, 256, "onnxruntime-web", 1.1, 1.4),
  prediction(W2, 1, "onnxruntime-web", 0.9, 1.5),
  prediction(W1, 1, "onnxruntime-web"),
  prediction(W1, 32, "onnxruntime-web"),
  prediction(W1, 32, "tfjs-wasm"),
  prediction(W2, 256, "tfjs-wasm"),
  // Native code, for information.
  training(W1, torch),
  training(W2, torch, undefined, undefined, BOTH),
  training(W3, torch, undefined, undefined, BOTH),
  prediction(W2, 256, "PyTorch", undefined, undefined, BOTH),
  prediction(W2, 256, "onnxruntime-node", undefined, undefined, BOTH),
  prediction(W2, 1, "onnxruntime-node"),
].filter(({ name, on }) => on.includes(threads) && options.filter.some((text) => name.includes(text)));
if (rows.length === 0) throw new Error(`no row for ${threads} threads matches "${options.filter.join('" or "')}"`);

if (threads === 1) await tfjs.start();
await jax.start(threads);
const said = [`Node ${process.version}`, `build "${options.build}"`, `${threads} thread${threads > 1 ? "s" : ""}`];
console.log(`${said.join(", ")}; milliseconds, and how many times as fast as the rival`);
const results = [];
for (const { name, floor, goal, flops, prepare } of rows) {
  let sides;
  let timed;
  try {
    sides = await prepare();
    timed =
      sides &&
      (await inTurns(
        sides.map((side) => (side.time ? side : side.step)),
        effort,
      ));
  } catch (error) {
    console.log(`${name.padEnd(42)} not timed: ${error.message}`);
    results.push({ name, floor, goal, failed: error.message });
    process.exitCode = 1;
    continue;
  }
  if (timed === undefined) {
    console.log(`${name.padEnd(42)} not installed`);
    continue;
  }
  const { times, ...machine } = timed;
  sides[1].stop?.();
  const [mine, theirs] = [0, 1].map((side) => spreadOf(times.map((round) => round[side] * 1e3)));
  const ratio = spreadOf(times.map(([a, b]) => b / a));
  const result = { name, floor, goal, flops, ours: mine, theirs, ratio, ...machine };
  results.push(result);
  if (floor !== undefined && ratio.median < floor && !machine.noisy) process.exitCode = 1;
  console.log(line(result));
}
if (options.json) {
  const { build } = options;
  const report = { engine: `Node ${process.versions.node}`, build, threads, torch: torch.find(), results };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
// Workers of rivals may hold the process.
process.exit();

function line({ name, ours: mine, theirs, ratio, noisy, noise, floor, goal, flops }) {
  const ms = ({ median }) => median.toPrecision(4).padStart(9);
  const { median, low, high } = ratio;
  const rate = flops === undefined ? "" : ` (${(flops / mine.median / 1e6).toFixed(1)} GFLOP/s)`;
  const reached = median >= goal ? "goal reached" : median >= floor ? "floor reached" : "BELOW THE FLOOR";
  const verdict = floor === undefined ? "" : ` floor ${floor}, goal ${goal}: ${reached}`;
  const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
  const mark = noisy ? ` [noisy: calibration varied by ${(noise * 100).toFixed(0)} %]` : "";
  return `${name.padEnd(42)}${ms(mine)} ${ms(theirs)}   ${median.toFixed(2).padStart(6)} (${spread})${verdict}${rate}${mark}`;
}
