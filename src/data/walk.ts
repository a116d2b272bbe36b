import { ValueError } from "../util/errors.ts";

/** A value, or the promise of it. */
export type Maybe<T> = T | PromiseLike<T>;

/** What a walk gives when it is over. */
export const END: unique symbol = /* @__PURE__ */ Symbol("end");
/** What a stage gives for an element that it keeps back or drops. */
export const NONE: unique symbol = /* @__PURE__ */ Symbol("none");
export type End = typeof END;
export type None = typeof NONE;

/**
 * One pass over elements. `next` returns at once where it can and a promise only where it must wait, so that one
 * definition of each operation serves synchronous and asynchronous data, and rows that have come in cost no promise each.
 * `next` is not called again before its promise is settled, nor after END or an error.
 */
export interface Walk<T> {
  next(): Maybe<T | End>;
  /** Takes back an element that nobody holds any more, to fill it anew instead of making another. */
  reuse?(element: T): void;
  /** Lets go of what the pass holds. Called once by whoever walks: at the end, after an error, or early. */
  close?(): Maybe<void>;
}

export function isThenable(value: unknown): value is PromiseLike<never> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Goes on with a value: at once, or when it is there. */
export function after<A, B>(value: Maybe<A>, go: (value: A) => Maybe<B>): Maybe<B> {
  return isThenable(value) ? (value as PromiseLike<A>).then(go) : go(value as A);
}

/** An operation on elements, one after the other. */
export interface Stage<A, B> {
  /** Takes an element; gives one, or NONE, or END to stop the pass here. */
  push(element: A): Maybe<B | None | End>;
  /** What is left when the source has ended, one at a time, then END. */
  rest?(): B | End;
  /** What becomes of elements: copied by `push`, or passed on and shown to nobody; without, somebody may hold them. */
  readonly elements?: "copied" | "passed";
}

/** A walk through a stage. */
export function through<A, B>(source: Walk<A>, stage: Stage<A, B>): Walk<B> {
  let over = false;
  const rest = (): B | End => stage.rest?.() ?? END;
  const isCopied = stage.elements === "copied";
  const take = (element: A | End): Maybe<B | None | End> => {
    if (element === END) {
      over = true;
      return rest();
    }
    const result = stage.push(element as A);
    if (isCopied) source.reuse?.(element as A);
    return result;
  };
  const later = async (first: PromiseLike<B | None | End>): Promise<B | End> => {
    for (let pending: Maybe<B | None | End> = first; ; pending = after(source.next(), take)) {
      const result = (isThenable(pending) ? await pending : pending) as B | None | End;
      if (result !== NONE) return result;
    }
  };
  return {
    next() {
      while (!over) {
        const element = source.next();
        const result = isThenable(element) ? element.then(take) : take(element as A | End);
        if (isThenable(result)) return later(result);
        if (result !== NONE) return result as B | End;
      }
      return rest();
    },
    ...(stage.elements === "passed" && { reuse: (element: B) => source.reuse?.(element as unknown as A) }),
    close: () => source.close?.(),
  };
}

/** A walk that takes from a source until something is ready: for pieces and elements that do not match one to one. */
export function pulling<A, B>(source: Walk<A>, ready: () => B | End | None, take: (piece: A | End) => void): Walk<B> {
  const later = async (first: PromiseLike<A | End>): Promise<B | End> => {
    for (let piece: Maybe<A | End> = first; ; piece = source.next()) {
      take(isThenable(piece) ? await (piece as PromiseLike<A | End>) : (piece as A | End));
      const result = ready();
      if (result !== NONE) return result;
    }
  };
  return {
    next() {
      for (;;) {
        const result = ready();
        if (result !== NONE) return result;
        const piece = source.next();
        if (isThenable(piece)) return later(piece);
        take(piece as A | End);
      }
    },
    close: () => source.close?.(),
  };
}

