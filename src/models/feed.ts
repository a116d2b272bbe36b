import type { InputWriter } from "../compile/plan.ts";
import type { Heap } from "../memory/heap.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import { warn } from "../util/warn.ts";
import { formKey, type HostLeaf, type StepData } from "./host-data.ts";
import type { PreparedData } from "./prepare.ts";

/** Words of a row from which on a block copy beats a loop. */
const BLOCK_COPY = 64;

/** Draws a random order of 0 … n − 1. */
export type Permute = (n: number) => Int32Array;

/** The data of one step. */
export interface Batch extends InputWriter {
  /** Arrays in the structure of the step's data; only their structure counts. */
  readonly data: StepData<HostLeaf>;
  /** Equal for batches that one plan can serve, the number of samples apart. */
  readonly key: string;
  readonly samples: number;
  /** The flattened arrays, good until the next batch. */
  arrays(): readonly HostLeaf[];
}

/** What loops take their batches from, pass after pass. */
export interface BatchSource {
  /** Number of batches in a pass, where it is known. */
  readonly count: number | undefined;
  /** Looks at the first batch, so that what is to be built can be. */
  peek?(): Batch | PromiseLike<Batch>;
  /** Draws what Keras draws when it looks at the first batch only to build the model, and throws it away. */
  discardFirstDraws?(): void;
  /** Starts a pass: that of an epoch, or just the next one. */
  begin(epoch?: number): void;
  /** The next batch, good until the one after; undefined when the pass is over. */
  next(): Batch | undefined | PromiseLike<Batch | undefined>;
  /** Is told that a pass has ended after some steps, of those the caller wanted. */
  ended(steps: number, wanted: number | undefined): void;
  /** Lets go of a pass that may not be over. */
  close(): void;
}

/**
 * Data in memory cut into batches, in the order Keras 3.15.1 takes them when it shuffles: one permutation for each pass,
 * or one within each batch. It is its own batch: one object serves all steps.
 */
export class Feed implements BatchSource, Batch {
  readonly data: StepData<HostLeaf>;
  readonly key: string;
  readonly batchSize: number;
  readonly count: number;
  readonly #all: number;
  readonly #arrays: readonly HostLeaf[];
  readonly #shuffle: boolean | "batch";
  readonly #permute: Permute | undefined;
  #order: Int32Array | undefined;
  #next = 0;
  // The batch: samples [start, end), or those at these indices.
  #start = 0;
  #end = 0;
  #indices: Int32Array | undefined;

  /** @param permute what shuffles, if anything is to */
  constructor(
    { data, samples }: PreparedData,
    batchSize: number = samples,
    shuffle: boolean | "batch" = false,
    permute?: Permute,
  ) {
    this.data = data;
    this.key = formKey(data as Structure<HostLeaf>);
    this.batchSize = batchSize;
    this.count = Math.ceil(samples / batchSize);
    this.#all = samples;
    this.#arrays = flattenStructure(data as Structure<HostLeaf>);
    this.#shuffle = shuffle;
    this.#permute = permute;
  }

  discardFirstDraws(): void {
    if (this.#shuffle !== false) {
      this.#permute!(this.#shuffle === true ? this.#all : Math.min(this.batchSize, this.#all));
    }
  }

  begin(): void {
    this.#next = 0;
    if (this.#shuffle === true) this.#order = this.#permute!(this.#all);
  }

  ended(steps: number, wanted: number | undefined): void {
    if (wanted !== undefined) warn(`[fit] steps: the data ran out with ${wanted - steps} steps to go.`);
  }

  close(): void {}

  next(): Batch | undefined {
    if (this.#next === this.count) return undefined;
    const start = this.#next++ * this.batchSize;
    const end = Math.min(start + this.batchSize, this.#all);
    this.#start = start;
    this.#end = end;
    if (this.#order !== undefined) this.#indices = this.#order.subarray(start, end);
    else if (this.#shuffle === "batch") this.#indices = this.#permute!(end - start).map((index) => start + index);
    return this;
  }

  get samples(): number {
    return this.#end - this.#start;
  }

  write(index: number, heap: Heap, at: number): void {
    const { data, dtype, rowSize } = this.#arrays[index]!;
    const into = dtype === "float32" ? heap.f32 : dtype === "int32" ? heap.i32 : heap.u32;
    if (this.#indices !== undefined) gatherRows(into, at, data, this.#indices, rowSize);
    else if (this.samples === this.#all) into.set(data, at);
    else into.set(data.subarray(this.#start * rowSize, this.#end * rowSize), at);
  }

  arrays(): readonly HostLeaf[] {
    return this.#arrays.map((array) => {
      if (this.#indices === undefined) return array.slice(this.#start, this.#end);
      const data = array.data.slice(0, this.samples * array.rowSize);
      gatherRows(data, 0, array.data, this.#indices, array.rowSize);
      return array.withRows(data, this.samples);
    });
  }
}

/** Arrays cut into batches: of the size given, else as many as there are to be steps, else of 32 samples. */
export function feedOf(
  data: PreparedData,
  batchSize: number | null | undefined,
  steps: number | null | undefined,
  shuffle: boolean | "batch" = false,
  permute?: Permute,
): Feed {
  return new Feed(data, batchSize ?? (steps ? Math.ceil(data.samples / steps) : 32), shuffle, permute);
}

type Words = HostLeaf["data"];

function gatherRows(into: Words, at: number, from: Words, indices: Int32Array, row: number): void {
  let next = at;
  if (row >= BLOCK_COPY) {
    for (const index of indices) {
      into.set(from.subarray(index * row, (index + 1) * row), next);
      next += row;
    }
    return;
  }
  if (row === 0) return;
  // Rows lie far apart. Read once at both ends in a loop that does nothing else, their cache lines come in side by side, not
  // one after the other: half the time for rows that are not in the cache. What is written here is overwritten at once.
  let sum = 0;
  for (let i = 0; i < indices.length; i++) {
    const first = indices[i]! * row;
    sum += from[first]! + from[first + row - 1]!;
  }
  into[at] = sum;
  for (let i = 0; i < indices.length; i++) {
    let j = indices[i]! * row;
    const end = j + row;
    // By fours: what a loop does beside the copy takes longer than the copy.
    for (const fours = end - 3; j < fours; j += 4, next += 4) {
      into[next] = from[j]!;
      into[next + 1] = from[j + 1]!;
      into[next + 2] = from[j + 2]!;
      into[next + 3] = from[j + 3]!;
    }
    while (j < end) into[next++] = from[j++]!;
  }
}
