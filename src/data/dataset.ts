import { fail, refuse } from "../util/errors.ts";
import { checkBoolean, checkInteger, checkOptions } from "../util/names.ts";
import { batching } from "./batching.ts";
import { type ColumnElement, type Columns, columnRows } from "./columns.ts";
import type { CsvRow, CsvStreamOptions } from "./csv-plan.ts";
import { csvRows } from "./csv-stream.ts";
import type { FileSource, Piece } from "./file-source.ts";
import { type IdxFiles, type IdxRow, idxRows } from "./idx-stream.ts";
import { isAsync, iteration } from "./iterables.ts";
import { type BatchOptions, checkFunction, partsOf, type Recipe, type SplitOptions, together } from "./recipe.ts";
import { dealer, shuffling } from "./sampling.ts";
import { Sequence } from "./sequence.ts";
import type { Batched, Shaped } from "./stack.ts";
import {
  after,
  chain,
  END,
  elements,
  elementsLater,
  type Maybe,
  NONE,
  prefetched,
  type Stage,
  sideBySide,
  through,
  type Walk,
  walkOf,
} from "./walk.ts";

/** Anything {@link Dataset.from} reads. */
export type DatasetSource<T> = Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | Iterator<T> | AsyncIterable<T>);

/** What of a file comes at once. */
type InMemory = ArrayBuffer | ArrayBufferView | readonly Piece[];

/** Datasets in a list or by names. */
export type Datasets =
  | { readonly [name: string]: Dataset<unknown> }
  | readonly [Dataset<unknown>, ...Dataset<unknown>[]]
  | readonly Dataset<unknown>[];

/** What {@link Dataset.zip} makes of them. */
export type Zipped<D extends Datasets> =
  (D extends readonly unknown[] ? D[number] : D[keyof D]) extends Iterable<unknown>
    ? SyncDataset<{ [K in keyof D]: D[K] extends Dataset<infer E> ? E : never }>
    : Dataset<{ [K in keyof D]: D[K] extends Dataset<infer E> ? E : never }>;

/** How the recipe of a Dataset is read in this file. */
let recipeOf: <T>(dataset: Dataset<T>) => Recipe<T>;

function make<T>(recipe: Recipe<T>): Dataset<T> {
  return recipe.sync ? new SyncDataset(recipe) : new Dataset(recipe);
}

/**
 * Elements one after the other, made anew for each pass: `for await (const element of dataset)`. Nothing is computed or
 * read before it is asked for, and never more is held than an operation needs (`shuffle`: its buffer, `batch`: one batch).
 * A Dataset of batches goes straight to `fit`, `evaluate` and `predict`. Operations return a new Dataset and leave this
 * one as it is. Names and behaviour follow `tf.data` of TensorFlow.js.
 */
export class Dataset<T> implements AsyncIterable<T> {
  readonly #recipe: Recipe<T>;

  static {
    recipeOf = (dataset) => dataset.#recipe;
  }

  /** Use `Dataset.from` and its relatives. @internal */
  constructor(recipe: Recipe<T>) {
    this.#recipe = recipe;
  }

  /** Number of elements: undefined where it is not known, Infinity where there is no end. */
  get size(): number | undefined {
    return this.#recipe.size;
  }

  /**
   * Any iterable. A function is called for each pass; generator functions serve for data without end. A Dataset of
   * something that can be walked only once (a stream, a running generator) has one pass.
   * @throws ValueError for anything else.
   */
  static from<T>(source: Iterable<T> | (() => Iterable<T> | Iterator<T>)): SyncDataset<T>;
  static from<T>(source: AsyncIterable<T> | (() => AsyncIterable<T>)): Dataset<T>;
  static from<T>(source: DatasetSource<T>): Dataset<T> {
    const { iterate, sync } = iteration<T>(source);
    const size = Array.isArray(source) ? source.length : undefined;
    return make({ open: () => walkOf(iterate()), size, sync });
  }

  /** The elements a generator function yields, called for each pass; asynchronous ones too. */
  static fromGenerator<T>(generator: () => Iterable<T> | Iterator<T>): SyncDataset<T>;
  static fromGenerator<T>(generator: () => AsyncIterable<T>): Dataset<T>;
  static fromGenerator<T>(generator: () => Iterable<T> | Iterator<T> | AsyncIterable<T>): Dataset<T> {
    if (typeof generator !== "function") refuse("Dataset", "generator", "a generator function", generator);
    return Dataset.from(generator as () => Iterable<T>);
  }

