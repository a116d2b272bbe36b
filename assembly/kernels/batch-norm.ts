// Batch normalisation of x, seen as [outer, C, inner]: the channel is the last axis when inner = 1. Sums run over blocks of
// 64 rows (lib/sums.ts); the variance takes a second pass over x, since E[x²] − E[x]² loses everything when the mean is
// large. flags: bit 0 = there is a gamma, bit 1 = there is a beta; the pointer of an absent one is not read.
// @split-each outer y=C*inner x=C*inner mean=0 variance=0 gamma=0 beta=0 s=0 t=0
import { loadPart, loadUpTo4, madd, storePart, storeUpTo4 } from "../lib/simd";
import { sumColumns, sumRow } from "../lib/sums";
import { gradientColumns, productRow, squareColumns } from "../lib/channels";

// @ts-ignore: decorator
@inline
const HAS_GAMMA = 1;
// @ts-ignore: decorator
@inline
const HAS_BETA = 2;

/** Floats the kernels here want at `ws`. */
export function f32_batch_norm_workspace(outer: i32, C: i32, inner: i32): i32 {
  return 3 * C;
}

/** y = y / n. */
function divide(y: usize, count: i32, n: f32): void {
  for (; count > 0; count -= 4, y += 16) storeUpTo4(y, f32x4.div(loadUpTo4(y, count), f32x4.splat(n)), count);
}

/** mean[C] and the biased variance[C]. */
// @split none
export function f32_batch_norm_stats(
  mean: usize, variance: usize, x: usize, outer: i32, C: i32, inner: i32, ws: usize,
): void {
  assert(outer >= 0 && C >= 0 && inner >= 0);
  const n = <f32>(outer * inner);
  if (inner == 1) {
    sumColumns(mean, x, outer, C, C);
    divide(mean, C, n);
    squareColumns(variance, x, mean, outer, C);
    divide(variance, C, n);
    return;
  }
  const step = <usize>(C * inner) << 2;
  for (let c = 0; c < C; c++, x += inner << 2, mean += 4, variance += 4) {
    let sum: f32 = 0;
    for (let o = 0; o < outer; o++) sum += sumRow(x + o * step, inner);
    const m = sum / n;
    sum = 0;
    for (let o = 0; o < outer; o++) sum += productRow(0, x + o * step, inner, m);
    store<f32>(mean, m);
    store<f32>(variance, sum / n);
  }
}

/** 1/√(v + ε) of up to four channels. */
// @ts-ignore: decorator
@inline
function inverseDeviation(variance: usize, c: i32, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(loadUpTo4(variance, c), f32x4.splat(epsilon))));
}

/** γ/√(v + ε) of up to four channels. */
// @ts-ignore: decorator
@inline
function scaleOf(variance: usize, gamma: usize, c: i32, epsilon: f32, flags: i32): v128 {
  const r = inverseDeviation(variance, c, epsilon);
  return flags & HAS_GAMMA ? f32x4.mul(loadUpTo4(gamma, c), r) : r;
}

/** s = γ/√(v + ε), t = β − mean·s: inference as one multiplication and one addition. */
export function f32_batch_norm_coefficients(
  s: usize, t: usize, mean: usize, variance: usize, gamma: usize, beta: usize, C: i32, epsilon: f32, flags: i32,
): void {
  assert(C >= 0);
  for (let i: usize = 0; C > 0; C -= 4, i += 16) {
    const scale = scaleOf(variance + i, gamma + i, C, epsilon, flags);
    const shift = flags & HAS_BETA ? loadUpTo4(beta + i, C) : f32x4.splat(0);
    const product = f32x4.mul(loadUpTo4(mean + i, C), scale);
    storeUpTo4(s + i, scale, C);
    storeUpTo4(t + i, f32x4.sub(shift, product), C);
  }
}

/** y = (x − m)·s + t along one contiguous row with one channel. */
function affineRow(y: usize, x: usize, n: i32, m: f32, s: f32, t: f32): void {
  const vm = f32x4.splat(m);
  const vs = f32x4.splat(s);
  const vt = f32x4.splat(t);
  for (; n >= 4; n -= 4, y += 16, x += 16) v128.store(y, madd(f32x4.sub(v128.load(x), vm), vs, vt));
  if (n > 0) storePart(y, madd(f32x4.sub(loadPart(x, n), vm), vs, vt), n);
}

