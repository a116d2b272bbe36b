import { refuse } from "../util/errors.ts";

/** True for functions written `async`. */
export function isAsync(value: unknown): boolean {
  return typeof value === "function" && /^Async/.test(value.constructor.name);
}

/** True for what iterates, in either way. */
export function isIterable(value: unknown): value is Iterable<never> | AsyncIterable<never> {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** The iterator of an iterable; an iterator as it is. */
export function iteratorOf<T>(source: unknown, sync: boolean): Iterator<T> | AsyncIterator<T> {
  const object = Object(source);
  const make = (sync ? object[Symbol.iterator] : undefined) ?? object[Symbol.asyncIterator] ?? object[Symbol.iterator];
  if (typeof make === "function") return make.call(source);
  if (typeof object.next === "function") return object;
  return refuse("Dataset", "source", "a function that gives an iterable", source);
}
