import { engine } from "../memory/engine.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import type { Parallel, ParallelCall, Work } from "../runtime/parallel.ts";
import { StateError } from "../util/errors.ts";
import { warn } from "../util/warn.ts";
import { kernelSplits } from "./kernel-splits.ts";
import {
  BASE,
  BLOCK_BYTES,
  Block,
  CALL_WORDS,
  DONE,
  END,
  EXIT,
  FAILED,
  MOST_CALLS,
  SLEEPERS,
  TAKEN,
  WORKSPACE_BYTES,
  WORKSPACES,
  type WorkerStart,
} from "./protocol.ts";
import { splitCall } from "./split.ts";

/** A worker of the host. */
export interface WorkerHandle {
  start(message: WorkerStart): void;
  terminate(): void;
}

/** Makes a worker; `lost` is to be called when it ends without having been asked to, with the error if there was one. */
export type WorkerMaker = (lost: (error?: unknown) => void) => WorkerHandle;

/** Speeds the cost model reckons with: operations and bytes in a microsecond. */
const FLOPS = 25_000;
const BYTES = 12_000;

/** When work is shared, and when a worker is given up. */
export interface Limits {
  /** Microseconds below which a call stays in one piece: handing out parts costs about one, waking a sleeper fifty. */
  readonly leastCall: number;
  /** Microseconds a part should take at least. */
  readonly leastPart: number;
  /** Milliseconds after which a worker counts as lost, beside twenty times what the whole call should take. */
  readonly patience: number;
}

const LIMITS: Limits = { leastCall: 40, leastPart: 10, patience: 5_000 };

/** Parts for each thread: more of them even out a neighbour's load, fewer pack a product's operands less often. */
const PARTS_PER_THREAD = 2;
/** Milliseconds between two looks that count as waiting at most. */
const MOST_PAUSE = 20;
/** Milliseconds a terminated worker may still run. */
const LAST_WORDS = 100;

/** What a call takes on one thread, by the cost model. */
function microseconds({ flops, bytes }: Work): number {
  return Math.max(flops / FLOPS, bytes / BYTES);
}

/** Workers over the shared memory, and the main thread's side of `protocol.ts`. */
export class Pool implements Parallel {
  readonly #make: WorkerMaker;
  readonly #module: WebAssembly.Module;
  readonly #kernels: KernelTable;
  readonly #names: readonly (keyof KernelTable)[];
  readonly #threads: number;
  readonly #limits: Limits;
  #workers: WorkerHandle[] = [];
  #ptr = 0;
  #block: Block | undefined;
  /** Frees the block of workers that were stopped, once none of them runs. */
  #release: () => void = () => {};
  #workspaces = 0;
  #workspaceBytes = 0;

  /** `threads` counts the main one. Workers start with the first call that is shared. */
  constructor(threads: number, module: WebAssembly.Module, make: WorkerMaker, limits: Limits = LIMITS) {
    this.#threads = threads;
    this.#module = module;
    this.#make = make;
    this.#limits = limits;
    this.#kernels = engine().kernels;
    this.#names = Object.keys(this.#kernels) as (keyof KernelTable)[];
  }

  pays(work: Work): boolean {
    return microseconds(work) >= this.#limits.leastCall;
  }

