// Sums per channel for batch normalisation, in the order of lib/sums.ts: columns of a row-major matrix, or a contiguous row.
import { loadPart, loadUpTo4, storePart, storeUpTo4, sumLanes } from "./simd";
import { BLOCK } from "./sums";

/** y[c] = Σ (x[row, c] − mean[c])²; columns beyond `cols` in the last vector are padding. */
export function squareColumns(y: usize, x: usize, mean: usize, n: i32, cols: i32): void {
  const step = <usize>cols << 2;
  let c = cols;
  for (; c >= 16; c -= 16, x += 64, mean += 64, y += 64) {
    const m0 = v128.load(mean);
    const m1 = v128.load(mean, 16);
    const m2 = v128.load(mean, 32);
    const m3 = v128.load(mean, 48);
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
        b0 = addSquare(b0, f32x4.sub(v128.load(p), m0));
        b1 = addSquare(b1, f32x4.sub(v128.load(p, 16), m1));
        b2 = addSquare(b2, f32x4.sub(v128.load(p, 32), m2));
        b3 = addSquare(b3, f32x4.sub(v128.load(p, 48), m3));
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
  for (; c > 0; c -= 4, x += 16, mean += 16, y += 16) {
    const m = loadUpTo4(mean, c);
    let total = f32x4.splat(0);
    let p = x;
    for (let left = n; left > 0; left -= BLOCK) {
      let block = f32x4.splat(0);
      for (let i = min(left, BLOCK); i > 0; i--, p += step) block = addSquare(block, f32x4.sub(loadUpTo4(p, c), m));
      total = f32x4.add(total, block);
    }
    storeUpTo4(y, total, c);
  }
}

// @ts-ignore: decorator
@inline
function addSquare(sum: v128, d: v128): v128 {
  return f32x4.add(sum, f32x4.mul(d, d));
}

/**
 * a[c] = Σ dy[row, c] and b[c] = Σ dy[row, c]·(x[row, c] − mean[c]). Four rows go along the matrix together, which keeps
 * the reads in order; the sums of a block wait at `ws` (2·cols floats). Strips of columns, two vectors wide, reached 60 % of
 * this at 256×2048, where each row lies on another page.
 */
export function gradientColumns(
  a: usize, b: usize, dy: usize, x: usize, mean: usize, n: i32, cols: i32, ws: usize,
): void {
  const step = <usize>cols << 2;
  memory.fill(a, 0, step);
  memory.fill(b, 0, step);
  for (let left = n; left > 0; left -= BLOCK) {
    memory.fill(ws, 0, 2 * step);
    for (let i = min(left, BLOCK); i > 0; i -= 4, dy += 4 * step, x += 4 * step) {
      gradientRows(ws, ws + step, dy, x, mean, min(i, 4), cols);
    }
    addTo(a, ws, cols);
    addTo(b, ws + step, cols);
  }
}

/** Adds up to four rows to the sums of the block. */
function gradientRows(a: usize, b: usize, dy: usize, x: usize, mean: usize, rows: i32, cols: i32): void {
  const step = <usize>cols << 2;
  let c = cols;
  for (; c >= 4; c -= 4, a += 16, b += 16, dy += 16, x += 16, mean += 16) {
    const m = v128.load(mean);
    let s = v128.load(a);
    let t = v128.load(b);
    for (let r = rows, p = x, q = dy; r > 0; r--, p += step, q += step) {
      const d = v128.load(q);
      s = f32x4.add(s, d);
      t = f32x4.add(t, f32x4.mul(d, f32x4.sub(v128.load(p), m)));
    }
    v128.store(a, s);
    v128.store(b, t);
  }
  if (c == 0) return;
  const m = loadPart(mean, c);
  let s = loadPart(a, c);
  let t = loadPart(b, c);
  for (let r = rows, p = x, q = dy; r > 0; r--, p += step, q += step) {
    const d = loadPart(q, c);
    s = f32x4.add(s, d);
    t = f32x4.add(t, f32x4.mul(d, f32x4.sub(loadPart(p, c), m)));
  }
  storePart(a, s, c);
  storePart(b, t, c);
}

/** y += x. */
function addTo(y: usize, x: usize, n: i32): void {
  for (; n > 0; n -= 4, y += 16, x += 16) storeUpTo4(y, f32x4.add(loadUpTo4(y, n), loadUpTo4(x, n)), n);
}

/** Σ a·(x − mean) over a contiguous row; with a = 0 (no pointer), Σ (x − mean)². Padding must not count: a is 0 there. */
export function productRow(a: usize, x: usize, n: i32, mean: f32): f32 {
  const m = f32x4.splat(mean);
  let total: f32 = 0;
  for (; n > 0; n -= BLOCK) {
    let block = f32x4.splat(0);
    for (let left = min(n, BLOCK); left > 0; left -= 4, x += 16) {
      const d = f32x4.sub(left >= 4 ? v128.load(x) : padded(x, left, m), m);
      block = f32x4.add(block, f32x4.mul(a ? loadUpTo4(a, left) : d, d));
      if (a) a += 16;
    }
    total += sumLanes(block);
  }
  return total;
}

/** The last values of a row, then `fill`. */
function padded(x: usize, n: i32, fill: v128): v128 {
  let v = v128.load32_lane(x, fill, 0);
  if (n > 1) v = v128.load32_lane(x, v, 1, 4);
  if (n > 2) v = v128.load32_lane(x, v, 2, 8);
  return v;
}
