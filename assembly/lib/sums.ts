// Sums in their one fixed order: blocks of 64 are summed first, then the block sums are added in order. The order depends
// on the length alone, so neither threads nor batch splits can change a bit.
import { loadPart, loadUpTo4, storeUpTo4, sumLanes } from "./simd";

// @ts-ignore: decorator
@inline
export const BLOCK = 64;

/** Sum of n contiguous values; in a block, lane l holds the elements l, l + 4, … */
export function sumRow(x: usize, n: i32): f32 {
  let total: f32 = 0;
  for (; n > 0; n -= BLOCK) {
    let block = f32x4.splat(0);
    let left = min(n, BLOCK);
    for (; left >= 4; left -= 4, x += 16) block = f32x4.add(block, v128.load(x));
    if (left > 0) block = f32x4.add(block, loadPart(x, left));
    total += sumLanes(block);
  }
  return total;
}

/**
 * y[c] = Σ over n rows of x[row·ld + c], for every c < cols. Four vectors of columns go down a block together: that is one
 * whole cache line a row.
 */
export function sumColumns(y: usize, x: usize, n: i32, cols: i32, ld: i32): void {
  const step = <usize>ld << 2;
  let c = cols;
  for (; c >= 16; c -= 16, x += 64, y += 64) {
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let t2 = t0;
    let t3 = t0;
    let p = x;
    for (let left = n; left > 0; left -= BLOCK) {
      let b0 = f32x4.splat(0);
      let b1 = b0;
      let b2 = b0;
      let b3 = b0;
      for (let i = min(left, BLOCK); i > 0; i--, p += step) {
        b0 = f32x4.add(b0, v128.load(p));
        b1 = f32x4.add(b1, v128.load(p, 16));
        b2 = f32x4.add(b2, v128.load(p, 32));
        b3 = f32x4.add(b3, v128.load(p, 48));
      }
      t0 = f32x4.add(t0, b0);
      t1 = f32x4.add(t1, b1);
      t2 = f32x4.add(t2, b2);
      t3 = f32x4.add(t3, b3);
    }
    v128.store(y, t0);
    v128.store(y, t1, 16);
    v128.store(y, t2, 32);
    v128.store(y, t3, 48);
  }
  for (; c > 0; c -= 4, x += 16, y += 16) sumStrip(y, x, n, c, step);
}

/** Up to four columns; `width` columns are left. */
// @ts-ignore: decorator
@inline
function sumStrip(y: usize, x: usize, n: i32, width: i32, step: usize): void {
  let total = f32x4.splat(0);
  for (let left = n; left > 0; left -= BLOCK) {
    let block = f32x4.splat(0);
    for (let i = min(left, BLOCK); i > 0; i--, x += step) block = f32x4.add(block, loadUpTo4(x, width));
    total = f32x4.add(total, block);
  }
  storeUpTo4(y, total, width);
}
