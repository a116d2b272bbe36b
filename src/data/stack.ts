import { isTypedArray, shapeOfArray, type TypedArray } from "../util/dtype.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { isPlainObject } from "../util/structure.ts";

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
 * Stacks the elements of a batch. An element is a structure: objects and, on top, arrays (`[x, y]`) are gone into; what
 * is found there is a number, an array of numbers or a tensor, or anything else, which stays in a list.
 */
export function stack(elements: Rows): unknown {
  return Array.isArray(elements[0]) ? stackTuples(elements, "") : stackPart(elements, "");
}

function stackTuples(values: Rows, where: string): unknown[] {
  const { length } = values[0] as Rows;
  const odd = values.find((value) => !isRow(value, length));
  if (odd !== undefined) throw unlike(where, `${length} parts as before`, odd);
  return Array.from({ length }, (_, i) =>
    stackPart(
      values.map((value) => (value as Rows)[i]),
      `${where}[${i}]`,
    ),
  );
}

function stackObjects(values: Rows, first: object, where: string): unknown {
  const keys = Object.keys(first);
  const fits = (value: unknown): boolean =>
    isPlainObject(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
  const odd = values.findIndex((value) => !fits(value));
  if (odd >= 0) throw unlike(where, `the keys ${keys.join(", ")} as before`, values[odd]);
  const column = (key: string): unknown[] => values.map((value) => (value as Record<string, unknown>)[key]);
  return Object.fromEntries(keys.map((key) => [key, stackPart(column(key), `${where}.${key}`)]));
}

function stackPart(values: Rows, where: string): unknown {
  const [first] = values;
  if (typeof first === "number" || typeof first === "boolean") return stackNumbers(values, where);
  if (isTypedArray(first)) return stackArrays(values, first, where);
  if (isTensor(first)) return stackPart(values.map(tensorData), where);
  if (isNested(first)) return stackNested(values, first, where);
  if (Array.isArray(first)) return stackTuples(values, where);
  if (isPlainObject(first)) return stackObjects(values, first, where);
  if (first === undefined && values.every((value) => value === undefined)) return undefined;
  if (values.some((value) => typeof value === "number")) throw unlike(where, "a number as in other elements", first);
  return [...values];
}

function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "dataSync" in value && "shape" in value;
}

/** A tensor's values with its shape; other things as they are. */
export function tensorData(value: unknown): unknown {
  return isTensor(value) ? shaped(value.dataSync(), value.shape) : value;
}

function stackNumbers(values: Rows, where: string): Shaped {
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i];
    if (typeof value !== "number" && typeof value !== "boolean") throw unlike(where, "a number as before", value);
    data[i] = Number(value);
  }
  return shaped(data, [data.length]);
}

function stackArrays(values: Rows, first: TypedArray, where: string): Shaped<TypedArray> {
  const shape = shapeOfArray(first);
  const Class = first.constructor as new (length: number) => TypedArray;
  const data = new Class(values.length * first.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value instanceof Class) || value.length !== first.length || !sameShape(shapeOfArray(value), shape)) {
      throw unlike(where, `a ${Class.name} of shape ${formatShape(shape)} as before`, value);
    }
    data.set(value, i * first.length);
  }
  return shaped(data, [values.length, ...shape]);
}

function stackNested(values: Rows, first: Rows, where: string): Shaped {
  const shape = nestedShape(first);
  const size = sizeOf(shape);
  const data = new Float32Array(values.length * size);
  let at = 0;
  const fill = (part: unknown, axis: number): void => {
    const isLeaf = axis === shape.length;
    if (isLeaf ? typeof part !== "number" && typeof part !== "boolean" : !isRow(part, shape[axis]!)) {
      throw unlike(where, `arrays of numbers of shape ${formatShape(shape)} as before`, part);
    }
    if (isLeaf) data[at++] = Number(part);
    else for (const each of part as Rows) fill(each, axis + 1);
  };
  for (const value of values) fill(value, 0);
  return shaped(data, [values.length, ...shape]);
}

function isRow(part: unknown, length: number): boolean {
  return Array.isArray(part) && part.length === length;
}

/** True for nested arrays of numbers, as far as their first entries tell. */
function isNested(value: unknown): value is Rows {
  let part = value;
  while (Array.isArray(part) && part.length > 0) part = part[0];
  return Array.isArray(value) && (typeof part === "number" || typeof part === "boolean");
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
