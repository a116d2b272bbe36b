import { isTypedArray, shapeOfArray, type TypedArray } from "../util/dtype.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { sizeOf } from "../util/shape.ts";
import { shaped, type TensorLike, tensorData } from "./stack.ts";

/** An array as `idx` gives it. */
interface ShapedColumn {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** One column of rows: an array with one entry for each row, or an array or tensor with rows along its first axis. */
export type Column = ArrayLike<unknown> | TensorLike | ShapedColumn;

/** Columns by name, or in a list. */
export type Columns = { readonly [name: string]: Column } | readonly [Column, ...Column[]] | readonly Column[];

/** What a column has in a row. */
export type ColumnElement<C> = C extends TypedArray & { readonly shape: readonly number[] }
  ? C
  : C extends TensorLike
    ? Float32Array
    : C extends ShapedColumn
      ? C["data"]
      : C extends ArrayLike<infer E>
        ? E
        : never;

/** How the rows of columns are read. */
export function columnRows(columns: unknown): { size: number; row: (index: number) => unknown } {
  if (typeof columns !== "object" || columns === null) {
    refuse("Dataset", "columns", "arrays in a list or an object", columns);
  }
  const names = Object.keys(columns);
  const readers = Object.values(columns).map((column, i) => reader(column, names[i]!));
  const lengths = [...new Set(readers.map(({ length }) => length))];
  if (lengths.length !== 1) {
    fail(
      "Dataset",
      `columns: expected arrays of one length, got the lengths ${lengths.join(", ") || "of none"}`,
      ShapeError,
    );
  }
  const list = (index: number): unknown[] => readers.map(({ at }) => at(index));
  const object = (index: number): unknown => Object.fromEntries(readers.map(({ at }, i) => [names[i], at(index)]));
  return { size: lengths[0]!, row: Array.isArray(columns) ? list : object };
}

interface Reader {
  readonly length: number;
  at(index: number): unknown;
}

function reader(column: unknown, name: string): Reader {
  const data = isShaped(column) ? shaped(column.data.subarray(), column.shape) : tensorData(column);
  if (!isTypedArray(data)) {
    const list = data as ArrayLike<unknown> | null | undefined;
    if (typeof list !== "object" || typeof list?.length !== "number") {
      refuse("Dataset", `column ${name}`, "an array or a tensor", column);
    }
    return { length: list!.length, at: (index) => list![index] };
  }
  const [length, ...shape] = shapeOfArray(data);
  if (length === undefined)
    fail("Dataset", `column ${name}: expected rows along a first axis, got a scalar`, ShapeError);
  if (shape.length === 0) return { length, at: (index) => data[index] };
  const size = sizeOf(shape);
  const part = (index: number): TypedArray => data.subarray(index * size, (index + 1) * size);
  return { length, at: shape.length === 1 ? part : (index) => shaped(part(index), shape) };
}

function isShaped(value: unknown): value is ShapedColumn {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value && isTypedArray(value.data);
}
