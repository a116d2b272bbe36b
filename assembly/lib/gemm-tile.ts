// The two register kernels of the matrix products: a 4×8 tile of y, k rising. Four rows by two vectors is the one shape
// that fills both multipliers without spilling on every engine measured; unrolling k by hand makes it slower (V8 of Node 20
// lifts all loads to the top and spills).
//
// A tile with fewer than four rows lets the missing ones alias its last real row: the same values are computed and written
// again, and the loop needs no branch. `first` is 1 in the first block of k, which starts from +0; later ones start from y.
import { madd } from "./simd";

/** a holds the four values of one k side by side, `sa` bytes from k to k (packed, or a transposed matrix as it stands). */
export function tileOfColumns(
  y: usize, sy: usize, rows: i32, a: usize, sa: usize, b: usize, sb: usize, kc: i32, first: i32,
): void {
  const y1 = rows > 1 ? y + sy : y;
  const y2 = rows > 2 ? y1 + sy : y1;
  const y3 = rows > 3 ? y2 + sy : y2;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!first) {
    c00 = v128.load(y);
    c01 = v128.load(y, 16);
    c10 = v128.load(y1);
    c11 = v128.load(y1, 16);
    c20 = v128.load(y2);
    c21 = v128.load(y2, 16);
    c30 = v128.load(y3);
    c31 = v128.load(y3, 16);
  }
  for (const end = b + kc * sb; b != end; b += sb, a += sa) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y1, c10);
  v128.store(y1, c11, 16);
  v128.store(y2, c20);
  v128.store(y2, c21, 16);
  v128.store(y3, c30);
  v128.store(y3, c31, 16);
}

/** a is row-major, `sa` bytes from row to row. */
export function tileOfRows(
  y: usize, sy: usize, rows: i32, a: usize, sa: usize, b: usize, sb: usize, kc: i32, first: i32,
): void {
  const y1 = rows > 1 ? y + sy : y;
  const y2 = rows > 2 ? y1 + sy : y1;
  const y3 = rows > 3 ? y2 + sy : y2;
  let p1 = rows > 1 ? a + sa : a;
  let p2 = rows > 2 ? p1 + sa : p1;
  let p3 = rows > 3 ? p2 + sa : p2;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!first) {
    c00 = v128.load(y);
    c01 = v128.load(y, 16);
    c10 = v128.load(y1);
    c11 = v128.load(y1, 16);
    c20 = v128.load(y2);
    c21 = v128.load(y2, 16);
    c30 = v128.load(y3);
    c31 = v128.load(y3, 16);
  }
  for (const end = b + kc * sb; b != end; b += sb, a += 4, p1 += 4, p2 += 4, p3 += 4) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(p1);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(p2);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(p3);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y1, c10);
  v128.store(y1, c11, 16);
  v128.store(y2, c20);
  v128.store(y2, c21, 16);
  v128.store(y3, c30);
  v128.store(y3, c31, 16);
}
