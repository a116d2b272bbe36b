/** Assertions on numbers, typed arrays, nested arrays and tensors; messages show the first difference and both values. */

type Numbers = ArrayLike<number>;
/** A tensor, as far as an assertion needs to know. */
interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): Numbers;
}
/** What can be compared: a number or boolean, a typed array (any shape), nested arrays, a tensor. */
export type Comparable = number | boolean | Numbers | TensorLike | readonly Comparable[];

export interface Tolerance {
  /** Relative to the expected value; default 1e-5. */
  rtol?: number;
  /** Absolute; default 1e-6. */
  atol?: number;
  /** NaN equals NaN; default false. */
  equalNaN?: boolean;
  /** Goes in front of the message. */
  what?: string;
}

/** A failed assertion. Not called "AssertionError": uvu would print a diff of whole arrays for that name. */
export class AssertionFailure extends Error {
  override name = "AssertionFailure";
}

function fail(what: string | undefined, message: string): never {
  throw new AssertionFailure(what === undefined ? message : `${what}: ${message}`);
}

/** Fails unless `condition` holds. */
export function assert(condition: unknown, message = "expected a true value"): asserts condition {
  if (!condition) fail(undefined, message);
}

/** Fails unless |actual − expected| ≤ atol + rtol·|expected| for every element, and the shapes agree where both have one. */
export function assertClose(actual: Comparable, expected: Comparable, tolerance: Tolerance = {}): void {
  const { rtol = 1e-5, atol = 1e-6, equalNaN = false, what } = tolerance;
  const a = flatten(actual, what);
  const e = flatten(expected, what);
  checkShapes(a, e, what);
  let first = -1;
  let bad = 0;
  let worst = 0;
  for (let i = 0; i < a.values.length; i++) {
    const x = a.values[i] as number;
    const y = e.values[i] as number;
    if (Object.is(x, y) && (equalNaN || !Number.isNaN(x))) continue;
    const difference = Math.abs(x - y);
    if (x === y || (difference <= atol + rtol * Math.abs(y) && Number.isFinite(y))) continue;
    if (first < 0) first = i;
    bad++;
    if (!(difference <= worst)) worst = difference;
  }
  if (bad === 0) return;
  const shape = e.shape ?? a.shape;
  fail(
    what,
    `first difference at ${formatIndex(first, shape)}: expected ${e.values[first]}, got ${a.values[first]} ` +
      `(${bad} of ${a.values.length} differ, largest difference ${worst}; rtol ${rtol}, atol ${atol})`,
  );
}

/** Fails unless both hold the same float32 values bit for bit; every NaN counts as the same NaN, −0 is not +0. */
export function assertBitEqual(actual: Comparable, expected: Comparable, what?: string): void {
  const a = flatten(actual, what);
  const e = flatten(expected, what);
  checkShapes(a, e, what);
  for (let i = 0; i < a.values.length; i++) {
    if (Object.is(a.values[i], e.values[i])) continue;
    fail(what, `bits differ at ${formatIndex(i, e.shape ?? a.shape)}: expected ${e.values[i]}, got ${a.values[i]}`);
  }
}

/** Deep equality of plain objects, arrays, typed arrays (same kind), maps, sets and primitives; NaN equals NaN. */
export function assertEqual(actual: unknown, expected: unknown, what?: string): void {
  const path = firstDifference(actual, expected, "");
  if (path === undefined) return;
  fail(
    what,
    `${path.where === "" ? "" : `at ${path.where}: `}expected ${show(path.expected)}, got ${show(path.actual)}`,
  );
}

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Fails unless `fn` throws an `errorClass` whose message matches; returns the error. */
export function assertThrows<E extends Error>(fn: () => unknown, errorClass: ErrorClass<E>, text?: RegExp): E {
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    return checkError(error, errorClass, text);
  }
  if (result instanceof Promise) {
    result.catch(() => {});
    fail(undefined, `expected ${errorClass.name} thrown, got a promise: use assertRejects`);
  }
  return fail(undefined, `expected ${errorClass.name}${text ? ` ${text}` : ""}, nothing was thrown`);
}

