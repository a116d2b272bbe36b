import { isThenable } from "../callbacks/callback-list.ts";
import { Tensor } from "../ops/tensor.ts";
import { isTypedArray } from "../util/dtype.ts";
import { fail, HornbeamError, refuse, refuseName } from "../util/errors.ts";
import { isPlainObject } from "../util/structure.ts";
import { type Batch, type BatchSource, Feed } from "./feed.ts";
import type { ArrayLikeData, DataLike } from "./host-data.ts";
import type { PreparedData } from "./prepare.ts";

/**
 * One batch of an iterable: a list `[x]`, `[x, y]` or `[x, y, sampleWeight]`, an object `{xs, ys, sampleWeight}`, or the
 * inputs alone as a tensor, a typed array or an object by names. (A plain array is always such a list.)
 */
export type BatchLike =
  | readonly [x: DataLike, y?: DataLike | null | undefined, sampleWeight?: DataLike | null | undefined]
  | { readonly xs: DataLike; readonly ys?: DataLike | null; readonly sampleWeight?: DataLike | null }
  | Exclude<ArrayLikeData, readonly unknown[]>
  | { readonly [name: string]: DataLike };

/** Batches that come at once: an iterable, or a function that gives one for each pass. */
export type Batches = Iterable<BatchLike> | (() => Iterable<BatchLike> | Iterator<BatchLike>);

/** Batches to wait for: an async iterable, or a function that gives one for each pass. */
export type AsyncBatches = AsyncIterable<BatchLike> | (() => AsyncIterable<BatchLike>);

/** What `fit`, `evaluate` and `predict` read. */
export type AnyData = DataLike | Batches | AsyncBatches;