  /**
   * Rows of columns of equal length, under the columns' names or in a list: an element of
   * `fromArrays([x, y])` is `[row of x, entry of y]`. Columns are arrays with one entry for each row, or tensors and
   * shaped arrays with rows along the first axis.
   * @throws ShapeError when the lengths differ.
   */
  static fromArrays<C extends Columns>(columns: C): SyncDataset<{ readonly [K in keyof C]: ColumnElement<C[K]> }> {
    const { size, row } = columnRows(columns);
    const open = (): Walk<never> => {
      let i = 0;
      return { next: () => (i < size ? (row(i++) as never) : END) };
    };
    return make<never>({ open, size, sync: true }) as never;
  }

  /**
   * The rows of comma-separated values (RFC 4180), read piece by piece: memory does not grow with the file. A row is an
   * object by column names, or with `dtype` a vector; with `target` a pair `[x, y]`. See {@link CsvStreamOptions}.
   * @param source a path (Node, Deno, Bun) or URL; a Blob, Request or Response body, stream or (async) iterable of texts
   *   or bytes; a function that opens one of these; bytes; a text, known by its line ends. Packed with gzip or plain.
   *   A stream has one pass; a function is called for each.
   * @throws FormatError, while rows are read, that names line and column of what is wrong.
   */
  static fromCsv<const O extends CsvStreamOptions = CsvStreamOptions>(
    source: InMemory,
    options?: O,
  ): SyncDataset<CsvRow<O>>;
  static fromCsv<const O extends CsvStreamOptions = CsvStreamOptions>(
    source: FileSource,
    options?: O,
  ): Dataset<CsvRow<O>>;
  static fromCsv<const O extends CsvStreamOptions = CsvStreamOptions>(
    source: FileSource,
    options?: O,
  ): Dataset<CsvRow<O>> {
    return make<CsvRow<O>>({ ...csvRows(source, options), size: undefined } as Recipe<CsvRow<O>>);
  }

  /**
   * The entries along the first axis of a file in the IDX format of MNIST, read piece by piece: arrays of the file's own type
   * with their `shape`, or numbers. A pair of files gives `[image, label]`, grey images scaled to [0, 1], as `idx` does.
   * @param source whatever {@link Dataset.fromCsv} reads, or `{images, labels}` of these; packed with gzip or plain
   * @throws FormatError, while rows are read, when a file is something else, is cut off, or the two do not belong together.
   */
  static fromIdx(source: IdxFiles<InMemory>): SyncDataset<[image: Shaped, label: number]>;
  static fromIdx(source: IdxFiles): Dataset<[image: Shaped, label: number]>;
  static fromIdx(source: InMemory): SyncDataset<IdxRow>;
  static fromIdx(source: FileSource): Dataset<IdxRow>;
  static fromIdx(source: FileSource | IdxFiles): Dataset<unknown> {
    return make({ ...idxRows(source), size: undefined });
  }