/** y = x·s + t, channel by channel. */
export function f32_scale_shift(y: usize, x: usize, s: usize, t: usize, outer: i32, C: i32, inner: i32): void {
  assert(outer >= 0 && C >= 0 && inner >= 0);
  for (; outer > 0; outer--) {
    if (inner == 1) {
      let i: usize = 0;
      for (const end = <usize>(C & ~3) << 2; i < end; i += 16) {
        v128.store(y + i, madd(v128.load(x + i), v128.load(s + i), v128.load(t + i)));
      }
      const left = C & 3;
      if (left) storePart(y + i, madd(loadPart(x + i, left), loadPart(s + i, left), loadPart(t + i, left)), left);
    } else {
      for (let c = 0; c < C; c++) {
        const at = <usize>c << 2;
        affineRow(y + at * inner, x + at * inner, inner, 0, load<f32>(s + at), load<f32>(t + at));
      }
    }
    y += C * inner << 2;
    x += C * inner << 2;
  }
}

/** Training: y = (x − mean)·s + β with s = γ/√(v + ε); not x·s + t, which fails where the mean is large. */
export function f32_batch_norm_apply(
  y: usize, x: usize, mean: usize, variance: usize, gamma: usize, beta: usize,
  outer: i32, C: i32, inner: i32, epsilon: f32, flags: i32,
): void {
  assert(outer >= 0 && C >= 0 && inner >= 0);
  if (inner != 1) return applyPlanes(y, x, mean, variance, gamma, beta, outer, C, inner, epsilon, flags);
  // Rows at a time share each vector of constants, so that square root and division cost little and reads stay in order:
  // 4 KB of them, but at least four. Strips of columns over all rows were 2.5 times slower at 256×2048.
  const step = <usize>C << 2;
  const strip = max(4, 1024 / max(C, 1));
  for (; outer > 0; outer -= strip, x += strip * step, y += strip * step) {
    const rows = min(outer, strip);
    for (let c = C, i: usize = 0; c > 0; c -= 4, i += 16) {
      const s = scaleOf(variance + i, gamma + i, c, epsilon, flags);
      const m = loadUpTo4(mean + i, c);
      const b = flags & HAS_BETA ? loadUpTo4(beta + i, c) : f32x4.splat(0);
      if (c >= 4) {
        for (let r = rows, p = x + i, q = y + i; r > 0; r--, p += step, q += step) {
          v128.store(q, madd(f32x4.sub(v128.load(p), m), s, b));
        }
      } else {
        for (let r = rows, p = x + i, q = y + i; r > 0; r--, p += step, q += step) {
          storePart(q, madd(f32x4.sub(loadPart(p, c), m), s, b), c);
        }
      }
    }
  }
}

function applyPlanes(
  y: usize, x: usize, mean: usize, variance: usize, gamma: usize, beta: usize,
  outer: i32, C: i32, inner: i32, epsilon: f32, flags: i32,
): void {
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < C; c++, y += inner << 2, x += inner << 2) {
      const at = <usize>c << 2;
      const s = f32x4.extract_lane(scaleOf(variance + at, gamma + at, 1, epsilon, flags), 0);
      affineRow(y, x, inner, load<f32>(mean + at), s, flags & HAS_BETA ? load<f32>(beta + at) : 0);
    }
  }
}

/** dβ = Σ dy and Σ dy·(x − mean), the latter still to be multiplied by 1/√(v + ε) to be dγ. */
function gradientSums(
  dgamma: usize, dbeta: usize, dy: usize, x: usize, mean: usize, outer: i32, C: i32, inner: i32, ws: usize,
): void {
  if (inner == 1) return gradientColumns(dbeta, dgamma, dy, x, mean, outer, C, ws);
  const step = <usize>(C * inner) << 2;
  for (let c = 0; c < C; c++, x += inner << 2, dy += inner << 2, mean += 4, dgamma += 4, dbeta += 4) {
    let a: f32 = 0;
    let b: f32 = 0;
    for (let o = 0; o < outer; o++) {
      a += sumRow(dy + o * step, inner);
      b += productRow(dy + o * step, x + o * step, inner, load<f32>(mean));
    }
    store<f32>(dbeta, a);
    store<f32>(dgamma, b);
  }
}

