import { StateError } from "../util/errors.ts";
import { settings } from "../util/settings.ts";
import { accounts } from "./accounts.ts";
import { engine, layoutChanged } from "./engine.ts";

/** What a storage holds, for the report of `memory()`. */
export type StorageKind = "variables" | "optimizers" | "staging";

/** Resident storages, least recently used first (a Set keeps insertion order). */
const resident = new Set<Storage>();
let mostRecent: Storage | undefined;

/**
 * A run of 4-byte elements that lives either in linear memory (resident) or in an ordinary JavaScript array (saved).
 *
 * Linear memory never waits for the garbage collector, which does not see its size: what was not used for longest is
 * copied out when the heap would pass `memoryLimit`, and then nothing but its owner refers to it.
 */
export class Storage {
  readonly kind: StorageKind;
  /** Elements. */
  readonly length: number;
  /** Address while resident, else 0. */
  ptr = 0;
  /** Grows whenever the address changed. */
  generation = 0;
  /** While positive the storage stays where it is. */
  pins = 0;
  /** Variables that live here. */
  tenants = 0;
  /** Plans bound to this address, for the report. */
  #plans = 0;
  #saved: Uint32Array | null;
  #disposed = false;

  constructor(kind: StorageKind, length: number, data?: Uint32Array) {
    this.kind = kind;
    this.length = length;
    this.#saved = data ?? new Uint32Array(length);
  }

  get bytes(): number {
    return this.length * 4;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Brings the storage into linear memory if need be and marks it as just used. */
  use(): number {
    if (mostRecent === this) return this.ptr;
    if (this.#saved !== null || this.#disposed) this.#bringIn();
    else resident.delete(this);
    resident.add(this);
    mostRecent = this;
    return this.ptr;
  }

  #bringIn(): void {
    if (this.#disposed || this.#saved === null) {
      throw new StateError("[memory] a disposed object was used: expected one that `dispose()` was not called on.");
    }
    makeRoom(this.bytes);
    const { heap } = engine();
    this.ptr = heap.allocate(this.bytes);
    heap.u32.set(this.#saved, this.ptr >>> 2);
    this.#saved = null;
    accounts[this.kind] += this.bytes;
    this.generation++;
  }

  /** Copies the storage out to JavaScript and gives its bytes back. */
  moveOut(): void {
    if (this.#saved !== null || this.#disposed) return;
    this.#saved = this.words(0, this.length).slice();
    accounts.saved += this.bytes;
    this.#release();
  }

  /** Counts plans bound to the storage; none is when it moves out. */
  countPlan(change: 1 | -1): void {
    this.#plans += change;
    accounts.plans += change;
  }

  #release(): void {
    accounts.plans -= this.#plans;
    this.#plans = 0;
    engine().heap.free(this.ptr);
    accounts[this.kind] -= this.bytes;
    this.ptr = 0;
    this.generation++;
    resident.delete(this);
    if (mostRecent === this) mostRecent = undefined;
    layoutChanged();
  }

  /** The elements' bits, wherever they are: a view that is only good until the next allocation. */
  words(offset: number, length: number): Uint32Array {
    if (this.#disposed) {
      throw new StateError("[memory] a disposed object was read: expected one that `dispose()` was not called on.");
    }
    if (this.#saved !== null) return this.#saved.subarray(offset, offset + length);
    const start = (this.ptr >>> 2) + offset;
    return engine().heap.u32.subarray(start, start + length);
  }

  /** Gives the bytes back at once. Never needed; may be called twice. */
  dispose(): void {
    if (this.#disposed) return;
    if (this.#saved === null) this.#release();
    this.#saved = null;
    this.#disposed = true;
    this.generation++;
    layoutChanged();
  }
}

/** Moves out what was not used for longest until `bytes` more fit under the soft limit, as far as pins allow. */
export function makeRoom(bytes: number): void {
  const { heap } = engine();
  const limit = settings().memoryLimit;
  if (heap.used + bytes <= limit) return;
  for (const storage of resident) {
    if (heap.used + bytes <= limit) return;
    if (storage.pins === 0) storage.moveOut();
  }
}