  /** Elements of several Datasets side by side, in a list or by names; as many as the shortest has. */
  static zip<D extends Datasets>(datasets: D): Zipped<D> {
    const isObject = typeof datasets === "object" && datasets !== null;
    const sets = isObject ? Object.values<Dataset<unknown>>(datasets as Record<string, Dataset<unknown>>) : [];
    if (sets.length === 0 || !sets.every((set) => set instanceof Dataset)) {
      refuse("Dataset", "zip", "Datasets in a list or an object", datasets);
    }
    const names = Object.keys(datasets);
    const recipes = sets.map((set) => recipeOf(set));
    const sizes = recipes.map(({ size }) => size);
    const named = (parts: unknown[]): unknown => Object.fromEntries(parts.map((part, i) => [names[i], part]));
    const join: Stage<unknown[], unknown> = { push: Array.isArray(datasets) ? (parts) => parts : named };
    return make<never>({
      open: () => through(sideBySide(recipes.map((recipe) => recipe.open())), join) as Walk<never>,
      size: sizes.includes(undefined) ? undefined : Math.min(...(sizes as number[])),
      ...together(recipes),
    }) as never;
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void> {
    return elementsLater(this.#recipe.open);
  }

  /**
   * Tells that the next pass is that of an epoch (from 0); `fit` does. Where there have been fewer passes, as in a process
   * that goes on from a saved model, `shuffle` skips the orders of those before. True where passes differ.
   */
  beginEpoch(epoch: number): boolean {
    const { seek } = this.#recipe;
    checkInteger(epoch, "Dataset", "beginEpoch", 0);
    seek?.(epoch);
    return typeof seek === "function";
  }

  /** All elements in a list. */
  async toArray(): Promise<T[]> {
    const list: T[] = [];
    for await (const element of this) list.push(element);
    return list;
  }

  /** Calls a function with each element, and waits for what it returns. */
  async forEachAsync(visit: (element: T) => unknown): Promise<void> {
    checkFunction(visit, "forEachAsync");
    for await (const element of this) await visit(element);
  }

  #stage<R>(stage: () => Stage<T, R>, size: number | undefined, change?: unknown): Dataset<R> {
    const { open, sync, seek } = this.#recipe;
    const { depth } = together([this.#recipe]);
    return make({ open: () => through(open(), stage()), size, sync: sync && !isAsync(change), seek, depth });
  }

  /**
   * Each element changed by a function, which also gets its number. An asynchronous function is waited for; one that is
   * not written `async` but returns promises makes a Dataset for `for await` only.
   */
  map<R>(change: (element: T, index: number) => PromiseLike<R>): Dataset<R>;
  map<R>(change: (element: T, index: number) => R): Dataset<R>;
  map<R>(change: (element: T, index: number) => Maybe<R>): Dataset<R> {
    checkFunction(change, "map");
    return this.#stage<R>(
      () => {
        let index = 0;
        return { push: (element) => change(element, index++) };
      },
      this.size,
      change,
    );
  }

  /** The elements for which a function, given also their number, returns true (or the promise of it). */
  filter(test: (element: T, index: number) => PromiseLike<boolean>): Dataset<T>;
  filter(test: (element: T, index: number) => boolean): this;
  filter(test: (element: T, index: number) => Maybe<boolean>): Dataset<T> {
    checkFunction(test, "filter");
    return this.#stage<T>(
      () => {
        let index = 0;
        return { push: (element) => after(test(element, index++), (kept) => (kept ? element : NONE)) };
      },
      undefined,
      test,
    );
  }

  /**
   * Elements stacked into batches of `size`; the last may be smaller. Numbers become a Float32Array of shape (size),
   * arrays one with a new first axis, with their `shape`; texts become lists; objects and, on top, lists keep their
   * structure: elements `[x, y]` give batches `[xs, ys]`.
   * @throws ShapeError, in a pass, for elements that are not alike; ValueError for a missing value.
   */
  batch(size: number, options: BatchOptions = {}): Dataset<Batched<T>> {
    const n = checkInteger(size, "Dataset", "batch", 1);
    checkOptions(options, ["dropRemainder"], "Dataset batch");
    const drop = options.dropRemainder ?? false;
    checkBoolean(drop, "Dataset batch", "dropRemainder");
    const full = (this.size ?? Number.NaN) / n;
    const batches = drop ? Math.floor(full) : Math.ceil(full);
    return this.#stage(() => batching<T>(n, drop, this.size), Number.isNaN(batches) ? undefined : batches);
  }

  /**
   * Elements in random order: each is drawn from a buffer of the next `bufferSize` ones, so a buffer as large as the data
   * gives a uniform shuffle. The seed decides; each pass has another order unless `reshuffleEachIteration` is false, and
   * the n-th pass has the same in each run.
   */
  shuffle(bufferSize: number, seed = 0, reshuffleEachIteration = true): this {
    const capacity = checkInteger(bufferSize, "Dataset shuffle", "bufferSize", 1);
    checkInteger(seed, "Dataset shuffle", "seed");
    checkBoolean(reshuffleEachIteration, "Dataset shuffle", "reshuffleEachIteration");
    let passes = 0;
    const order = (): Sequence => new Sequence(seed, reshuffleEachIteration ? passes++ : 0);
    let first: number | undefined;
    const { open, seek } = this.#recipe;
    const seekHere = (pass: number): void => {
      seek?.(pass);
      first ??= passes;
      passes = Math.max(passes, first + pass);
    };
    return this.#from(() => through(open(), shuffling(order(), capacity)), this.size, seekHere);
  }

  /** The first elements only. */
  take(count: number): this {
    const most = checkInteger(count, "Dataset", "take", 0);
    const open = (): Walk<T> => {
      const source = this.#recipe.open();
      let left = most;
      return { ...source, next: () => (left-- > 0 ? source.next() : END) };
    };
    return this.#from(open, this.size === undefined ? undefined : Math.min(this.size, most));
  }

  /** All but the first elements. */
  skip(count: number): this {
    const first = checkInteger(count, "Dataset", "skip", 0);
    return this.#stage<T>(
      () => {
        let index = 0;
        return { elements: "passed", push: (element) => (index++ < first ? NONE : element) };
      },
      this.size === undefined ? undefined : Math.max(this.size - first, 0),
    ) as this;
  }

