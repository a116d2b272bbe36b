// What the softmax family does to one row of `cols` values. All of them subtract the row's maximum first.
import { laneMask, loadPart, storePart, storeUpTo4, sumLanes } from "./simd";
import { exp4, expCall, logCall } from "./math";

/** The largest value; NaN if the first value is NaN (any other NaN reaches the sum of exponentials). */
export function maxOfRow(x: usize, cols: i32): f32 {
  let best = v128.load32_splat(x);
  if (cols >= 4) {
    const last = x + (cols - 4 << 2);
    for (; x < last; x += 16) best = f32x4.pmax(best, v128.load(x));
    // Some for the second time.
    best = f32x4.pmax(best, v128.load(last));
  } else for (; cols > 0; cols--, x += 4) best = f32x4.pmax(best, v128.load32_splat(x));
  best = f32x4.pmax(best, i32x4.shuffle(best, best, 2, 3, 0, 1));
  best = f32x4.pmax(best, i32x4.shuffle(best, best, 1, 0, 3, 2));
  return f32x4.extract_lane(best, 0);
}

/** Σ exp(x − max); stores the exponentials in y unless y is 0. */
export function sumOfExponentials(y: usize, x: usize, cols: i32, max: f32): f32 {
  const shift = f32x4.splat(max);
  let sum = f32x4.splat(0);
  for (; cols >= 4; cols -= 4, x += 16) {
    const e = exp4(f32x4.sub(v128.load(x), shift));
    sum = f32x4.add(sum, e);
    if (y) {
      v128.store(y, e);
      y += 16;
    }
  }
  if (cols > 0) {
    const e = expCall(f32x4.sub(loadPart(x, cols), shift));
    sum = f32x4.add(sum, v128.and(e, laneMask(cols)));
    if (y) storePart(y, e, cols);
  }
  return sumLanes(sum);
}

/** y = y / divisor. */
export function divideRow(y: usize, cols: i32, divisor: f32): void {
  const d = f32x4.splat(divisor);
  for (; cols >= 4; cols -= 4, y += 16) v128.store(y, f32x4.div(v128.load(y), d));
  if (cols > 0) storePart(y, f32x4.div(loadPart(y, cols), d), cols);
}

/** Σ a·b over a row. */
export function dotRow(a: usize, b: usize, cols: i32): f32 {
  let sum = f32x4.splat(0);
  for (; cols >= 4; cols -= 4, a += 16, b += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(b)));
  if (cols > 0) sum = f32x4.add(sum, f32x4.mul(loadPart(a, cols), loadPart(b, cols)));
  return sumLanes(sum);
}

/** Σ t·(x − max). */
export function dotShifted(t: usize, x: usize, cols: i32, max: f32): f32 {
  const shift = f32x4.splat(max);
  let sum = f32x4.splat(0);
  for (; cols >= 4; cols -= 4, t += 16, x += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(t), f32x4.sub(v128.load(x), shift)));
  }
  if (cols > 0) sum = f32x4.add(sum, f32x4.mul(loadPart(t, cols), f32x4.sub(loadPart(x, cols), shift)));
  return sumLanes(sum);
}

/** Lanes 1, 2, 3 and then x: after four of these the lanes hold what four rows gave, in order. */
// @ts-ignore: decorator
@inline
export function push(lanes: v128, x: f32): v128 {
  return i32x4.shuffle(lanes, f32x4.splat(x), 1, 2, 3, 4);
}

/** Stores the last n <= 4 lanes pushed; writes nothing beyond them. */
export function storePushed(y: usize, lanes: v128, n: i32): void {
  for (let i = n; i < 4; i++) lanes = i32x4.shuffle(lanes, lanes, 1, 2, 3, 0);
  storeUpTo4(y, lanes, n);
}

export function logOf(x: f32): f32 {
  return f32x4.extract_lane(logCall(f32x4.splat(x)), 0);
}
