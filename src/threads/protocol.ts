/**
 * What main thread and workers say to each other: a block in the shared memory.
 *
 * Work is a run of tickets. The main thread writes the calls of a job, then raises END; who takes a ticket (NEXT, by
 * compare-and-exchange) runs its call and adds one to DONE. The next job is published only when all tickets of the last one
 * are done, so a ticket that was taken always belongs to the calls that stand there. Counters run on from job to job.
 *
 * Each word that threads fight for has a cache line of its own; offsets count 4-byte words.
 */
import { MOST_THREADS } from "../util/settings.ts";

export const END = 0;
export const NEXT = 16;
export const DONE = 32;
/** Workers that wait to be notified. */
export const SLEEPERS = 48;
/** Written by the main thread between jobs only: the job's first ticket; address and size of the workspaces. */
export const BASE = 64;
export const WORKSPACES = 65;
export const WORKSPACE_BYTES = 66;
/** 1 tells workers to end. */
export const EXIT = 67;
/** Set to 1 by a worker whose call trapped. */
export const FAILED = 80;
/** Tickets each thread has taken, 16 words apart. */
export const TAKEN = 96;
/** Bytes before the calls. */
export const HEADER_BYTES: number = (TAKEN + 16 * MOST_THREADS) * 4;

/** A call in the block: number of the kernel, number of arguments, argument that is a workspace, then the arguments. */
export const CALL_WORDS = 24;
/** Calls a job may have. */
export const MOST_CALLS = 64;

/** Bytes of the block. */
export const BLOCK_BYTES: number = HEADER_BYTES + MOST_CALLS * CALL_WORDS * 8;

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Names of the kernels by their numbers. */
  readonly names: readonly string[];
  /** Address of the block. */
  readonly block: number;
  /** 1, 2, … */
  readonly thread: number;
}

type Kernel = (...args: number[]) => unknown;

/** The shared block as a thread sees it. Memory grows under it, so views are made anew when they are too short. */
export class Block {
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array;
  readonly calls: Float64Array;
  readonly #kernels: readonly Kernel[];
  readonly #thread: number;

  constructor(memory: WebAssembly.Memory, block: number, thread: number, kernels: readonly Kernel[]) {
    this.memory = memory;
    this.words = new Int32Array(memory.buffer, block, HEADER_BYTES / 4);
    this.calls = new Float64Array(memory.buffer, block + HEADER_BYTES, MOST_CALLS * CALL_WORDS);
    this.#thread = thread;
    this.#kernels = kernels;
  }

  /** Takes a ticket and runs its call; false when none is left. */
  work(): boolean {
    const { words, calls } = this;
    for (;;) {
      const ticket = Atomics.load(words, NEXT);
      if (((Atomics.load(words, END) - ticket) | 0) <= 0) return false;
      if (Atomics.compareExchange(words, NEXT, ticket, (ticket + 1) | 0) !== ticket) continue;
      const at = ((ticket - words[BASE]!) | 0) * CALL_WORDS;
      const count = calls[at + 1]!;
      const args = Array.from(calls.subarray(at + 3, at + 3 + count));
      const own = calls[at + 2]!;
      if (own >= 0) args[own] = words[WORKSPACES]! + this.#thread * words[WORKSPACE_BYTES]!;
      try {
        this.#kernels[calls[at]!]!(...args);
      } catch {
        Atomics.store(words, FAILED, 1);
      }
      words[TAKEN + 16 * this.#thread]!++;
      Atomics.add(words, DONE, 1);
      return true;
    }
  }
}
