import { globalPermutation } from "../random/global.ts";
import { warn } from "../util/warn.ts";
import type { Batches } from "./batches.ts";
import type { HostLeaf } from "./host-data.ts";

/**
 * The batches of `fit`, pass after pass over the data, in the order Keras 3.15.1 takes them: one permutation of the
 * global generator for each pass, or one within each batch.
 */
export class ShuffledFeed {
  readonly #batches: Batches;
  readonly #shuffle: boolean | "batch";
  #order: Int32Array | undefined;
  #next: number;

  constructor(batches: Batches, shuffle: boolean | "batch") {
    this.#batches = batches;
    this.#shuffle = shuffle;
    this.#next = batches.count;
  }

  /** Draws what Keras draws when it looks at the first batch only to build the model, and throws it away. */
  discardFirstDraws(): void {
    if (this.#shuffle === true) globalPermutation(this.#batches.samples);
    else if (this.#shuffle === "batch") globalPermutation(this.#batches.sizeOf(0));
  }

  /** Starts a pass, unless the last one is to be carried on and has something left. */
  beginEpoch(carryOn: boolean): void {
    if (carryOn && this.#next < this.#batches.count) return;
    this.#next = 0;
    if (this.#shuffle === true) this.#order = globalPermutation(this.#batches.samples);
  }

  /** Whether the pass has another batch; says so when an epoch wants more than there are. */
  hasMore(wanted: number): boolean {
    if (this.#next < this.#batches.count) return true;
    warn(
      `[fit] stepsPerEpoch: the data ran out with ${wanted} steps of the epoch to go; ` +
        "give more data, fewer steps or smaller batches.",
    );
    return false;
  }

  /** The next batch. Its arrays are only good until the one after. */
  next(): { arrays: readonly HostLeaf[]; samples: number } {
    const batch = this.#next++;
    const samples = this.#batches.sizeOf(batch);
    if (this.#shuffle === false) return { arrays: this.#batches.inOrder(batch), samples };
    const order = this.#shuffle === "batch" ? this.#withinBatch(batch, samples) : this.#order!;
    return { arrays: this.#batches.byOrder(batch, order), samples };
  }

  #withinBatch(batch: number, samples: number): Int32Array {
    const order = this.#order ?? new Int32Array(this.#batches.samples);
    this.#order = order;
    const start = batch * this.#batches.batchSize;
    globalPermutation(samples).forEach((index, i) => {
      order[start + i] = start + index;
    });
    return order;
  }
}
