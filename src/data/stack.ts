import { isTypedArray, shapeOfArray, type TypedArray } from "../util/dtype.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { checkDepth, isPlainObject } from "../util/structure.ts";

/** A typed array with the shape of what it holds, row-major; models and `tensor` take it as it is. */
export type Shaped<A extends TypedArray = Float32Array> = A & { readonly shape: readonly number[] };

/** A tensor, of whichever copy of the package. */
export interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): TypedArray;
}

/** What `batch` makes of elements: the same structure, with numbers and arrays stacked along a new first axis. */
export type Batched<T> = unknown extends T
  ? unknown
  : T extends number | boolean
    ? Shaped
    : T extends string
      ? string[]
      : T extends TypedArray
        ? Shaped<T>
        : T extends TensorLike
          ? Shaped
          : T extends null | undefined
            ? T
            : T extends object
              ? { [K in keyof T]: BatchedPart<T[K]> }
              : T[];

type BatchedPart<T> = T extends readonly (number | boolean)[] | readonly (readonly number[])[] ? Shaped : Batched<T>;

/** Gives an array its shape. */
export function shaped<A extends TypedArray>(array: A, shape: readonly number[]): Shaped<A> {
  return Object.assign(array, { shape });
}

type Rows = readonly unknown[];

/**
 * A batch under way. Elements are copied as they come, so that none of them is held: what dies at once costs a garbage
 * collector nothing, while thousands of rows that wait for their batch move into its old generation.
 */
export interface Stack {
  add(element: unknown): void;
  /** The batch; ends this one. */
  done(): unknown;
}

/**
 * Stacks elements like this one (which is still to be added). An element is a structure: objects and, on top, arrays
 * (`[x, y]`) are gone into; what is found there is a number, an array of numbers or a tensor, or anything else, which
 * stays in a list.
 * @param capacity elements to reserve memory for; more may come
 */
export function stackLike(element: unknown, capacity: number): Stack {
  return Array.isArray(element) ? tuples(element, "", capacity, 0) : part(element, "", capacity, 0);
}

function tuples(first: Rows, where: string, capacity: number, depth: number): Stack {
  const { length } = first;
  const parts = first.map((value, i) => part(value, `${where}[${i}]`, capacity, depth + 1));
  return {
    add(value) {
      if (!isRow(value, length)) throw unlike(where, `${length} parts as before`, value);
      for (let i = 0; i < length; i++) parts[i]!.add((value as Rows)[i]);
    },
    done: () => parts.map((each) => each.done()),
  };
}

