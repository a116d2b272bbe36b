/** What a second thread brings: a product, and whole steps. Its file is apart since memory is shared from the first of these on. */
import { engine } from "../../src/memory/engine.ts";
import { parallel, setParallel } from "../../src/runtime/parallel.ts";
import { enableThreads } from "../../src/threads/index.ts";
import type { Bench, Comparison } from "../bench.ts";
import { batchOf, type Workload, w1, w2, w3 } from "../models/workloads.ts";

/** Two threads over the built package's script. */
async function twoThreads(): Promise<void> {
  if (parallel() === undefined) {
    const workerUrl = new URL("../../dist/worker.js", import.meta.url);
    await enableThreads({ threads: 2, workerUrl });
  }
}

/** Runs a function as if there were one thread; plans that are bound meanwhile stay on it. */
function onOneThread(run: () => void): () => void {
  return () => {
    const threads = parallel();
    setParallel(undefined);
    try {
      run();
    } finally {
      setParallel(threads);
    }
  };
}

/** The bare product kernel on one thread and on two. */
function product(n: number): Comparison {
  const side = (threads: number): Bench => ({
    name: `${threads} thread${threads === 1 ? "" : "s"}`,
    flops: 2 * n ** 3,
    prepare: async () => {
      await twoThreads();
      const { heap, kernels } = engine();
      const workspace = 4 * kernels.f32_gemm_workspace(n, n, n, 0);
      const [x, w, y] = [0, 0, 0].map(() => heap.allocate(4 * n * n)) as [number, number, number];
      const ws = heap.allocate(workspace);
      for (const ptr of [x, w]) heap.f32.fill(0.5, ptr / 4, ptr / 4 + n * n);
      const args = [y, x, w, 0, 0, n, n, n, n, n, n, 0, ws] as const;
      const work = { flops: 2 * n ** 3, bytes: 12 * n * n, workspace };
      const run =
        threads === 1 ? () => kernels.f32_gemm_nn(...args) : parallel()?.share({ kernel: "f32_gemm_nn", args }, work);
      if (run === undefined) throw new Error(`a product of ${n}³: nothing to share it with`);
      run();
      const last = heap.f32[y / 4 + n * n - 1];
      if (last !== n / 4) throw new Error(`a product of ${n}³: expected ${n / 4}, got ${last}`);
      return run;
    },
  });
  return { name: `threads/product ${n}³`, sides: [side(1), side(2)] };
}

/** A training step on one thread and on two. */
function step(workload: Workload): Comparison {
  const side = (threads: number): Bench => ({
    name: `${threads} thread${threads === 1 ? "" : "s"}`,
    prepare: async () => {
      await twoThreads();
      const model = workload.model();
      const { x, y } = batchOf(workload);
      const run = (): void => void model.trainOnBatch(x, y);
      return threads === 1 ? onOneThread(run) : run;
    },
  });
  return { name: `threads/train ${workload.name}`, sides: [side(1), side(2)] };
}

export const comparisons: readonly Comparison[] = [product(512), ...[w1, w2, w3].map(step)];
