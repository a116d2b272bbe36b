// What follows the last k of a matrix product, while the values are still in the first-level cache: scale and shift by
// column, then the activation. The word: bits 0-1: 0 nothing, 1 + shift, 2 · scale + shift; bits 4-7: lib/unary.ts.
import { loadUpTo4, madd, storeUpTo4 } from "./simd";
import { relu4 } from "./math";
import { RELU, unary4 } from "./unary";

// @ts-ignore: decorator
@inline
const SHIFT = 1;
// @ts-ignore: decorator
@inline
const SCALE_SHIFT = 2;

/** y[rows, cols] in place, `sy` bytes from row to row; scale and shift point at the first of the columns. */
export function epilogue(y: usize, sy: usize, rows: i32, cols: i32, scale: usize, shift: usize, word: i32): void {
  const mode = word & 3;
  const kind = (word >> 4) & 15;
  for (; cols > 0; cols -= 4, y += 16, scale += 16, shift += 16) {
    const s = mode == SCALE_SHIFT ? loadUpTo4(scale, cols) : f32x4.splat(0);
    const t = mode ? loadUpTo4(shift, cols) : s;
    if (cols >= 4 && kind <= RELU) {
      for (let r = 0, p = y; r < rows; r++, p += sy) {
        let v = v128.load(p);
        if (mode == SHIFT) v = f32x4.add(v, t);
        else if (mode == SCALE_SHIFT) v = madd(v, s, t);
        v128.store(p, kind ? relu4(v) : v);
      }
      continue;
    }
    for (let r = 0, p = y; r < rows; r++, p += sy) {
      let v = loadUpTo4(p, cols);
      if (mode == SHIFT) v = f32x4.add(v, t);
      else if (mode == SCALE_SHIFT) v = madd(v, s, t);
      storeUpTo4(p, unary4(kind, v, f32x4.splat(1), v), cols);
    }
  }
}
