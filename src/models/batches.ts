import { arrayOf, type TensorData } from "../util/dtype.ts";
import { HostLeaf } from "./host-data.ts";

/** Rows from which on a block copy beats a loop. */
const BLOCK_COPY = 64;

/** Cuts arrays of equal length into batches. Batches taken by index stand in buffers that the next one reuses. */
export class Batches {
  readonly #arrays: readonly HostLeaf[];
  readonly #buffers: (TensorData | undefined)[];
  readonly samples: number;
  readonly batchSize: number;

  constructor(arrays: readonly HostLeaf[], samples: number, batchSize: number) {
    this.#arrays = arrays;
    this.#buffers = arrays.map(() => undefined);
    this.samples = samples;
    this.batchSize = batchSize;
  }

  /** Number of batches, the last one possibly smaller. */
  get count(): number {
    return Math.ceil(this.samples / this.batchSize);
  }

  /** Number of samples in a batch. */
  sizeOf(batch: number): number {
    return Math.min(this.batchSize, this.samples - batch * this.batchSize);
  }

  /** Batch number `batch` in the order of the data: views, nothing is copied. */
  inOrder(batch: number): readonly HostLeaf[] {
    const start = batch * this.batchSize;
    const end = start + this.sizeOf(batch);
    return this.#arrays.map((array) => array.slice(start, end));
  }

  /** The samples named by `order[start … start + size)`, where `start` is that of batch number `batch`. */
  byOrder(batch: number, order: Int32Array): readonly HostLeaf[] {
    const start = batch * this.batchSize;
    const indices = order.subarray(start, start + this.sizeOf(batch));
    return this.#arrays.map((array, i) => this.#gather(array, i, indices));
  }

  #gather(array: HostLeaf, slot: number, indices: Int32Array): HostLeaf {
    const row = array.rowSize;
    const size = indices.length * row;
    let buffer = this.#buffers[slot];
    if (buffer === undefined) {
      buffer = arrayOf(array.dtype, Math.min(this.batchSize, this.samples) * row);
      this.#buffers[slot] = buffer;
    }
    gatherRows(buffer, array.data, indices, row);
    const data = (buffer.length === size ? buffer : buffer.subarray(0, size)) as TensorData;
    return new HostLeaf({ data, shape: [indices.length, ...array.shape.slice(1)], dtype: array.dtype });
  }
}

function gatherRows(into: TensorData, from: TensorData, indices: Int32Array, row: number): void {
  if (row >= BLOCK_COPY) {
    for (let i = 0; i < indices.length; i++) {
      const start = indices[i]! * row;
      into.set(from.subarray(start, start + row), i * row);
    }
    return;
  }
  let next = 0;
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * row;
    for (let j = 0; j < row; j++) into[next++] = from[start + j]!;
  }
}
