// Sums per channel for batch normalisation, in the order of lib/sums.ts: columns of a row-major matrix, or a contiguous row.
import { loadUpTo4, storeUpTo4, sumLanes } from "./simd";
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

/** a[c] = Σ dy[row, c] and b[c] = Σ dy[row, c]·(x[row, c] − mean[c]). */
export function gradientColumns(a: usize, b: usize, dy: usize, x: usize, mean: usize, n: i32, cols: i32): void {
  const step = <usize>cols << 2;
  let c = cols;
  for (; c >= 8; c -= 8, dy += 32, x += 32, mean += 32, a += 32, b += 32) {
    const m0 = v128.load(mean);
    const m1 = v128.load(mean, 16);
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let p = x;
    let q = dy;
    for (let left = n; left > 0; left -= BLOCK) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let t0 = s0;
      let t1 = s0;
      for (let i = min(left, BLOCK); i > 0; i--, p += step, q += step) {
        const d0 = v128.load(q);
        const d1 = v128.load(q, 16);
        s0 = f32x4.add(s0, d0);
        s1 = f32x4.add(s1, d1);
        t0 = f32x4.add(t0, f32x4.mul(d0, f32x4.sub(v128.load(p), m0)));
        t1 = f32x4.add(t1, f32x4.mul(d1, f32x4.sub(v128.load(p, 16), m1)));
      }
      a0 = f32x4.add(a0, s0);
      a1 = f32x4.add(a1, s1);
      b0 = f32x4.add(b0, t0);
      b1 = f32x4.add(b1, t1);
    }
    v128.store(a, a0);
    v128.store(a, a1, 16);
    v128.store(b, b0);
    v128.store(b, b1, 16);
  }
  for (; c > 0; c -= 4, dy += 16, x += 16, mean += 16, a += 16, b += 16) {
    const m = loadUpTo4(mean, c);
    let sa = f32x4.splat(0);
    let sb = sa;
    let p = x;
    let q = dy;
    for (let left = n; left > 0; left -= BLOCK) {
      let s = f32x4.splat(0);
      let t = s;
      for (let i = min(left, BLOCK); i > 0; i--, p += step, q += step) {
        const d = loadUpTo4(q, c);
        s = f32x4.add(s, d);
        t = f32x4.add(t, f32x4.mul(d, f32x4.sub(loadUpTo4(p, c), m)));
      }
      sa = f32x4.add(sa, s);
      sb = f32x4.add(sb, t);
    }
    storeUpTo4(a, sa, c);
    storeUpTo4(b, sb, c);
  }
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
