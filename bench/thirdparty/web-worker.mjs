/**
 * The browser's `Worker`, as far as jax-js uses it, over Node's worker threads: jax-js uses threads only where there is one.
 * To be imported before it.
 */
import { resolveObjectURL } from "node:buffer";
import { Worker as NodeWorker } from "node:worker_threads";

const PRELUDE = `
import { parentPort } from "node:worker_threads";
globalThis.self = globalThis;
globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
parentPort.on("message", (data) => globalThis.onmessage?.({ data }));
`;

class WebWorker {
  onmessage = null;
  onerror = null;
  #worker;

  constructor(url) {
    this.#worker = resolveObjectURL(String(url))
      .text()
      .then((source) => {
        const script = `data:text/javascript,${encodeURIComponent(PRELUDE + source)}`;
        const worker = new NodeWorker(new URL(script));
        worker.on("message", (data) => this.onmessage?.({ data }));
        worker.on("error", (error) => this.onerror?.(error));
        return worker;
      });
  }

  postMessage(message, transfer) {
    this.#worker.then((worker) => worker.postMessage(message, transfer));
  }

  terminate() {
    this.#worker.then((worker) => worker.terminate());
  }
}

/** Gives jax-js a `Worker`, and the number of processors by which it chooses how many it starts. */
export function installWorker(threads) {
  globalThis.Worker = WebWorker;
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: threads }, configurable: true });
}
