// Optimizer steps in float32, operation by operation as Keras does them: results compare with its own to the last digits.
// The learning rate and the step count come from cells in memory, so a recorded step replays with their present values.
// Outputs may be the inputs. No fused multiply-add: both builds give the same bits.
// @split-each n/64
import { loadPart, loadUpTo4, storePart, storeUpTo4 } from "../lib/simd";

/** w ← w − lr·g. */
export function f32_sgd(w_out: usize, w: usize, g: usize, n: i32, lr: usize): void {
  assert(n >= 0);
  const rate = v128.load32_splat(lr);
  for (; n >= 4; n -= 4, w_out += 16, w += 16, g += 16) {
    v128.store(w_out, f32x4.sub(v128.load(w), f32x4.mul(rate, v128.load(g))));
  }
  if (n > 0) storePart(w_out, f32x4.sub(loadPart(w, n), f32x4.mul(rate, loadPart(g, n))), n);
}

/** m ← momentum·m − lr·g; w ← w + m, or with nesterov w + (momentum·m − lr·g) by the new m. */
export function f32_sgd_momentum(
  w_out: usize, m_out: usize, w: usize, m: usize, g: usize, n: i32, lr: usize, momentum: f32, nesterov: i32,
): void {
  assert(n >= 0);
  const rate = v128.load32_splat(lr);
  const mu = f32x4.splat(momentum);
  for (; n > 0; n -= 4, w_out += 16, m_out += 16, w += 16, m += 16, g += 16) {
    const step = f32x4.mul(rate, loadUpTo4(g, n));
    const velocity = f32x4.sub(f32x4.mul(mu, loadUpTo4(m, n)), step);
    const change = nesterov ? f32x4.sub(f32x4.mul(mu, velocity), step) : velocity;
    storeUpTo4(w_out, f32x4.add(loadUpTo4(w, n), change), n);
    storeUpTo4(m_out, velocity, n);
  }
}

/** float32(beta)^t rounded once: squarings in float64. */
function power(beta: f32, t: i32): f32 {
  let result: f64 = 1;
  for (let square = <f64>beta; t > 0; t >>= 1, square *= square) {
    if (t & 1) result *= square;
  }
  return <f32>result;
}

/** y = lr·√(1 − β2^t)/(1 − β1^t), t = iteration + 1. */
export function f32_adam_coefficient(y: usize, lr: usize, iteration: usize, beta1: f32, beta2: f32): void {
  const t = load<i32>(iteration) + 1;
  store<f32>(y, load<f32>(lr) * sqrt<f32>(1 - power(beta2, t)) / (1 - power(beta1, t)));
}

/** old + (target − old)·take. */
// @ts-ignore: decorator
@inline
function moved(old: v128, target: v128, take: v128): v128 {
  return f32x4.add(old, f32x4.mul(f32x4.sub(target, old), take));
}

// @ts-ignore: decorator
@inline
function adamStep(w: v128, m: v128, v: v128, alpha: v128, epsilon: v128): v128 {
  return f32x4.sub(w, f32x4.div(f32x4.mul(m, alpha), f32x4.add(f32x4.sqrt(v), epsilon)));
}

/**
 * m ← m + (g − m)(1 − β1), v ← v + (g² − v)(1 − β2), w ← w − m·alpha/(√v + ε); alpha from f32_adam_coefficient.
 * 1 − β is taken in float64 before it is rounded, as in Keras.
 */
export function f32_adam(
  w_out: usize, m_out: usize, v_out: usize, w: usize, m: usize, v: usize, g: usize, n: i32,
  alpha: usize, beta1: f64, beta2: f64, epsilon: f32,
): void {
  assert(n >= 0);
  const a = v128.load32_splat(alpha);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const eps = f32x4.splat(epsilon);
  let i: usize = 0;
  for (; n >= 4; n -= 4, i += 16) {
    const vg = v128.load(g + i);
    const vm = moved(v128.load(m + i), vg, take1);
    const vv = moved(v128.load(v + i), f32x4.mul(vg, vg), take2);
    v128.store(w_out + i, adamStep(v128.load(w + i), vm, vv, a, eps));
    v128.store(m_out + i, vm);
    v128.store(v_out + i, vv);
  }
  if (n > 0) {
    const vg = loadPart(g + i, n);
    const vm = moved(loadPart(m + i, n), vg, take1);
    const vv = moved(loadPart(v + i, n), f32x4.mul(vg, vg), take2);
    storePart(w_out + i, adamStep(loadPart(w + i, n), vm, vv, a, eps), n);
    storePart(m_out + i, vm, n);
    storePart(v_out + i, vv, n);
  }
}

/** y = x + 1. */
export function i32_increment(y: usize, x: usize): void {
  store<i32>(y, load<i32>(x) + 1);
}
