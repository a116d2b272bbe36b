/**
 * The script of a thread. It imports nothing but the protocol, so that it starts quickly; after its start message it never
 * returns to its event loop: it works, spins for a while, then sleeps in the shared memory.
 */
import { Block, END, EXIT, SLEEPERS, type WorkerStart } from "./protocol.ts";

/** Looks at the counter before a worker goes to sleep: between one step of a training and the next it should not. */
const SPINS = 20_000;

function start({ module, memory, names, block, thread }: WorkerStart): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = names.map((name) => exports[name] as (...args: number[]) => unknown);
  const shared = new Block(memory, block, thread, kernels);
  const { words } = shared;
  let spins = 0;
  while (Atomics.load(words, EXIT) === 0) {
    const end = Atomics.load(words, END);
    if (shared.work()) spins = 0;
    else if (++spins > SPINS) {
      Atomics.add(words, SLEEPERS, 1);
      Atomics.wait(words, END, end);
      Atomics.sub(words, SLEEPERS, 1);
      spins = 0;
    }
  }
}

const host = globalThis as unknown as {
  process?: { versions?: { node?: string } };
  Bun?: unknown;
  onmessage: ((event: MessageEvent<WorkerStart>) => void) | null;
};

// Node's own workers have no `onmessage`; Bun's are as in a page.
if (host.process?.versions?.node !== undefined && host.Bun === undefined) {
  void import("node:worker_threads").then(({ parentPort }) => parentPort!.once("message", start));
} else host.onmessage = ({ data }) => start(data);