  share({ kernel, args }: ParallelCall, work: Work): (() => void) | undefined {
    const splits = kernelSplits[kernel];
    if (splits === undefined || !this.pays(work)) return undefined;
    const wished = Math.floor(microseconds(work) / this.#limits.leastPart);
    const most = Math.min(this.#threads * PARTS_PER_THREAD, wished, MOST_CALLS);
    const parts = splitCall(splits, args, most);
    if (parts === undefined) return undefined;
    const { calls, own } = parts;
    const code = new Float64Array(calls.length * CALL_WORDS);
    const number = this.#names.indexOf(kernel);
    calls.forEach((call, i) => {
      code.set([number, call.length, own, ...call], i * CALL_WORDS);
    });
    const patience = this.#limits.patience + microseconds(work) / 50;
    return () => this.#run(code, calls.length, own < 0 ? 0 : work.workspace, patience);
  }

  #run(code: Float64Array, count: number, workspace: number, patience: number): void {
    const block = this.#block ?? this.#start();
    if (workspace > this.#workspaceBytes) this.#growWorkspaces(workspace);
    const { words } = block;
    block.calls.set(code);
    const base = Atomics.load(words, END);
    const end = (base + count) | 0;
    words[BASE] = base;
    words[WORKSPACES] = this.#workspaces;
    words[WORKSPACE_BYTES] = this.#workspaceBytes;
    Atomics.store(words, END, end);
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, END);
    while (block.work());
    this.#await(words, end, patience);
    if (Atomics.load(words, FAILED) !== 0) this.#lose("trapped");
  }

  /** Waits until every part is done. The page's main thread may not sleep, so it looks again and again. */
  #await(words: Int32Array, end: number, patience: number): void {
    let [waited, last] = [0, 0];
    for (let looks = 1; Atomics.load(words, DONE) !== end; looks++) {
      if (looks % 4096 !== 0) continue;
      const now = performance.now();
      // While this thread itself did not run (a process that was stopped, a machine asleep) the workers did not either.
      if (last !== 0) waited += Math.min(now - last, MOST_PAUSE);
      last = now;
      if (waited > patience) this.#lose("did not come back");
    }
  }

  /** A worker took a part and did not finish it: nobody knows what was written, and no other may run on. */
  #lose(what: string): never {
    this.stop();
    const until = performance.now() + LAST_WORDS;
    while (performance.now() < until);
    throw new StateError(`[threads] expected every worker to finish its part, got one that ${what}.`);
  }

  /** Parts each thread has run since the workers started, the main one's first. */
  get taken(): number[] {
    const words = this.#block?.words;
    return Array.from({ length: this.#threads }, (_, thread) => words?.[TAKEN + 16 * thread] ?? 0);
  }

  #start(): Block {
    const { heap } = engine();
    const { memory } = heap;
    const ptr = heap.allocate(BLOCK_BYTES);
    this.#ptr = ptr;
    let running = 0;
    this.#release = () => {
      if (running === 0 && this.#ptr !== ptr) heap.free(ptr);
    };
    const release = this.#release;
    heap.u32.fill(0, this.#ptr >>> 2, (this.#ptr + BLOCK_BYTES) >>> 2);
    this.#block = new Block(memory, this.#ptr, 0, Object.values(this.#kernels));
    for (let thread = 1; thread < this.#threads; thread++) {
      const lost = (error?: unknown): void => {
        this.#workers = this.#workers.filter((other) => other !== worker);
        if (error !== undefined)
          warn(`[threads] a worker ended, the others do its work: ${error}. \`workerUrl\` says where its script is.`);
        else {
          running--;
          release();
        }
      };
      let worker: WorkerHandle;
      try {
        worker = this.#make(lost);
      } catch (error) {
        lost(error);
        break;
      }
      this.#workers.push(worker);
      running++;
      worker.start({ module: this.#module, memory, names: this.#names, block: this.#ptr, thread });
    }
    return this.#block;
  }

  #growWorkspaces(bytes: number): void {
    const { heap } = engine();
    if (this.#workspaces !== 0) heap.free(this.#workspaces);
    // Nothing may be taken for there when there is no room for more.
    this.#workspaces = this.#workspaceBytes = 0;
    const each = Math.ceil(bytes / 64) * 64;
    this.#workspaces = heap.allocate(each * this.#threads);
    this.#workspaceBytes = each;
  }

  /** Ends the workers and gives the memory back; the next shared call starts new ones. */
  stop(): void {
    if (this.#block === undefined) return;
    const { words } = this.#block;
    Atomics.store(words, EXIT, 1);
    Atomics.notify(words, END);
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
    this.#block = undefined;
    // A worker that has not ended yet still looks at the block. Pages never tell when it has: there the block stays.
    this.#ptr = 0;
    this.#release();
    const { heap } = engine();
    if (this.#workspaces !== 0) heap.free(this.#workspaces);
    this.#workspaces = 0;
    this.#workspaceBytes = 0;
  }
}
