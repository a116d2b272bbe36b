import { arrayOf, type TensorData } from "../util/dtype.ts";
import { flattenStructure, type Structure, structureKey } from "../util/structure.ts";
import type { HostLeaf, StepData } from "./host-data.ts";
import type { PreparedData } from "./prepare.ts";

/** Draws a random order of 0 … n − 1. */
export type Permute = (n: number) => Int32Array;

/** Rows from which on a block copy beats a loop. */
const BLOCK_COPY = 64;

/**
 * Data cut into batches, pass after pass, in the order Keras 3.15.1 takes them when it shuffles: one permutation for each
 * pass, or one within each batch.
 */
export class Feed {
  readonly data: StepData<HostLeaf>;
  /** Equal for data that one plan can serve, shapes apart. */
  readonly key: string;
  readonly samples: number;
  readonly batchSize: number;
  /** Number of batches, the last one possibly smaller. */
  readonly count: number;
  readonly #arrays: readonly HostLeaf[];
  readonly #buffers: TensorData[] = [];
  readonly #shuffle: boolean | "batch";
  readonly #permute: Permute | undefined;
  #order: Int32Array | undefined;
  #next = 0;

  /** @param permute what shuffles, if anything is to */
  constructor(
    { data, samples }: PreparedData,
    batchSize: number,
    shuffle: boolean | "batch" = false,
    permute?: Permute,
  ) {
    this.data = data;
    this.key = structureKey(data as Structure<HostLeaf>);
    this.samples = samples;
    this.batchSize = batchSize;
    this.count = Math.ceil(samples / batchSize);
    this.#arrays = flattenStructure(data as Structure<HostLeaf>);
    this.#shuffle = shuffle;
    this.#permute = permute;
  }

  /** Draws what Keras draws when it looks at the first batch only to build the model, and throws it away. */
  discardFirstDraws(): void {
    if (this.#shuffle !== false) {
      this.#permute!(this.#shuffle === true ? this.samples : Math.min(this.batchSize, this.samples));
    }
  }

  /** Starts a pass. */
  begin(): void {
    this.#next = 0;
    if (this.#shuffle === true) this.#order = this.#permute!(this.samples);
  }

  /** Whether the pass has another batch. */
  get hasMore(): boolean {
    return this.#next < this.count;
  }

  /**
   * The arrays of the next batch: views of the data in its own order, else in buffers that are only good until the one
   * after.
   */
  next(): readonly HostLeaf[] {
    const start = this.#next++ * this.batchSize;
    const end = Math.min(start + this.batchSize, this.samples);
    if (this.#shuffle === false) return this.#arrays.map((array) => array.slice(start, end));
    const indices = this.#order?.subarray(start, end) ?? this.#permute!(end - start).map((index) => start + index);
    return this.#arrays.map((array, i) => this.#gather(array, i, indices));
  }

  #gather(array: HostLeaf, slot: number, indices: Int32Array): HostLeaf {
    const row = array.rowSize;
    this.#buffers[slot] ??= arrayOf(array.dtype, Math.min(this.batchSize, this.samples) * row);
    const data = this.#buffers[slot].subarray(0, indices.length * row) as TensorData;
    gatherRows(data, array.data, indices, row);
    return array.withRows(data, indices.length);
  }
}

function gatherRows(into: TensorData, from: TensorData, indices: Int32Array, row: number): void {
  let next = 0;
  for (const index of indices) {
    const start = index * row;
    if (row >= BLOCK_COPY) into.set(from.subarray(start, start + row), next);
    else for (let j = 0; j < row; j++) into[next + j] = from[start + j]!;
    next += row;
  }
}