/** The same for a promise, or a function that returns one (or throws before it does). */
export async function assertRejects<E extends Error>(
  promise: Promise<unknown> | (() => Promise<unknown>),
  errorClass: ErrorClass<E>,
  text?: RegExp,
): Promise<E> {
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    return checkError(error, errorClass, text);
  }
  return fail(undefined, `expected ${errorClass.name}${text ? ` ${text}` : ""}, nothing was thrown`);
}

function checkError<E extends Error>(error: unknown, errorClass: ErrorClass<E>, text: RegExp | undefined): E {
  if (!(error instanceof errorClass)) {
    const got = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
    fail(undefined, `expected ${errorClass.name}, got ${got}`);
  }
  if (text !== undefined && !text.test(error.message)) {
    fail(undefined, `expected a message like ${text}, got "${error.message}"`);
  }
  return error;
}

interface Flat {
  values: Numbers;
  /** Absent for flat typed arrays, which fit any shape. */
  shape?: readonly number[];
}

function flatten(x: Comparable, what: string | undefined): Flat {
  if (typeof x === "number" || typeof x === "boolean") return { values: [Number(x)], shape: [] };
  if (isTensorLike(x)) return { values: x.dataSync(), shape: x.shape };
  if (!Array.isArray(x)) return { values: x as Numbers };
  const values: number[] = [];
  const shape = collect(x as readonly Comparable[], values, what);
  return { values, shape };
}

function collect(list: readonly Comparable[], values: number[], what: string | undefined): number[] {
  let inner: readonly number[] | undefined;
  for (const element of list) {
    const flat = flatten(element, what);
    const shape = flat.shape ?? [flat.values.length];
    inner ??= shape;
    if (inner.join() !== shape.join()) fail(what, `ragged nested array: [${inner}] beside [${shape}]`);
    for (let i = 0; i < flat.values.length; i++) values.push(flat.values[i] as number);
  }
  return [list.length, ...(inner ?? [])];
}

function isTensorLike(x: object): x is TensorLike {
  return "dataSync" in x && "shape" in x;
}

function checkShapes(a: Flat, e: Flat, what: string | undefined): void {
  if (a.shape !== undefined && e.shape !== undefined && a.shape.join() !== e.shape.join()) {
    fail(what, `expected shape (${e.shape.join(", ")}), got (${a.shape.join(", ")})`);
  }
  if (a.values.length !== e.values.length) {
    fail(what, `expected ${e.values.length} elements, got ${a.values.length}`);
  }
}

function formatIndex(flat: number, shape: readonly number[] | undefined): string {
  if (shape === undefined || shape.length < 2) return `[${flat}]`;
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] as number;
    index.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return `[${index.join(", ")}]`;
}

interface Difference {
  where: string;
  actual: unknown;
  expected: unknown;
}

function firstDifference(a: unknown, e: unknown, where: string): Difference | undefined {
  if (a === e || (Number.isNaN(a) && Number.isNaN(e))) return undefined;
  const differs = { where, actual: a, expected: e };
  if (typeof a !== "object" || typeof e !== "object" || a === null || e === null) return differs;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(e)) return differs;
  if (a instanceof Map && e instanceof Map) return firstDifference([...a], [...e], where);
  if (a instanceof Set && e instanceof Set) return firstDifference([...a], [...e], where);
  if (a instanceof Date && e instanceof Date) return a.getTime() === e.getTime() ? undefined : differs;
  const list = Array.isArray(a) || ArrayBuffer.isView(a);
  if (list && (a as Numbers).length !== (e as Numbers).length) {
    return differs;
  }
  const keys = new Set([...Object.keys(e), ...Object.keys(a)]);
  for (const key of keys) {
    const place = list ? `${where}[${key}]` : `${where}.${key}`;
    if (!(key in a) || !(key in e)) {
      const missing = "(no such key)";
      return {
        where: place,
        actual: key in a ? a[key as never] : missing,
        expected: key in e ? e[key as never] : missing,
      };
    }
    const inner = firstDifference(a[key as never], e[key as never], place);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const name = value.constructor?.name ?? "object";
  const text = ArrayBuffer.isView(value) ? `[${(value as unknown as Numbers[]).toString()}]` : safeJson(value);
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  const list = Array.isArray(value) || ArrayBuffer.isView(value);
  const sized = list ? `${short} (length ${(value as unknown as Numbers).length})` : short;
  return name === "Object" || name === "Array" ? sized : `${name} ${sized}`;
}

function safeJson(value: object): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