  /** The elements again and again: `count` times, or without end. */
  repeat(count: number = Infinity): this {
    if (count !== Infinity) checkInteger(count, "Dataset", "repeat", 0);
    const { open, seek } = this.#recipe;
    const passes = function* (): Generator<Walk<T>, void> {
      for (let i = 0; i < count; i++) {
        let empty = true;
        const noticed: Stage<T, T> = {
          push: (element) => {
            empty = false;
            return element;
          },
        };
        yield through(open(), noticed);
        if (empty) return; // nothing would repeat for ever
      }
    };
    const size = count === 0 || this.size === 0 ? 0 : this.size && this.size * count;
    // A pass without end is the only one.
    const seekHere = seek && count < Infinity ? (pass: number) => seek(pass * count) : null;
    return this.#from(() => chain(passes()), count === Infinity && size !== 0 ? Infinity : size, seekHere);
  }

  /** The elements of this one, then those of another. */
  concatenate<U>(other: Dataset<U>): Dataset<T | U> {
    if (!(other instanceof Dataset)) refuse("Dataset", "concatenate", "a Dataset", other);
    const parts: Recipe<T | U>[] = [this.#recipe, recipeOf(other)];
    const walks = function* (): Generator<Walk<T | U>, void> {
      for (const { open } of partsOf(parts)) yield open();
    };
    const size = this.size !== undefined && other.size !== undefined ? this.size + other.size : undefined;
    return make({ open: () => chain(walks()), ...together(parts, 0), size, parts });
  }

  /**
   * Reads up to `bufferSize` elements ahead of the one in use, so that reading a file or waiting for an asynchronous `map`
   * goes on while a model trains. What comes at once has nothing to wait for, and stays as it is.
   */
  prefetch(bufferSize: number): this {
    checkInteger(bufferSize, "Dataset", "prefetch", 1);
    const { open, sync } = this.#recipe;
    return sync ? this : this.#from(() => prefetched(open(), bufferSize), this.size);
  }

  /**
   * Two Datasets that share the elements, as Keras's `split_dataset`: the first `left` of them and the rest, or a share of
   * them when `left` is below 1. With a seed elements are dealt at random, the same way in each pass; a share of data
   * whose size is not known needs that, and is then met on average.
   */
  split(left: number, options: SplitOptions = {}): [this, this] {
    checkOptions(options, ["seed"], "Dataset split");
    const { seed } = options;
    const { size = Infinity } = this;
    const isShare = typeof left === "number" && left > 0 && left < 1;
    if (!isShare) checkInteger(left, "Dataset split", "left (a share in (0, 1), or a number of elements)", 0);
    const count = !isShare ? left : size < Infinity ? Math.round(left * size) : undefined;
    if (seed === undefined) {
      if (count !== undefined) return [this.take(count), this.skip(count)];
      fail("Dataset split", "left: expected a number of elements, or a seed, as the size is not known");
    }
    checkInteger(seed, "Dataset split", "seed");
    if (!isShare && size === Infinity) refuse("Dataset split", "left", "a share, as the size is not known", left);
    const sides = [true, false].map((isLeft) =>
      this.#stage<T>(
        () => {
          const goesLeft = dealer(seed, left, count, size);
          return { elements: "passed", push: (element) => (goesLeft() === isLeft ? element : NONE) };
        },
        count === undefined ? this.size : isLeft ? Math.min(count, size) : Math.max(size - count, 0),
      ),
    );
    return sides as [this, this];
  }

  #from(open: () => Walk<T>, size: number | undefined, seek = this.#recipe.seek): this {
    return make({ ...together([this.#recipe]), open, size, seek }) as this;
  }
}

/** A Dataset whose elements all come at once: `for (const element of dataset)` works too, and so does `evaluate`. */
export class SyncDataset<T> extends Dataset<T> implements Iterable<T> {
  [Symbol.iterator](): IterableIterator<T> {
    return elements(recipeOf(this).open);
  }

  override map<R>(change: (element: T, index: number) => PromiseLike<R>): Dataset<R>;
  override map<R>(change: (element: T, index: number) => R): SyncDataset<R>;
  override map<R>(change: (element: T, index: number) => R): Dataset<R> {
    return super.map(change);
  }

  override batch(size: number, options: BatchOptions = {}): SyncDataset<Batched<T>> {
    return super.batch(size, options) as SyncDataset<Batched<T>>;
  }

  override concatenate<U>(other: SyncDataset<U>): SyncDataset<T | U>;
  override concatenate<U>(other: Dataset<U>): Dataset<T | U>;
  override concatenate<U>(other: Dataset<U>): Dataset<T | U> {
    return super.concatenate(other);
  }
}
