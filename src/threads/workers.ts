import type { WorkerHandle, WorkerMaker } from "./pool.ts";
import type { WorkerStart } from "./protocol.ts";

interface Host {
  process?: { versions?: { node?: string } };
  Deno?: unknown;
  Bun?: unknown;
}

/** How this host makes workers: Node by its own module, pages, Deno and Bun by `Worker`. */
export async function workerMaker(url: string | URL | undefined): Promise<WorkerMaker> {
  const { process, Deno, Bun } = globalThis as Host;
  const inNode = process?.versions?.node !== undefined && Deno === undefined && Bun === undefined;
  return inNode ? nodeWorkers(url) : (lost) => webWorker(url, lost);
}

function webWorker(url: string | URL | undefined, lost: () => void): WorkerHandle {
  // Written out in one piece: bundlers look for this form.
  const worker =
    url === undefined
      ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })
      : new Worker(url, { type: "module" });
  worker.onerror = (event) => {
    event.preventDefault?.();
    lost();
  };
  // Deno and Bun would wait for the worker before they end.
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
    worker.on("exit", lost);
    worker.unref();
    return {
      start: (message: WorkerStart) => worker.postMessage(message),
      terminate: () => void worker.terminate(),
    };
  };
}
