import { accounts } from "./accounts.ts";
import { engine, layoutChanged } from "./engine.ts";
import { aligned } from "./heap.ts";
import { makeRoom } from "./storage.ts";

/** A region grows by at least this factor, so that batches of many sizes do not move it every time. */
const GROWTH = 1.25;

/**
 * One extent shared by all plans, which never run at the same time: the activation arena, or the staging of inputs.
 * It holds nothing between two runs.
 */
export class SharedRegion {
  readonly kind: "arena" | "staging";
  ptr = 0;
  bytes = 0;

  constructor(kind: "arena" | "staging") {
    this.kind = kind;
  }

  /** Makes the region at least so large; its address. */
  ensure(bytes: number): number {
    if (bytes <= this.bytes) return this.ptr;
    const wished = aligned(Math.max(bytes, this.bytes * GROWTH));
    this.release();
    makeRoom(wished);
    this.ptr = engine().heap.allocate(wished);
    this.bytes = wished;
    accounts[this.kind] += wished;
    layoutChanged();
    return this.ptr;
  }

  /** Gives the bytes back. */
  release(): void {
    if (this.bytes === 0) return;
    engine().heap.free(this.ptr);
    accounts[this.kind] -= this.bytes;
    this.ptr = 0;
    this.bytes = 0;
    layoutChanged();
  }
}

/** Values of every plan. */
export const planArena: SharedRegion = new SharedRegion("arena");

/** Inputs of every plan. */
export const staging: SharedRegion = new SharedRegion("staging");

/** Workspace of a kernel that runs at once. */
export const scratch: SharedRegion = new SharedRegion("arena");

const FIRST_CHUNK = 1 << 18;

/**
 * Values of a scope of immediate execution: handed out in sequence, given back all together.
 * Chunks never move; when a scope needed several, the next scope starts with one of their joint size.
 */
class BumpArena {
  #chunks: { start: number; size: number }[] = [];
  #offset = 0;

  allocate(bytes: number): number {
    const size = Math.max(aligned(bytes), 64);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#offset + size > chunk.size) chunk = this.#addChunk(size);
    const ptr = chunk.start + this.#offset;
    this.#offset += size;
    return ptr;
  }

  #addChunk(least: number): { start: number; size: number } {
    const total = this.#chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    const size = Math.max(least, total, FIRST_CHUNK);
    makeRoom(size);
    const chunk = { start: engine().heap.allocate(size), size };
    accounts.arena += size;
    this.#chunks.push(chunk);
    this.#offset = 0;
    return chunk;
  }

  /** Forgets everything handed out since. */
  reset(): void {
    this.#offset = 0;
    if (this.#chunks.length <= 1) return;
    let total = 0;
    for (const { start, size } of this.#chunks) {
      engine().heap.free(start);
      accounts.arena -= size;
      total += size;
    }
    this.#chunks = [];
    this.#addChunk(total);
  }
}

/** The arena of immediate execution. */
export const scopeArena: BumpArena = new BumpArena();
