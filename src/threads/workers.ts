import type { WorkerHandle, WorkerMaker } from "./pool.ts";
import type { WorkerStart } from "./protocol.ts";

interface Host {
  process?: { versions?: { node?: string } };
  Bun?: unknown;
}

/** How this host makes workers: Node and Deno by Node's module (Deno would wait for a `Worker` before it ends), pages and Bun by `Worker`. */
export async function workerMaker(url: string | URL | undefined): Promise<WorkerMaker> {
  const { process, Bun } = globalThis as Host;
  const inNode = process?.versions?.node !== undefined && Bun === undefined;
  return inNode ? nodeWorkers(url) : (lost) => webWorker(url, lost);
}

function webWorker(url: string | URL | undefined, lost: (error?: unknown) => void): WorkerHandle {
  // Written out in one piece: bundlers look for this form.
  const worker =
    url === undefined
      ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })
      : new Worker(url, { type: "module" });
  worker.onerror = (event) => {
    event.preventDefault?.();
    // A script that does not load says no more.
    lost(event.message ?? "its script was not loaded");
  };
  // Bun would wait for the worker before it ends.
  (worker as { unref?: () => void }).unref?.();
  return { start: (message: WorkerStart) => worker.postMessage(message), terminate: () => worker.terminate() };
}

async function nodeWorkers(url: string | URL | undefined): Promise<WorkerMaker> {
  const { Worker } = await import("node:worker_threads");
  // Node takes strings for paths.
  const address = typeof url === "string" && url.startsWith("file:") ? new URL(url) : url;
  return (lost) => {
    const worker = new Worker(address ?? new URL("./worker.ts", import.meta.url));
    worker.on("error", lost);
    worker.on("exit", () => lost());
    worker.unref();
    return {
      start: (message: WorkerStart) => worker.postMessage(message),
      terminate: () => void worker.terminate(),
    };
  };
}