/** dx = a·dy + b·(x − mean) + c, with a, b and c [C] one after the other at `abc`. */
function gradientSweep(
  dx: usize, dy: usize, x: usize, mean: usize, abc: usize, outer: i32, C: i32, inner: i32,
): void {
  const step = <usize>C << 2;
  const b = abc + step;
  const c = b + step;
  for (; outer > 0; outer--) {
    if (inner == 1) {
      let i: usize = 0;
      for (const end = <usize>(C & ~3) << 2; i < end; i += 16) {
        const centred = f32x4.sub(v128.load(x + i), v128.load(mean + i));
        const rest = madd(v128.load(b + i), centred, v128.load(c + i));
        v128.store(dx + i, madd(v128.load(abc + i), v128.load(dy + i), rest));
      }
      const left = C & 3;
      if (left) {
        const centred = f32x4.sub(loadPart(x + i, left), loadPart(mean + i, left));
        const rest = madd(loadPart(b + i, left), centred, loadPart(c + i, left));
        storePart(dx + i, madd(loadPart(abc + i, left), loadPart(dy + i, left), rest), left);
      }
    } else {
      for (let i: usize = 0; i < step; i += 4) {
        const at = i * inner;
        gradientRow(dx + at, dy + at, x + at, inner, mean + i, abc + i, b + i, c + i);
      }
    }
    dx += step * inner;
    dy += step * inner;
    x += step * inner;
  }
}

/** One contiguous row of one channel; mean, a, b and c point at its constants. */
function gradientRow(
  dx: usize, dy: usize, x: usize, n: i32, mean: usize, a: usize, b: usize, c: usize,
): void {
  const vm = v128.load32_splat(mean);
  const va = v128.load32_splat(a);
  const vb = v128.load32_splat(b);
  const vc = v128.load32_splat(c);
  for (; n > 0; n -= 4, dx += 16, dy += 16, x += 16) {
    const rest = madd(vb, f32x4.sub(loadUpTo4(x, n), vm), vc);
    storeUpTo4(dx, madd(va, loadUpTo4(dy, n), rest), n);
  }
}

/**
 * Through the batch statistics: dx = (γ·r/N)·(N·dy − Σdy − x̂·Σ dy·x̂), r = 1/√(v + ε), x̂ = (x − mean)·r;
 * dγ = Σ dy·x̂, dβ = Σ dy. dgamma and dbeta are always written.
 */
// @split none
export function f32_batch_norm_train_grad(
  dx: usize, dgamma: usize, dbeta: usize, dy: usize, x: usize, mean: usize, variance: usize, gamma: usize,
  outer: i32, C: i32, inner: i32, epsilon: f32, flags: i32, ws: usize,
): void {
  assert(outer >= 0 && C >= 0 && inner >= 0);
  gradientSums(dgamma, dbeta, dy, x, mean, outer, C, inner, ws);
  const count = f32x4.splat(<f32>(outer * inner));
  const step = <usize>C << 2;
  for (let c = C, i: usize = 0; c > 0; c -= 4, i += 16) {
    const r = inverseDeviation(variance + i, c, epsilon);
    const a = flags & HAS_GAMMA ? f32x4.mul(loadUpTo4(gamma + i, c), r) : r;
    const dg = f32x4.mul(loadUpTo4(dgamma + i, c), r);
    const share = f32x4.neg(f32x4.div(a, count));
    storeUpTo4(dgamma + i, dg, c);
    storeUpTo4(ws + i, a, c);
    storeUpTo4(ws + step + i, f32x4.mul(f32x4.mul(share, r), dg), c);
    storeUpTo4(ws + 2 * step + i, f32x4.mul(share, loadUpTo4(dbeta + i, c)), c);
  }
  gradientSweep(dx, dy, x, mean, ws, outer, C, inner);
}

/** y = moving·m + batch·(1 − m); 1 − m is taken in float64 before it is rounded, as Keras does. y may be moving. */
// @split n/64
export function f32_moving_update(y: usize, moving: usize, batch: usize, n: i32, momentum: f64): void {
  assert(n >= 0);
  const keep = f32x4.splat(<f32>momentum);
  const take = f32x4.splat(<f32>(1 - momentum));
  for (; n > 0; n -= 4, y += 16, moving += 16, batch += 16) {
    const old = f32x4.mul(loadUpTo4(moving, n), keep);
    storeUpTo4(y, f32x4.add(old, f32x4.mul(loadUpTo4(batch, n), take)), n);
  }
}
