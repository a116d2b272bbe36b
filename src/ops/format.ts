import { checkCount, type DType, type TensorData } from "../util/dtype.ts";
import { type Dims, formatShape, sizeOf } from "../util/shape.ts";

/** Values as nested arrays; a scalar is just its value. */
export type NestedArray = number | boolean | NestedArray[];

/** Flat values as nested arrays; bool values become booleans. */
export function nest(data: TensorData, shape: Dims, dtype: DType): NestedArray {
  const value = (i: number): number | boolean => (dtype === "bool" ? data[i] !== 0 : data[i]!);
  const build = (axis: number, start: number): NestedArray => {
    if (axis === shape.length) return value(start);
    const stride = sizeOf(shape.slice(axis + 1));
    return Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, start + i * stride));
  };
  checkCount(sizeOf(shape.slice(0, -1))); // so many arrays, also where they are empty
  return build(0, 0);
}

/** Elements shown at each end of a long axis. */
const EDGE = 3;

function formatNumber(value: number, dtype: DType): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
}

/** `Tensor float32 (2, 2)` and the values, long axes cut in the middle. */
export function formatTensor(shape: Dims, dtype: DType, data: TensorData | undefined): string {
  const head = `Tensor ${dtype} ${formatShape(shape)}`;
  if (data === undefined) return `${head} (no values)`;
  const build = (axis: number, start: number): string => {
    if (axis === shape.length) return formatNumber(data[start]!, dtype);
    const length = shape[axis]!;
    const stride = sizeOf(shape.slice(axis + 1));
    const parts: string[] = [];
    for (let i = 0; i < length; i++) {
      if (length > 2 * EDGE + 1 && i === EDGE) {
        parts.push("…");
        i = length - EDGE;
      }
      parts.push(build(axis + 1, start + i * stride));
    }
    const separator = axis === shape.length - 1 ? ", " : `,\n${" ".repeat(axis + 1)}`;
    return `[${parts.join(separator)}]`;
  };
  return `${head}\n${build(0, 0)}`;
}
