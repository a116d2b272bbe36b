import { MemoryError } from "../util/errors.ts";

/** Everything in linear memory starts at a multiple of a cache line. */
export const ALIGNMENT = 64;

const PAGE = 65536;

/** The kernels' constants lie in the first page; nothing is ever placed there. */
const FIRST_ADDRESS = PAGE;

const MAX_PAGES = 65536;

/** Memory grows by at least this part of its size, so that many small models do not mean many growths. */
const GROWTH = 1 / 8;

/** Rounds bytes up to the alignment. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

interface Extent {
  start: number;
  size: number;
}

/**
 * Linear memory and what of it is free.
 *
 * Map, from address 0: the kernels' constants (one page), then extents handed out first-fit. Nothing is ever moved;
 * memory never shrinks. The views are made anew whenever memory grows or is another one, so always read them from here.
 */
export class Heap {
  memory: WebAssembly.Memory = new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES });
  f32: Float32Array = new Float32Array(0);
  i32: Int32Array = new Int32Array(0);
  u32: Uint32Array = new Uint32Array(0);
  /** Bytes handed out. */
  used = 0;
  /** The most bytes ever handed out at one time. */
  peak = 0;
  readonly #free: Extent[] = [];
  readonly #sizes = new Map<number, number>();

  constructor() {
    this.#free.push({ start: FIRST_ADDRESS, size: this.memory.buffer.byteLength - FIRST_ADDRESS });
    this.#makeViews();
  }

  /** True when threads share the memory. */
  get shared(): boolean {
    return !(this.memory.buffer instanceof ArrayBuffer);
  }

  /** Copies everything into another memory, at least as large, and goes on there. */
  moveTo(memory: WebAssembly.Memory): void {
    const { buffer } = this.memory;
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer));
    const more = memory.buffer.byteLength - buffer.byteLength;
    this.memory = memory;
    if (more > 0) this.#insert({ start: buffer.byteLength, size: more });
    this.#makeViews();
  }

  /** Address of `bytes` fresh bytes (contents unspecified). Throws a MemoryError when the engine gives no more. */
  allocate(bytes: number): number {
    const size = Math.max(aligned(bytes), ALIGNMENT);
    let index = this.#free.findIndex((extent) => extent.size >= size);
    if (index < 0) index = this.#grow(size);
    const extent = this.#free[index]!;
    const start = extent.start;
    if (extent.size === size) this.#free.splice(index, 1);
    else {
      extent.start += size;
      extent.size -= size;
    }
    this.#sizes.set(start, size);
    this.used += size;
    this.peak = Math.max(this.peak, this.used);
    return start;
  }

  /** Gives back what `allocate` returned. */
  free(start: number): void {
    const size = this.#sizes.get(start);
    if (size === undefined) throw new MemoryError(`[memory] free: expected an allocated address, got ${start}.`);
    this.#sizes.delete(start);
    this.used -= size;
    this.#insert({ start, size });
  }

  /** Returns an extent to the sorted free list and joins it with its neighbours. */
  #insert(extent: Extent): void {
    const free = this.#free;
    let index = free.findIndex((other) => other.start > extent.start);
    if (index < 0) index = free.length;
    free.splice(index, 0, extent);
    const next = free[index + 1];
    if (next !== undefined && extent.start + extent.size === next.start) {
      extent.size += next.size;
      free.splice(index + 1, 1);
    }
    const previous = free[index - 1];
    if (previous !== undefined && previous.start + previous.size === extent.start) {
      previous.size += extent.size;
      free.splice(index, 1);
    }
  }

  /** Grows memory so that an extent of `size` is free; its index. */
  #grow(size: number): number {
    const length = this.memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const tail = last !== undefined && last.start + last.size === length ? last.size : 0;
    const least = Math.ceil((size - tail) / PAGE);
    const wished = Math.max(least, Math.ceil((length * GROWTH) / PAGE));
    if (!this.#tryGrow(Math.min(wished, MAX_PAGES - length / PAGE), least) && !this.#tryGrow(least, least)) {
      throw new MemoryError(
        `[memory] expected ${least * PAGE} more bytes of linear memory, got none; in use ${this.used} of ${length} bytes.`,
      );
    }
    this.#insert({ start: length, size: this.memory.buffer.byteLength - length });
    this.#makeViews();
    return this.#free.length - 1;
  }

  #tryGrow(pages: number, least: number): boolean {
    if (pages < least) return false;
    try {
      return this.memory.grow(pages) >= 0;
    } catch {
      return false;
    }
  }

  #makeViews(): void {
    const { buffer } = this.memory;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
  }
}