function objects(first: Readonly<Record<string, unknown>>, where: string, capacity: number, depth: number): Stack {
  const keys = Object.keys(first);
  const parts = keys.map((key) => part(first[key], `${where}.${key}`, capacity, depth + 1));
  const fits = (value: unknown): boolean =>
    isPlainObject(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
  return {
    add(value) {
      if (!fits(value)) throw unlike(where, `the keys ${keys.join(", ")} as before`, value);
      for (let i = 0; i < keys.length; i++) parts[i]!.add((value as Record<string, unknown>)[keys[i]!]);
    },
    done: () => Object.fromEntries(keys.map((key, i) => [key, parts[i]!.done()])),
  };
}

function part(first: unknown, where: string, capacity: number, depth: number): Stack {
  checkDepth(depth, "Dataset", "batch");
  if (isNumber(first)) return numbers(where, capacity);
  if (isTypedArray(first)) return arrays(first, where, capacity);
  if (isTensor(first)) {
    const stack = part(tensorData(first), where, capacity, depth);
    return { add: (value) => stack.add(tensorData(value)), done: stack.done };
  }
  if (isNested(first)) return nested(first, where, capacity);
  if (Array.isArray(first)) return tuples(first, where, capacity, depth);
  return isPlainObject(first) ? objects(first, where, capacity, depth) : list(where);
}

function isNumber(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

/** Whether `part` makes anything but a list of what is like it. */
function isStacked(value: unknown): boolean {
  return isNumber(value) || isTypedArray(value) || isTensor(value) || Array.isArray(value) || isPlainObject(value);
}

function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "dataSync" in value && "shape" in value;
}

/** A tensor's values with its shape; other things as they are. */
export function tensorData(value: unknown): unknown {
  return isTensor(value) ? shaped(value.dataSync(), value.shape) : value;
}

/** Texts and whatever else is no number; nothing at all where nothing was. */
function list(where: string): Stack {
  const values: unknown[] = [];
  let like: unknown;
  return {
    add(value) {
      if (isStacked(value)) {
        throw like === undefined || like === null
          ? unlike(where, "a value as in other elements", values[0])
          : unlike(where, `the like of ${describe(like)} as before`, value);
      }
      like ??= value;
      values.push(value);
    },
    done: () => (values.every((value) => value === undefined) ? undefined : values),
  };
}

/** An array that grows by entries of a shape; `write` checks a value and puts it there. */
function block<A extends TypedArray>(
  Class: new (length: number) => A,
  shape: readonly number[],
  capacity: number,
  write: (data: A, at: number, value: unknown) => void,
): Stack {
  const size = sizeOf(shape);
  let data = new Class(capacity * size);
  let count = 0;
  return {
    add(value) {
      const at = count++ * size;
      if (data.length < at + size) {
        const small = data;
        data = new Class(2 * at + size);
        data.set(small);
      }
      write(data, at, value);
    },
    done: () => shaped(data.length === count * size ? data : (data.slice(0, count * size) as A), [count, ...shape]),
  };
}

function numbers(where: string, capacity: number): Stack {
  return block(Float32Array, [], capacity, (data, at, value) => {
    if (!isNumber(value)) throw unlike(where, "a number as before", value);
    data[at] = Number(value);
  });
}

function arrays(first: TypedArray, where: string, capacity: number): Stack {
  const shape = shapeOfArray(first);
  const { length } = first;
  const Class = first.constructor as new (length: number) => TypedArray;
  const hasShape = (value: TypedArray & { shape?: unknown }): boolean =>
    value.shape === undefined ? shape.length === 1 : sameShape(shapeOfArray(value), shape);
  return block(Class, shape, capacity, (data, at, value) => {
    if (!(value instanceof Class) || value.length !== length || !hasShape(value)) {
      throw unlike(where, `a ${Class.name} of shape ${formatShape(shape)} as before`, value);
    }
    // A block copy pays for itself from some length on.
    if (length > 32) data.set(value, at);
    else for (let i = 0; i < length; i++) data[at + i] = value[i]!;
  });
}

function nested(first: Rows, where: string, capacity: number): Stack {
  const shape = nestedShape(first);
  let next = 0;
  const fill = (data: Float32Array, value: unknown, axis: number): void => {
    const isLeaf = axis === shape.length;
    if (isLeaf ? !isNumber(value) : !isRow(value, shape[axis]!)) {
      throw unlike(where, `arrays of numbers of shape ${formatShape(shape)} as before`, value);
    }
    if (isLeaf) data[next++] = Number(value);
    else for (const each of value as Rows) fill(data, each, axis + 1);
  };
  return block(Float32Array, shape, capacity, (data, at, value) => {
    next = at;
    fill(data, value, 0);
  });
}

function isRow(part: unknown, length: number): boolean {
  return Array.isArray(part) && part.length === length;
}

/** True for nested arrays of numbers, as far as their first entries tell. */
function isNested(value: unknown): value is Rows {
  let part = value;
  for (let depth = 0; Array.isArray(part) && part.length > 0; depth++) {
    checkDepth(depth, "Dataset", "batch"); // a list may hold itself
    part = part[0];
  }
  return Array.isArray(value) && isNumber(part);
}

function nestedShape(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...nestedShape(value[0])] : [];
}

function unlike(where: string, expected: string, got: unknown): ShapeError | ValueError {
  const Class = got === null || got === undefined ? ValueError : ShapeError;
  const hint = got === null ? "; null stands for a missing value: fill it or filter it out" : "";
  const shape = isTypedArray(got) ? ` of shape ${formatShape(shapeOfArray(got))}` : "";
  const what = `expected ${expected}, got ${describe(got)}${shape}${hint}`;
  return new Class(`[Dataset] batch${where && `, part ${where}`}: ${what}.`);
}
