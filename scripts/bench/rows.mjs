/**
 * The rows of the table: what each takes from the jobs' reports, and the floor and goal it is held to. A cell is
 * `{values, text, noisy}`; the worst value decides.
 */
import { reportOf } from "./jobs.mjs";

const resultsOf = (id) => reportOf(id)?.report.results ?? [];

/** Results of a job whose names pass. */
const find = (id, wanted) => resultsOf(id).filter(({ name }) => name.startsWith(wanted));

/** A cell of some results, each with a value; undefined without any. */
function cell(results, valueIn, show) {
  const values = results.filter(({ failed }) => failed === undefined).map(valueIn);
  if (values.length === 0) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)].map(show);
  return { values, text: low === high ? low : `${low} – ${high}`, noisy: results.some(({ noisy }) => noisy) };
}

const times = (value) => `${value.toFixed(2)}×`;
const ratioOf = ({ ratio }) => ratio.median;

/** Products: 1 where one reaches the floor, 2 where it reaches the goal, by GFLOP/s or by its share of the peak. */
function shares(id, [floor, goal]) {
  const results = find(id, "gemm/share").filter(({ ratio }) => ratio !== undefined);
  const reaches = ({ gflops, ratio }, [speed, share]) => gflops >= speed || ratio.median >= share;
  const levels = cell(results, (each) => (reaches(each, goal) ? 2 : reaches(each, floor) ? 1 : 0), String);
  if (levels === undefined) return undefined;
  const rates = cell(
    results,
    ({ gflops }) => gflops,
    (value) => value.toFixed(1),
  );
  const parts = cell(results, ratioOf, (value) => `${(value * 100).toFixed(0)} %`);
  return { ...levels, text: `${rates.text} GFLOP/s, ${parts.text}` };
}

const rival =
  (job, ...names) =>
  (engine) =>
    cell(
      names.flatMap((name) => find(`${job}-${engine}`, name)),
      ratioOf,
      times,
    );

const milliseconds =
  (name, unit = "ms") =>
  (engine) =>
    cell(
      find(`models-${engine}`, name),
      ({ milliseconds: { median } }) => median * (unit === "µs" ? 1000 : 1),
      (value) => `${value.toPrecision(3)} ${unit}`,
    );

/** The best rate of all batch sizes by the worst. */
function batchSizes(engine) {
  const results = find(`models-${engine}`, "models/train W2 by size of batch");
  if (results.length === 0) return undefined;
  const rates = results.map(({ megaelementsPerSecond }) => megaelementsPerSecond);
  const value = Math.max(...rates) / Math.min(...rates);
  return { values: [value], text: times(value), noisy: results.some(({ noisy }) => noisy) };
}

function memory(engine) {
  const report = reportOf(`memory-${engine}`)?.report;
  const value = report && report.rss / 2 ** 20;
  return report && { values: [value], text: `${value.toFixed(1).replace("-", "−")} MB`, noisy: false };
}

const size = (program) => (engine) => {
  const found = reportOf("size")?.report.find(({ name }) => name.startsWith(program));
  if (found === undefined || engine !== "node") return undefined;
  return { values: [found.gzip], text: `${found.gzip.toFixed(1)} KB`, noisy: false };
};

const only = (wanted, valueIn) => (engine) => (engine === wanted ? valueIn(engine) : undefined);
const elements = (engine) =>
  cell(
    ["training/dropout 128x512", "training/threefry"].flatMap((name) => find(`kernels-simd-${engine}`, name)),
    ({ megaelementsPerSecond }) => megaelementsPerSecond,
    (value) => `${value.toFixed(0)} Me/s`,
  );

