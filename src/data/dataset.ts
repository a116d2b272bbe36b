import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { Sequence } from "./sequence.ts";

/** Columns of rows: a typed array of `width` values for each row, or an array with one entry for each. */
export type Column = ArrayLike<unknown>;

/** Columns by name, or in a list. */
export type Columns = { readonly [name: string]: Column } | readonly Column[];

/** How {@link Dataset.shuffle} and {@link Dataset.batch} are told. */
export interface BatchOptions {
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean;
}

/**
 * Elements one after the other, made anew each time it is walked through: `for (const x of dataset)`. Synchronous and
 * lazy: nothing is computed before it is asked for. `[...dataset]` holds them all.
 */
export class Dataset<T> implements Iterable<T> {
  readonly #walk: () => Iterator<T>;
  /** Number of elements, where it is known. */
  readonly size: number | undefined;

  private constructor(walk: () => Iterator<T>, size: number | undefined) {
    this.#walk = walk;
    this.size = size;
  }

  /** Any iterable; a generator function serves for endless data. */
  static from<T>(source: Iterable<T> | (() => Iterable<T>)): Dataset<T> {
    const isFunction = typeof source === "function";
    if (!isFunction && typeof (source as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
      throw new ValueError(
        `[Dataset] source: expected an iterable or a function that gives one, got ${describe(source)}.`,
      );
    }
    const size = Array.isArray(source) ? source.length : undefined;
    return new Dataset(() => (isFunction ? source() : source)[Symbol.iterator](), size);
  }

  /** Rows of columns of equal length: an element has one entry of each, under the same names. */
  static fromArrays<C extends Columns>(
    columns: C,
  ): Dataset<{ readonly [K in keyof C]: C[K] extends ArrayLike<infer E> ? E : never }> {
    if (typeof columns !== "object" || columns === null) {
      throw new ValueError(`[Dataset] columns: expected arrays in a list or an object, got ${describe(columns)}.`);
    }
    const entries = Object.entries(columns as Record<string, Column>);
    const lengths = [...new Set(entries.map(([, column]) => column?.length))];
    if (lengths.length !== 1 || typeof lengths[0] !== "number") {
      throw new ShapeError(`[Dataset] columns: expected arrays of one length, got the lengths ${lengths.join(", ")}.`);
    }
    const [size] = lengths as [number];
    const row = (i: number): unknown => {
      const cells = entries.map(([name, column]) => [name, column[i]] as const);
      return Array.isArray(columns) ? cells.map(([, cell]) => cell) : Object.fromEntries(cells);
    };
    return new Dataset<never>(function* () {
      for (let i = 0; i < size; i++) yield row(i) as never;
    }, size);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#walk();
  }

  #then<R>(walk: (self: this) => Iterator<R>, size: number | undefined): Dataset<R> {
    return new Dataset(() => walk(this), size);
  }

  /** Each element changed by a function, which also gets its number. */
  map<R>(change: (element: T, index: number) => R): Dataset<R> {
    if (typeof change !== "function")
      throw new ValueError(`[Dataset] map: expected a function, got ${describe(change)}.`);
    return this.#then(function* (self) {
      let index = 0;
      for (const element of self) yield change(element, index++);
    }, this.size);
  }

  /** The elements in lists of `size`; the last may be shorter. */
  batch(size: number, options: BatchOptions = {}): Dataset<T[]> {
    const n = count(size, "batch", 1);
    checkOptions(options, ["dropRemainder"], "Dataset batch");
    const full = (this.size ?? Number.NaN) / n;
    const batches = options.dropRemainder === true ? Math.floor(full) : Math.ceil(full);
    return this.#then(
      function* (self) {
        let batch: T[] = [];
        for (const element of self) {
          batch.push(element);
          if (batch.length < n) continue;
          yield batch;
          batch = [];
        }
        if (batch.length > 0 && options.dropRemainder !== true) yield batch;
      },
      Number.isNaN(batches) ? undefined : batches,
    );
  }

  /** All elements in an order that the seed and the number of the walk decide: another one each time, the same in each run. */
  shuffle(seed = 0): Dataset<T> {
    if (!Number.isInteger(seed))
      throw new ValueError(`[Dataset] shuffle: expected an integer as seed, got ${describe(seed)}.`);
    let walks = 0;
    return this.#then((self) => {
      const order = new Sequence(seed, walks++);
      const all = [...self];
      for (let i = all.length - 1; i > 0; i--) {
        const j = order.below(i + 1);
        [all[i], all[j]] = [all[j]!, all[i]!];
      }
      return all[Symbol.iterator]();
    }, this.size);
  }

  /** The first elements only. */
  take(n: number): Dataset<T> {
    const most = count(n, "take", 0);
    return this.#then(
      function* (self) {
        let left = most;
        if (left === 0) return;
        for (const element of self) {
          yield element;
          if (--left === 0) return;
        }
      },
      this.size === undefined ? undefined : Math.min(this.size, most),
    );
  }

  /** All but the first elements. */
  skip(n: number): Dataset<T> {
    const first = count(n, "skip", 0);
    return this.#then(
      function* (self) {
        let index = 0;
        for (const element of self) if (index++ >= first) yield element;
      },
      this.size === undefined ? undefined : Math.max(this.size - first, 0),
    );
  }
}

function count(n: unknown, what: string, least: number): number {
  if (Number.isInteger(n) && (n as number) >= least) return n as number;
  throw new ValueError(`[Dataset] ${what}: expected an integer from ${least} on, got ${describe(n)}.`);
}
