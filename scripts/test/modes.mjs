/**
 * The other ways of execution: tests of correctness and of equal bits once more with each build, with one, two and three
 * threads that share whatever can be cut, with plans as ever, without shared memory in plans, and without fusion. The build
 * with asserts is the same on every Node, so the older one runs it, and the newer the relaxed one, which only it has.
 */
import { testFiles } from "./files.mjs";

const PLANS = [{}, { HORNBEAM_PLAN: "0" }, { HORNBEAM_FUSE: "0" }];
const THREADS = ["1", "2", "3"];

/** `{name, env}` of each way in which some builds run. */
export function modes(builds) {
  return builds.flatMap((build) =>
    THREADS.flatMap((threads) =>
      PLANS.map((plan) => ({
        name: [
          build,
          `${threads} thread${threads === "1" ? "" : "s"}`,
          ...Object.keys(plan).map((key) => `${key}=0`),
        ].join(", "),
        env: { HORNBEAM_TEST_BUILD: build, HORNBEAM_TEST_THREADS: threads, ...plan },
      })),
    ),
  );
}

/** What computes: not what only refuses input, reads files or looks at plans themselves, and nothing that is timed. */
export function modeFiles() {
  return testFiles([
    ...["harness/mode", "autodiff/", "compile/effects", "compile/random-graphs", "conformance/cases", "fixtures/"],
    ...["layers/batch-normalization", "layers/dense", "layers/dropout", "layers/other-layers", "layers/merging"],
    ...["losses/keras", "losses/settings", "metrics/keras", "models/predict-samples", "models/state", "ops/"],
    ...["optimizers/keras", "random/masks", "training/fit", "training/golden", "training/reference"],
    ...["training/custom-steps", "training/scores", "training/seed-parity", "training/structures"],
  ]);
}
