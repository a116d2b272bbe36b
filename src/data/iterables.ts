import { refuse } from "../util/errors.ts";

type AnyIterator<T> = Iterator<T> | AsyncIterator<T>;

/** How an iterable, or a function that gives one, is walked through. */
export interface Iteration<T> {
  iterate(): AnyIterator<T>;
  /** Whether elements come at once. */
  readonly sync: boolean;
}

/** True for functions written `async`. */
export function isAsync(value: unknown): boolean {
  return typeof value === "function" && /^Async/.test(value.constructor.name);
}

/** True for what iterates at once, and for an iterator by itself, which is taken to. */
function isSync(value: object): boolean {
  return Symbol.iterator in value || !(Symbol.asyncIterator in value);
}

/** @throws ValueError for what cannot be walked through. */
export function iteration<T>(source: unknown): Iteration<T> {
  if (typeof source !== "function") {
    const isIterable = source instanceof Object && (Symbol.iterator in source || Symbol.asyncIterator in source);
    if (!isIterable) refuse("Dataset", "source", "an iterable or a function that gives one", source);
    return { iterate: () => iteratorOf(source), sync: isSync(source as object) };
  }
  if (/GeneratorFunction$/.test(source.constructor.name)) {
    return { iterate: () => iteratorOf(source()), sync: !isAsync(source) };
  }
  // Only what it gives tells which kind it is: the first pass gets that.
  let first: unknown = source();
  const sync = isSync(Object(first));
  const iterate = (): AnyIterator<T> => {
    const opened = first === undefined ? source() : first;
    first = undefined;
    return iteratorOf(opened);
  };
  return { iterate, sync };
}

/** The iterator of an iterable; an iterator as it is. */
function iteratorOf<T>(source: unknown): AnyIterator<T> {
  const object = Object(source);
  const start = object[Symbol.iterator] ?? object[Symbol.asyncIterator];
  if (typeof start === "function") return start.call(source);
  if (typeof object.next === "function") return object;
  return refuse("Dataset", "source", "a function that gives an iterable", source);
}
