import { engine, moveTo } from "../memory/engine.ts";
import { setParallel, type Threading } from "../runtime/parallel.ts";
import { settings } from "../util/settings.ts";
import { warn } from "../util/warn.ts";
import { type Limits, Pool, type WorkerMaker } from "./pool.ts";

/** Brings threads in line with the settings. */
export class Threads implements Threading {
  readonly patch: Threading["patch"] = shareMemory;
  readonly #make: WorkerMaker;
  #pool: Pool | undefined;
  readonly #limits: Limits | undefined;
  #made = "";

  /** `limits` are for tests. */
  constructor(make: WorkerMaker, limits?: Limits) {
    this.#make = make;
    this.#limits = limits;
  }

  /** The workers in use. */
  get pool(): Pool | undefined {
    return this.#pool;
  }

  apply(): void {
    const { threads } = settings();
    if (threads > 1 && !engine().heap.shared) {
      const memory = sharedMemory(engine().heap.memory.buffer.byteLength);
      if (memory === undefined) warn("[threads] one thread only: the host gives no memory that threads can share.");
      else moveTo(memory);
    }
    const wanted = threads > 1 && engine().heap.shared ? `${threads} ${engine().generation}` : "";
    if (wanted === this.#made) return;
    this.stop();
    this.#made = wanted;
    if (wanted !== "") this.#pool = new Pool(threads, engine().module, this.#make, this.#limits);
    setParallel(this.#pool);
  }

  stop(): void {
    this.#pool?.stop();
    this.#pool = undefined;
    this.#made = "";
    setParallel(undefined);
  }
}

const PAGE = 65536;

/** A shared memory at least so large, or undefined. Its maximum is reserved at once, so what a host refuses is asked for by halves. */
function sharedMemory(bytes: number): WebAssembly.Memory | undefined {
  const initial = Math.ceil(bytes / PAGE);
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch {
      if (maximum / 2 < Math.max(initial, 1024)) return undefined;
    }
  }
}

/** The import of `env.memory` as it stands in a module, up to the byte that says whether it is shared. */
const MEMORY_IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];

/** The module over a shared memory: but for the flag in its import it is the same. */
export function shareMemory(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, j) => bytes[i + j] === byte));
  const patched = bytes.slice();
  patched[at + MEMORY_IMPORT.length]! |= 2;
  return patched;
}
