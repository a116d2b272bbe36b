/**
 * Imported before anything else, puts a whole test process into another way of execution: HORNBEAM_TEST_BUILD=debug runs the
 * kernels with asserts in place of `simd`, HORNBEAM_TEST_THREADS shares whatever can be cut, however small, between so
 * many threads. HORNBEAM_PLAN, HORNBEAM_FUSE and HORNBEAM_BUILD do the rest, as everywhere.
 */
import { readFileSync } from "node:fs";
import { useThreading } from "../../src/runtime/parallel.ts";
import { provideWasm } from "../../src/runtime/wasm-source.ts";
import { Threads } from "../../src/threads/threads.ts";
import { workerMaker } from "../../src/threads/workers.ts";
import { allowThreads, changeSettings } from "../../src/util/settings.ts";
import { threadWorkerUrl } from "./thread-worker.ts";

const { HORNBEAM_TEST_BUILD: build, HORNBEAM_TEST_THREADS: threads = "1" } = process.env;

if (build === "debug") {
  provideWasm("simd", readFileSync(new URL("../../build/debug.wasm", import.meta.url)));
  changeSettings({ build: "simd" });
} else if (build === "simd" || build === "relaxed") changeSettings({ build });
if (Number(threads) > 1) {
  allowThreads();
  const makeWorker = await workerMaker(threadWorkerUrl("src/threads/worker.ts", { abort: build === "debug" }));
  useThreading(new Threads(makeWorker, { leastCall: 0, leastPart: 0, patience: 60_000 }));
  changeSettings({ threads: Number(threads) });
}
