/**
 * Trains on a CSV file of 200 MB, read from its path, in a process of its own, and prints as JSON what that took:
 * `{bytes, rows, steps, rss, seconds, worst}`; `rss` is the most there ever was. `fit shuffled` draws rows from a buffer.
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dataset } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";

const BYTES = 200e6;
const WIDTH = 10;
/** y is this share of the first column, so that one can see that the rows came through. */
const SLOPE = 0.25;

/** Rows of five-figure numbers in (−50, 50), each a product of its place. */
function block(first: number, rows: number): string {
  const lines: string[] = [];
  for (let row = first; row < first + rows; row++) {
    const x = Array.from({ length: WIDTH }, (_, j) => (((row * 7919 + j * 104_729) % 100_000) - 50_000) / 1000);
    lines.push([...x, (x[0]! * SLOPE).toFixed(5)].join(","));
  }
  return `${lines.join("\n")}\n`;
}

function write(path: string): { bytes: number; rows: number } {
  const file = openSync(path, "w");
  let bytes = writeSync(file, `${Array.from({ length: WIDTH }, (_, j) => `x${j}`).join(",")},y\n`);
  let rows = 0;
  // The residues have the period 100,000; what follows may repeat.
  const blocks = Array.from({ length: 20 }, (_, i) => Buffer.from(block(i * 5000, 5000)));
  for (let i = 0; bytes < BYTES; i++, rows += 5000) bytes += writeSync(file, blocks[i % 20]!);
  closeSync(file);
  return { bytes, rows };
}

/** Writes the file in a process of its own: what making it takes is no part of what reading it takes. */
function writeApart(path: string): { bytes: number; rows: number } {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "write", path];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

if (process.argv[2] === "write") {
  console.log(JSON.stringify(write(process.argv[3]!)));
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), "hornbeam-soak-"));
try {
  const path = join(folder, "rows.csv");
  const { bytes, rows } = writeApart(path);
  const stream = Dataset.fromCsv(path, { target: "y", dtype: "float32" });
  const data = (process.argv[3] === "shuffled" ? stream.shuffle(10_000, 1) : stream).batch(1024).prefetch(2);
  const model = hb.sequential({ layers: [hb.input({ shape: [WIDTH] }), hb.layers.dense({ units: 1 })] });
  model.compile({ optimizer: hb.optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  const start = performance.now();
  let steps = 0;
  await model.fit(data, undefined, { epochs: 1, verbose: 0, callbacks: { onTrainBatchEnd: () => void steps++ } });
  const seconds = (performance.now() - start) / 1000;
  const [kernel] = model.getWeights() as hb.Tensor[];
  const worst = Math.max(...[...kernel!.dataSync()].map((w, j) => Math.abs(w - (j === 0 ? SLOPE : 0))));
  const rss = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ bytes, rows, steps, rss, seconds, worst }));
} finally {
  rmSync(folder, { recursive: true });
}
