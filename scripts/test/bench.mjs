/** That the benchmarks run on an engine: a few of them as briefly as can be, as one test. What they measure here means nothing. */
import { bundleBenches, engineBy, runOn } from "../bench/engines.mjs";
import { failure } from "./package.mjs";

const BRIEFLY = { seconds: 0.001, rounds: 1, tries: 1, build: "auto" };
const MODELS = ["models/train W1", "models/predict W2 b1", "models/plan 20-layer MLP, first prediction"];
/** What only commands run. */
const KERNELS = ["gemm/share of peak: peak", "threads/product 512³: 2 threads", "training/optimizers 1K: adam"];

/** Runs some benches on the engine with this id. */
export async function runBenches(id, report) {
  const name = `bench/ on ${id}`;
  const start = performance.now();
  const wanted = engineBy(id).browser ? MODELS : [...MODELS, ...KERNELS];
  const said = [];
  try {
    await bundleBenches();
    const filters = wanted.map((text) => text.replace(/: .*/, ""));
    const { build, results } = await runOn(engineBy(id), { ...BRIEFLY, filters }, (line) => said.push(line));
    const strange = results.find((result) => !filters.some((filter) => result.name.includes(filter)));
    if (strange !== undefined) throw new Error(`no filter asks for "${strange.name}"`);
    for (const text of wanted) {
      const found = results.find((result) => result.name === text);
      if (!(found?.milliseconds.median > 0)) throw new Error(`no time of "${text}"`);
      if (!said.some((line) => line.startsWith(text))) throw new Error(`"${text}" was not shown`);
    }
    if (!["simd", "relaxed"].includes(build)) throw new Error(`the build is "${build}"`);
    report({
      name,
      passed: 1,
      failed: 0,
      milliseconds: performance.now() - start,
      report: said.join("\n"),
      absent: [],
    });
  } catch (error) {
    report(failure(name, `${error.stack}\n${said.join("\n")}`));
  }
}
