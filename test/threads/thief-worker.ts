/**
 * A worker that takes one part of the kernel it was built for and never finishes it, as one that was killed. Otherwise it
 * only watches, as long as the main thread lets it.
 */
import { parentPort } from "node:worker_threads";
import {
  BASE,
  CALL_WORDS,
  END,
  EXIT,
  HEADER_BYTES,
  MOST_CALLS,
  NEXT,
  type WorkerStart,
} from "../../src/threads/protocol.ts";

declare const KERNEL: string;

parentPort!.once("message", ({ memory, block, names }: WorkerStart) => {
  const words = new Int32Array(memory.buffer, block, HEADER_BYTES / 4);
  const calls = new Float64Array(memory.buffer, block + HEADER_BYTES, MOST_CALLS * CALL_WORDS);
  let stolen = false;
  while (Atomics.load(words, EXIT) === 0) {
    const ticket = Atomics.load(words, NEXT);
    if (stolen || ((Atomics.load(words, END) - ticket) | 0) <= 0) continue;
    if (names[calls[((ticket - words[BASE]!) | 0) * CALL_WORDS]!] !== KERNEL) continue;
    stolen = Atomics.compareExchange(words, NEXT, ticket, (ticket + 1) | 0) === ticket;
  }
});
