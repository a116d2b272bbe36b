/**
 * `npm run bench:rivals [-- --filter TEXT] [--json FILE]`: Hornbeam against TensorFlow.js (wasm), jax-js and ONNX Runtime
 * Web, each pair in turns in one run, results compared first. Prints medians, the ratio with its quartiles, and the floor
 * and goal the project has set itself; exits non-zero when a floor is missed in a quiet run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as jax from "./jax.mjs";
import { runtime } from "./ort.mjs";
import * as ours from "./ours.mjs";
import { assertAlike, comparePair } from "./pair.mjs";
import * as tfjs from "./tfjs.mjs";
import { workloads } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    json: { type: "string" },
    build: { type: "string", default: "simd" },
  },
});
ours.hb.configure({ build: options.build });

const { W1, W2, W3 } = workloads;

/** The first losses of both sides without dropout, which draws other masks in every library. */
async function alikeTraining(name, rival, workload) {
  const [a, b] = [ours.trainer(workload, 0), rival.trainer(workload, 0)];
  for (let i = 0; i < 3; i++) assertAlike(`${name}, loss ${i}`, await a.step(), await b.step());
}

function training(workload, rival, floor, goal) {
  const name = `train ${workload.name} against ${rival.name}`;
  return {
    name,
    floor,
    goal,
    async prepare() {
      await alikeTraining(name, rival, workload);
      return [ours.trainer(workload).step, rival.trainer(workload).step];
    },
  };
}

function product(n, rival, floor, goal) {
  const name = `product ${n}³ against ${rival.name}`;
  return {
    name,
    floor,
    goal,
    flops: 2 * n ** 3,
    prepare() {
      const [a, b] = [ours.product(n, "nn", options.build), rival.product(n)];
      a.step();
      assertAlike(name, a.result(), b.result());
      return [a.step, b.step];
    },
  };
}

function prediction(workload, size, packageName, floor, goal) {
  const name = `predict ${workload.name} b${size} against ${packageName}`;
  return {
    name,
    floor,
    goal,
    async prepare() {
      const rival = packageName === "tfjs-wasm" ? tfjs : await runtime(packageName);
      if (rival === undefined) return undefined;
      const [a, b] = [ours.predictor(workload, size), await rival.predictor(workload, size)];
      assertAlike(name, a.step(), await b.step());
      return [a.step, b.step];
    },
  };
}

const rows = [
  product(256, tfjs, 1.1, 1.2),
  product(512, tfjs, 1.1, 1.2),
  product(1024, tfjs, 1.1, 1.2),
  training(W1, jax, 12, 20),
  training(W2, jax, 2, 2.5),
  training(W3, jax, 1.7, 2),
  training(W1, tfjs, 10, 15),
  training(W2, tfjs, 10, 15),
  training(W3, tfjs, 10, 15),
  prediction(W2, 256, "onnxruntime-web", 1.1, 1.4),
  prediction(W2, 1, "onnxruntime-web", 0.9, 1.5),
  prediction(W1, 1, "onnxruntime-web"),
  prediction(W1, 32, "onnxruntime-web"),
  prediction(W1, 32, "tfjs-wasm"),
  prediction(W2, 256, "tfjs-wasm"),
  prediction(W2, 256, "onnxruntime-node"),
].filter(({ name }) => name.includes(options.filter));

await tfjs.start();
await jax.start();
console.log(`Node ${process.version}, build "${options.build}"; milliseconds, and how many times as fast as the rival`);
const results = [];
for (const { name, floor, goal, flops, prepare } of rows) {
  let sides;
  try {
    sides = await prepare();
  } catch (error) {
    console.log(`${name.padEnd(46)} not timed: ${error.message}`);
    process.exitCode = 1;
    continue;
  }
  if (sides === undefined) {
    console.log(`${name.padEnd(46)} not installed`);
    continue;
  }
  const result = await comparePair(...sides);
  results.push({ name, floor, goal, ...result });
  if (floor !== undefined && result.ratio < floor && !result.noisy) process.exitCode = 1;
  console.log(line(name, result, floor, goal, flops));
}
if (options.json) {
  writeFileSync(options.json, `${JSON.stringify({ node: process.version, build: options.build, results }, null, 2)}\n`);
}

function line(name, { ours: a, theirs: b, ratio, low, high, noisy, noise }, floor, goal, flops) {
  const ms = (seconds) => (seconds * 1000).toPrecision(4).padStart(9);
  const rate = flops === undefined ? "" : ` (${(flops / a / 1e9).toFixed(1)} GFLOP/s)`;
  const verdict =
    floor === undefined ? "" : ratio >= goal ? "goal reached" : ratio >= floor ? "floor reached" : "BELOW THE FLOOR";
  const wanted = floor === undefined ? "" : ` floor ${floor}, goal ${goal}:`;
  const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
  const mark = noisy ? ` [noisy: calibration varied by ${(noise * 100).toFixed(0)} %]` : "";
  return `${name.padEnd(46)}${ms(a)} ${ms(b)}   ${ratio.toFixed(2).padStart(6)} (${spread})${wanted} ${verdict}${rate}${mark}`;
}