/** One walk after the other; a walk is opened when its turn comes. */
export function chain<T>(opened: Iterator<Walk<T>>): Walk<T> {
  let current: Walk<T> | undefined;
  const close = (): Maybe<void> => {
    const ended = current;
    current = undefined;
    return ended?.close?.();
  };
  const take = (element: T | End): Maybe<T | End> => (element === END ? after(close(), next) : element);
  const next = (): Maybe<T | End> => {
    for (;;) {
      if (current === undefined) {
        const { done, value } = opened.next();
        if (done === true) return END;
        current = value as Walk<T>;
      }
      const element = current.next();
      if (isThenable(element)) return element.then(take);
      if (element !== END) return element as T;
      const closed = close();
      if (isThenable(closed)) return closed.then(next);
    }
  };
  return { next, close };
}

/** Waits for all; the first that failed is what fails. */
async function allDone(pending: readonly Maybe<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(pending)) if (result.status === "rejected") throw result.reason;
}

/** Walks side by side; over when the first of them is. */
export function sideBySide(walks: readonly Walk<unknown>[]): Walk<unknown[]> {
  const join = (elements: unknown[]): unknown[] | End => (elements.includes(END) ? END : elements);
  return {
    next() {
      const elements: unknown[] = [];
      try {
        for (const walk of walks) elements.push(walk.next());
      } catch (error) {
        // Those that are still under way end first, so that none of them fails unheard.
        if (!elements.some(isThenable)) throw error;
        return Promise.allSettled(elements).then(() => {
          throw error;
        });
      }
      return elements.some(isThenable) ? Promise.all(elements).then(join) : join(elements);
    },
    reuse(elements) {
      for (let i = 0; i < elements.length; i++) walks[i]!.reuse?.(elements[i]);
    },
    // Of walks that close at once this one does, so that what comes after it comes at once too.
    close() {
      const closed = walks.map((walk) => {
        try {
          return walk.close?.();
        } catch (error) {
          return Promise.reject(error);
        }
      });
      if (closed.some(isThenable)) return allDone(closed);
    },
  };
}

/** Asks for `ahead` elements more than were taken, so that waiting for them and using them go on at the same time. */
export function prefetched<T>(source: Walk<T>, ahead: number): Walk<T> {
  const queue: Promise<T | End>[] = [];
  let last: Promise<T | End | undefined> = Promise.resolve(undefined);
  let over = false;
  const ask = async (): Promise<T | End> => {
    if (over) return END;
    try {
      const element = await source.next();
      over ||= element === END;
      return element;
    } catch (error) {
      over = true;
      throw error;
    }
  };
  return {
    next() {
      while (queue.length <= ahead && !over) {
        const asked = last.then(ask);
        asked.catch(() => {}); // whoever takes it sees the error
        queue.push(asked);
        last = asked;
      }
      return queue.shift() ?? END;
    },
    reuse: (element) => source.reuse?.(element),
    async close() {
      over = true;
      await last.catch(() => {});
      await source.close?.();
    },
  };
}

/** A walk over an iterator of either kind. */
export function walkOf<T>(iterator: Iterator<T> | AsyncIterator<T>): Walk<T> {
  const take = ({ done, value }: IteratorResult<T>): T | End => (done === true ? END : (value as T));
  return {
    next: () => after(iterator.next() as Maybe<IteratorResult<T>>, take),
    close: () => after(iterator.return?.() as Maybe<unknown>, () => undefined),
  };
}

/** The elements of a walk whose source is synchronous; it is opened when the first one is asked for. */
export function* elements<T>(open: () => Walk<T>): Generator<T, void> {
  const walk = open();
  try {
    for (;;) {
      const element = walk.next();
      if (isThenable(element)) throw notAtOnce(element);
      if (element === END) return;
      yield element as T;
    }
  } finally {
    const closed = walk.close?.();
    if (isThenable(closed)) closed.then(undefined, () => {});
  }
}

function notAtOnce(element: PromiseLike<unknown>): ValueError {
  element.then(undefined, () => {}); // nobody waits for it
  const advice = "walk with `for await`, or give an async function";
  return new ValueError(`[Dataset] iteration: expected elements at once, got a promise; ${advice}.`);
}

/** The elements of any walk. */
export async function* elementsLater<T>(open: () => Walk<T>): AsyncGenerator<T, void> {
  const walk = open();
  try {
    for (;;) {
      const next = walk.next();
      const element = isThenable(next) ? await (next as PromiseLike<T | End>) : next;
      if (element === END) return;
      yield element as T;
    }
  } finally {
    await walk.close?.();
  }
}
