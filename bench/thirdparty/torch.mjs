/**
 * Native PyTorch, where HORNBEAM_PYTHON (default python3) has it: torch_side.py in a process of its own, which times its
 * runs itself when its turn comes.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { batchOf, LEARNING_RATE, weightsOf } from "./workloads.mjs";

const PYTHON = process.env.HORNBEAM_PYTHON ?? "python3";
const script = fileURLToPath(new URL("torch_side.py", import.meta.url));

export const name = "PyTorch";
let version;

/** Its version; undefined where it, or what torch_side.py needs beside it, is not there. */
export function find() {
  if (version === undefined) {
    const { stdout, status } = spawnSync(PYTHON, ["-c", "import numpy, torch; print(torch.__version__)"], {
      encoding: "utf8",
    });
    version = status === 0 ? stdout.trim() : null;
  }
  return version ?? undefined;
}

/** Starts a side with its weights and batch; `rate` is that of dropout. */
async function start(workload, size, { rate = 0, learningRate = LEARNING_RATE, threads = 1 }) {
  const folder = mkdtempSync(join(tmpdir(), "hornbeam-torch-"));
  const { x, y } = batchOf(workload, size);
  const arrays = [
    ...weightsOf(workload),
    { shape: [size, workload.features], data: x },
    { shape: [size, workload.classes], data: y },
  ];
  writeFileSync(join(folder, "arrays.json"), JSON.stringify(arrays.map(({ shape }) => shape)));
  writeFileSync(join(folder, "arrays.bin"), Buffer.concat(arrays.map(({ data }) => Buffer.from(data.buffer))));
  const child = spawn(PYTHON, [script, folder, rate, learningRate, threads].map(String), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  // Its lines would be waited for without end when it is over. What cannot be written to it is told by its end, too.
  const ended = once(child, "close").then(([code, signal]) => {
    throw new Error(`${PYTHON} torch_side.py ended with ${signal ?? `code ${code}`}`);
  });
  ended.catch(() => {});
  child.stdin.on("error", () => {});
  const line = async () => (await Promise.race([once(lines, "line"), ended]))[0];
  const ask = (...words) => {
    const answer = line();
    child.stdin.write(`${words.join(" ")}\n`);
    return answer.then(JSON.parse);
  };
  try {
    await line();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ask, stop: () => child.kill() };
}

/** A training step: `step` gives the loss before it, `time` the seconds one takes. */
export async function trainer(workload, options) {
  const { ask, stop } = await start(workload, workload.batch, { rate: workload.rate, ...options });
  return { step: () => ask("train"), time: (seconds) => ask("time", "train", seconds), stop };
}

/** A prediction. */
export async function predictor(workload, size, options) {
  const { ask, stop } = await start(workload, size, options);
  return { step: () => ask("predict"), time: (seconds) => ask("time", "predict", seconds), stop };
}
