/** The product over the last two axes with broadcasting batch axes, in float64 and plain loops. */
import { broadcastAt, broadcastShape, type Dims, indicesOf, type Numbers } from "./arrays.ts";

export interface Product {
  readonly a: Dims;
  readonly b: Dims;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Shape of the product. */
export function productShape({ a, b, transposeA = false, transposeB = false }: Product): number[] {
  const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2))!;
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

export function matMul(product: Product): (x: Numbers, y: Numbers) => number[] {
  const { a, b, transposeA = false, transposeB = false } = product;
  const inner = a.at(transposeA ? -2 : -1)!;
  return (x, y) =>
    indicesOf(productShape(product)).map((index) => {
      const batch = index.slice(0, -2);
      const [row, column] = index.slice(-2) as [number, number];
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = transposeA ? [k, row] : [row, k];
        const right = transposeB ? [column, k] : [k, column];
        sum += broadcastAt(x, a, [...batch, ...left]) * broadcastAt(y, b, [...batch, ...right]);
      }
      return sum;
    });
}