/** True for data that come batch by batch, rather than in arrays. */
export function isBatches(data: unknown): data is Batches | AsyncBatches {
  if (typeof data === "function") return true;
  if (typeof data !== "object" || data === null) return false;
  if (Array.isArray(data) || isTypedArray(data) || data instanceof Tensor) return false;
  return Symbol.iterator in data || Symbol.asyncIterator in data;
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Prepares what a batch holds: x, y and weights. */
type Prepare = (x: unknown, y: unknown, sampleWeight: unknown, where: string) => PreparedData;

/** The batches of an iterable, checked one by one as they come. */
export class IterableFeed implements BatchSource {
  readonly #source: Batches | AsyncBatches;
  readonly #prepare: Prepare;
  readonly #where: string;
  /** The epoch the present pass is for; undefined where passes are of no epoch. */
  #epoch: number | undefined;
  #iterator: AnyIterator | undefined;
  #isAsync = false;
  #number = 0;
  #ahead: Batch | undefined;

  /**
   * Opens the first pass, so that it is known whether the batches come at once.
   *
   * @param epoch the epoch it is for, where passes are epochs
   */
  constructor(source: Batches | AsyncBatches, where: string, prepare: Prepare, epoch?: number) {
    this.#source = source;
    this.#where = where;
    this.#prepare = prepare;
    if (epoch !== undefined) this.#tell(epoch);
    this.#open();
  }

  /** Tells a Dataset which epoch the next pass is for; whether passes of epochs differ. */
  #tell(epoch: number): boolean {
    this.#epoch = epoch;
    return (this.#source as { beginEpoch?: (epoch: number) => boolean }).beginEpoch?.(epoch) === true;
  }

  get isAsync(): boolean {
    return this.#isAsync;
  }

  /** What the iterable itself says, as a Dataset of known size does. */
  get count(): number | undefined {
    const { size } = this.#source as { size?: unknown };
    return Number.isInteger(size) ? (size as number) : undefined;
  }

  /** Whether the source is an iterator under way, which can be walked through once. */
  get once(): boolean {
    return typeof this.#source !== "function" && "next" in this.#source;
  }

  #open(): void {
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: later } = this.#opened();
    this.#isAsync = sync === undefined && later !== undefined;
    this.#number = 0;
  }

  /** Starts an iterator; gives what it came from. */
  #opened(): Partial<Iterable<unknown> & AsyncIterable<unknown>> {
    const source: unknown = typeof this.#source === "function" ? this.#source() : this.#source;
    const given = source as Partial<Iterable<unknown> & AsyncIterable<unknown>> & Partial<Iterator<unknown>>;
    this.#iterator =
      given?.[Symbol.iterator]?.() ??
      given?.[Symbol.asyncIterator]?.() ??
      (typeof given?.next === "function"
        ? (given as Iterator<unknown>)
        : refuse(this.#where, "data", "an iterable of batches, or a function that gives one", source));
    return given;
  }

  begin(epoch = 0): void {
    // A pass nobody has taken a batch from yet serves, but for another epoch only where all passes are alike.
    const untouched = this.#number === 0 || this.#ahead !== undefined;
    const asTold = this.#epoch === undefined || (untouched && this.#epoch === epoch);
    const differs = !asTold && this.#tell(epoch);
    if (untouched && !differs) return;
    this.#ahead = undefined;
    this.close();
    this.#open();
  }

  /** The first batch, which `next` will give again. */
  peek(): Batch | PromiseLike<Batch> {
    const keep = (batch: Batch | undefined): Batch => {
      this.#ahead = batch;
      if (batch === undefined) this.ended(0, undefined);
      return batch!;
    };
    const batch = this.next();
    return isThenable(batch) ? (batch as PromiseLike<Batch | undefined>).then(keep) : keep(batch as Batch | undefined);
  }

  next(): Batch | undefined | PromiseLike<Batch | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    const result = this.#iterator!.next();
    return isThenable(result) ? (result as Promise<IteratorResult<unknown>>).then(this.#take) : this.#take(result);
  }

  readonly #take = (result: IteratorResult<unknown> | Promise<unknown>): Batch | undefined => {
    const { done, value } = result as IteratorResult<unknown>;
    if (done === true) return undefined;
    const where = `${this.#where} batch ${this.#number++}`;
    const [x, y, sampleWeight] = partsOf(value, where);
    try {
      return new Feed(this.#prepare(x, y, sampleWeight, where)).next();
    } catch (error) {
      // What a layer finds wrong says which layer; here is known which batch.
      if (error instanceof HornbeamError && !error.message.startsWith(`[${where}`)) {
        error.message = `[${where}] ${error.message}`;
      }
      throw error;
    }
  };

  ended(steps: number, wanted: number | undefined): void {
    if (steps > 0 && wanted === undefined) return;
    const expected = `expected ${wanted ?? "at least one"} ${wanted === undefined || wanted === 1 ? "batch" : "batches"}`;
    const advice = "an iterator can be walked through once, a function or a Dataset with `repeat` again and again";
    fail(this.#where, `data: ${expected}, got ${steps || "none"}; ${advice}`);
  }

  close(): void {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    // An iterator under way is its owner's, who may go on with it.
    if (this.once) return;
    // Whoever is asked to stop early may clean up; nobody waits for that, and what went wrong before counts for more.
    try {
      const closed: unknown = iterator?.return?.();
      if (isThenable(closed)) closed.then(undefined, () => {});
    } catch {}
  }
}

/** Inputs, targets and weights of a batch. */
function partsOf(batch: unknown, where: string): readonly unknown[] {
  if (Array.isArray(batch)) {
    if (batch.length >= 1 && batch.length <= 3) return batch;
    fail(where, `data: expected a list [x], [x, y] or [x, y, sampleWeight], got a list of ${batch.length}`);
  }
  if (!isPlainObject(batch) || !("xs" in batch)) return [batch];
  const known = ["xs", "ys", "sampleWeight"];
  const odd = Object.keys(batch).find((key) => !known.includes(key));
  return odd === undefined ? known.map((key) => batch[key]) : refuseName(where, "data: keys", odd, known);
}

/** Refuses what cannot be given beside data that come in batches. */
export function refuseBeside(call: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    const what = "x is an iterable of batches, each [x], [x, y] or [x, y, sampleWeight]";
    if ((value ?? undefined) !== undefined) fail(call, `${name}: expected nothing, as ${what}`);
  }
}