/** Rows whose values must be large, or small where `less`; `limit` says what stands in the columns of floor and goal. */
export const rows = [
  {
    name: "GEMM from 128×512×512 to 1024³, `simd`: GFLOP/s, or share of the peak of the same run",
    floor: 1,
    goal: 2,
    limits: ["30 or 87 %", "32.5 or 94 %"],
    value: (engine) =>
      shares(`kernels-simd-${engine}`, [
        [30, 0.87],
        [32.5, 0.94],
      ]),
  },
  {
    name: "the same, `relaxed`",
    floor: 1,
    goal: 2,
    limits: ["36 or 78 %", "40 or 87 %"],
    value: only("node24", (engine) =>
      shares(`kernels-relaxed-${engine}`, [
        [36, 0.78],
        [40, 0.87],
      ]),
    ),
  },
  {
    name: "GEMM × tfjs-wasm (XNNPACK), 512³ and 1024³, `simd`",
    floor: 1.1,
    goal: 1.2,
    value: rival("rivals-products", "product 512³", "product 1024³"),
  },
  {
    name: "transposed forms × plain form",
    floor: 0.95,
    goal: 1,
    value: (engine) =>
      cell(
        find(`kernels-simd-${engine}`, "gemm/forms").filter(({ ratio }) => ratio !== undefined),
        ratioOf,
        times,
      ),
  },
  {
    name: "2 threads × 1 thread, 512³",
    floor: 1.8,
    goal: 1.97,
    value: (engine) => cell(find(`threads-${engine}`, "threads/product 512³: 2"), ratioOf, times),
  },
  ...["W1", "W2", "W3"].map((name) => ({
    name: `2 threads × 1 thread, ${name} step (information)`,
    value: (engine) => cell(find(`threads-${engine}`, `threads/train ${name}: 2`), ratioOf, times),
  })),
  { name: "W1 step × jax-js", floor: 12, goal: 20, value: rival("rivals-jax", "train W1") },
  { name: "W2 step × jax-js, 1 thread", floor: 2, goal: 2.5, value: rival("rivals-jax", "train W2") },
  { name: "W3 step × jax-js, 1 thread", floor: 1.7, goal: 2, value: rival("rivals-jax", "train W3") },
  { name: "W3 step × jax-js, 2 threads each", floor: 1.9, goal: 2.4, value: rival("rivals-2-threads", "train W3") },
  ...["W1", "W2", "W3"].map((name) => ({
    name: `${name} step × tfjs-wasm`,
    floor: 10,
    goal: 15,
    value: rival("rivals-tfjs", `train ${name}`),
  })),
  {
    name: "W1 step × native PyTorch, 1 thread, `relaxed` (information)",
    goal: 4,
    value: only("node24", rival("native", "train W1 against PyTorch")),
  },
  {
    name: "W2 step × native PyTorch, 2 threads, `relaxed` (information)",
    goal: 1.1,
    value: only("node24", rival("native-2-threads", "train W2 against PyTorch")),
  },
  {
    name: "W1 prediction of 1",
    less: true,
    floor: 8,
    goal: 4,
    unit: "µs",
    value: milliseconds("models/predict W1 b1", "µs"),
  },
  {
    name: "W2 prediction of 256 × onnxruntime-web, 1 thread",
    floor: 1.1,
    goal: 1.4,
    value: rival("rivals-predict", "predict W2 b256 against onnx"),
  },
  {
    name: "W2 prediction of 1 × onnxruntime-web",
    floor: 0.9,
    goal: 1.5,
    value: rival("rivals-predict", "predict W2 b1 against onnx"),
  },
  {
    name: "plan of a 20-layer MLP and its first prediction, warm",
    less: true,
    floor: 10,
    goal: 4,
    unit: "ms",
    value: milliseconds("models/plan 20-layer"),
  },
  {
    name: "the same, the first time in a process",
    less: true,
    floor: 10,
    goal: 4,
    unit: "ms",
    value: milliseconds("cold start: plan"),
  },
  {
    name: "cold start: import to first W1 prediction",
    less: true,
    floor: 30,
    goal: 15,
    unit: "ms",
    value: milliseconds("cold start: predicted"),
  },
  {
    name: "gzip: a program that trains W2",
    less: true,
    floor: 60,
    goal: 50,
    unit: "KB",
    value: size("a program that"),
  },
  { name: "gzip: `import *`", less: true, floor: 100, goal: 80, unit: "KB", value: size('all of "hornbeam", both') },
  { name: "10,000 steps of W1: growth of RSS", less: true, floor: 5, goal: 0, unit: "MB", value: memory },
  {
    name: "W2 step at batch 32 … 1024, per sample: worst against best",
    less: true,
    floor: 1.6,
    goal: 1.35,
    value: batchSizes,
  },
  { name: "dropout, and threefry in JAX's layout", floor: 150, goal: 200, unit: "Me/s", value: elements },
];

/** The worst of a row's values against floor and goal. */
export function verdict({ floor, goal, less = false }, { values }) {
  const worst = less ? Math.max(...values) : Math.min(...values);
  const reaches = (limit) => limit !== undefined && (less ? worst <= limit : worst >= limit);
  if (reaches(goal)) return "goal";
  if (floor === undefined) return "";
  return reaches(floor) ? "floor" : "**below**";
}
