// Optimizer steps in float32, operation by operation as Keras does them: results compare with its own to the last digits.
// Each rule is one pass over a variable, its slots and its gradient, in place. What changes from step to step stands in
// `cells`, so a recorded step replays with the present values:
//   0 gate: 0 leaves everything as it is (gradients are still being collected)    1 learning rate
//   2 share of the old average   3 share of the new value   4 not 0: the variable takes the average (f32_ema)
//   5 … the rule's own numbers a, b, c, d, …
// Weight decay comes first: w ← w − w·decay·rate. All but f32_lamb and f32_ema want a number of elements divisible by
// four: one plain loop each keeps the module small. No fused multiply-add: both builds give the same bits.
// @split-each n/64
import { expCall, logCall, withSign, zero } from "../lib/math";
import { loadUpTo4, storeUpTo4, sumLanes } from "../lib/simd";
import { BLOCK } from "../lib/sums";

// @ts-ignore: decorator
@inline
const SGD = 0;
// @ts-ignore: decorator
@inline
const MOMENTUM = 1;
// @ts-ignore: decorator
@inline
const ADAM = 2;
// @ts-ignore: decorator
@inline
const AMSGRAD = 3;
// @ts-ignore: decorator
@inline
const RMSPROP = 4;
// @ts-ignore: decorator
@inline
const ADAGRAD = 5;
// @ts-ignore: decorator
@inline
const ADADELTA = 6;
// @ts-ignore: decorator
@inline
const ADAMAX = 7;
// @ts-ignore: decorator
@inline
const NADAM = 8;
// @ts-ignore: decorator
@inline
const FTRL = 9;
// @ts-ignore: decorator
@inline
const LION = 10;

// @ts-ignore: decorator
@inline
function cell(cells: usize, i: usize): v128 {
  return v128.load32_splat(cells + (i << 2));
}

/** old + (target − old)·share. */
// @ts-ignore: decorator
@inline
function moved(old: v128, target: v128, share: v128): v128 {
  return f32x4.add(old, f32x4.mul(f32x4.sub(target, old), share));
}

/** old·keep + target·share. */
// @ts-ignore: decorator
@inline
function mixed(old: v128, keep: v128, target: v128, share: v128): v128 {
  return f32x4.add(f32x4.mul(keep, old), f32x4.mul(share, target));
}

/** x to a power above 0; the root for ½. */
// @ts-ignore: decorator
@inline
function raised(x: v128, power: v128, half: bool): v128 {
  return half ? f32x4.sqrt(x) : expCall(f32x4.mul(power, logCall(x)));
}

/** −1, 0, 1; NaN stays NaN. */
// @ts-ignore: decorator
@inline
function signOf(x: v128): v128 {
  const unit = v128.and(withSign(f32x4.splat(1), x), f32x4.ne(x, zero()));
  return v128.bitselect(unit, x, f32x4.eq(x, x));
}

/** One rule on four elements of the variable w, the gradient g and the slots s, t, u. */
// @ts-ignore: decorator
@inline
function step(
  rule: i32, w: usize, g: usize, s: usize, t: usize, u: usize, cells: usize,
  rate: v128, decay: v128, a: v128, b: v128, c: v128, d: v128,
): void {
  const vg = v128.load(g);
  let x = v128.load(w);
  x = f32x4.sub(x, f32x4.mul(f32x4.mul(x, decay), rate));
  if (rule == SGD) x = f32x4.sub(x, f32x4.mul(rate, vg));
  if (rule == MOMENTUM) {
    const change = f32x4.mul(rate, vg);
    const m = f32x4.sub(f32x4.mul(a, v128.load(s)), change);
    const ahead = f32x4.sub(f32x4.mul(a, m), change);
    x = f32x4.add(x, v128.bitselect(ahead, m, f32x4.ne(b, zero())));
    v128.store(s, m);
  }
  if (rule == ADAM || rule == AMSGRAD || rule == NADAM) {
    const m = moved(v128.load(s), vg, b);
    const v = moved(v128.load(t), f32x4.mul(vg, vg), c);
    if (rule == NADAM) {
      const now = f32x4.div(f32x4.mul(a, m), cell(cells, 9));
      const ahead = f32x4.div(f32x4.mul(cell(cells, 10), vg), cell(cells, 11));
      const root = f32x4.sqrt(f32x4.div(v, cell(cells, 12)));
      x = f32x4.sub(x, f32x4.div(f32x4.mul(f32x4.add(now, ahead), rate), f32x4.add(root, d)));
    } else {
      let highest = v;
      if (rule == AMSGRAD) {
        highest = f32x4.max(v128.load(u), v);
        v128.store(u, highest);
      }
      x = f32x4.sub(x, f32x4.div(f32x4.mul(m, a), f32x4.add(f32x4.sqrt(highest), d)));
    }
    v128.store(s, m);
    v128.store(t, v);
  }
  if (rule == RMSPROP) {
    const v = mixed(v128.load(s), a, f32x4.mul(vg, vg), b);
    v128.store(s, v);
    let spread = v;
    if (u != w) {
      const mean = mixed(v128.load(u), a, vg, b);
      v128.store(u, mean);
      spread = f32x4.sub(v, f32x4.mul(mean, mean));
    }
    let change = f32x4.div(f32x4.mul(rate, vg), f32x4.sqrt(f32x4.add(spread, c)));
    if (t != w) {
      change = f32x4.add(f32x4.mul(d, v128.load(t)), change);
      v128.store(t, change);
    }
    x = f32x4.sub(x, change);
  }
  if (rule == ADAGRAD) {
    const sum = f32x4.add(v128.load(s), f32x4.mul(vg, vg));
    x = f32x4.sub(x, f32x4.div(f32x4.mul(rate, vg), f32x4.sqrt(f32x4.add(sum, a))));
    v128.store(s, sum);
  }
  if (rule == ADADELTA) {
    const mean = mixed(v128.load(s), a, f32x4.mul(vg, vg), b);
    const old = v128.load(t);
    const root = f32x4.sqrt(f32x4.add(mean, c));
    const change = f32x4.neg(f32x4.div(f32x4.mul(f32x4.sqrt(f32x4.add(old, c)), vg), root));
    x = f32x4.add(x, f32x4.mul(rate, change));
    v128.store(s, mean);
    v128.store(t, mixed(old, a, f32x4.mul(change, change), b));
  }
  if (rule == ADAMAX) {
    const m = moved(v128.load(s), vg, b);
    const norm = f32x4.max(f32x4.mul(c, v128.load(t)), f32x4.abs(vg));
    x = f32x4.sub(x, f32x4.div(f32x4.mul(rate, m), f32x4.mul(a, f32x4.add(norm, d))));
    v128.store(s, m);
    v128.store(t, norm);
  }
  if (rule == FTRL) {
    // a = 2·shrinkage, b = l1, c = 2·(l2 + β/2η), d = −power of the learning rate.
    const half = f32x4.extract_lane(d, 0) == 0.5;
    const old = v128.load(s);
    const sum = f32x4.add(old, f32x4.mul(vg, vg));
    const power = raised(sum, d, half);
    const slope = f32x4.div(f32x4.sub(power, raised(old, d, half)), rate);
    const given = f32x4.sub(f32x4.add(vg, f32x4.mul(a, x)), f32x4.mul(slope, x));
    const linear = f32x4.add(v128.load(t), given);
    const clipped = f32x4.min(f32x4.max(linear, f32x4.neg(b)), b);
    x = f32x4.div(f32x4.sub(clipped, linear), f32x4.add(f32x4.div(power, rate), c));
    v128.store(s, sum);
    v128.store(t, linear);
  }
  if (rule == LION) {
    const m = v128.load(s);
    x = f32x4.sub(x, f32x4.mul(rate, signOf(mixed(m, a, vg, b))));
    v128.store(s, mixed(m, c, vg, d));
  }
  v128.store(w, x);
}

/** n is a multiple of four: callers do what is left beyond in a place with room for four. */
// @ts-ignore: decorator
@inline
function sweep(rule: i32, w: usize, s: usize, t: usize, u: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  assert(n >= 0 && (n & 3) == 0);
  if (load<f32>(cells) == 0) return;
  const rate = cell(cells, 1);
  const share = f32x4.splat(decay);
  const a = cell(cells, 5);
  const b = cell(cells, 6);
  const c = cell(cells, 7);
  const d = cell(cells, 8);
  for (; n > 0; n -= 4, w += 16, g += 16, s += 16, t += 16, u += 16) {
    step(rule, w, g, s, t, u, cells, rate, share, a, b, c, d);
  }
}

/** w ← w − η·g. */
export function f32_sgd(w: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(SGD, w, 0, 0, 0, g, n, cells, decay);
}

/** m ← a·m − η·g; w ← w + m, or where b is not 0 (Nesterov) w + (a·m − η·g) by the new m. */
export function f32_momentum(w: usize, m: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(MOMENTUM, w, m, 0, 0, g, n, cells, decay);
}

/** m ← m + (g − m)·b, v ← v + (g² − v)·c, w ← w − m·a/(√v + d); a = η·√(1 − β2ᵗ)/(1 − β1ᵗ). */
export function f32_adam(w: usize, m: usize, v: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(ADAM, w, m, v, 0, g, n, cells, decay);
}

/** Adam by the highest v so far. */
export function f32_amsgrad(
  w: usize, m: usize, v: usize, highest: usize, g: usize, n: i32, cells: usize, decay: f32,
): void {
  sweep(AMSGRAD, w, m, v, highest, g, n, cells, decay);
}

/**
 * v ← a·v + b·g²; change = η·g/√(v + c), or with the mean of gradients ḡ ← a·ḡ + b·g η·g/√(v − ḡ² + c);
 * w ← w − change, or with momentum m ← d·m + change, w ← w − m. A slot that is left out has the address of w.
 */
export function f32_rmsprop(
  w: usize, v: usize, m: usize, mean: usize, g: usize, n: i32, cells: usize, decay: f32,
): void {
  sweep(RMSPROP, w, v, m, mean, g, n, cells, decay);
}

/** s ← s + g², w ← w − η·g/√(s + a). */
export function f32_adagrad(w: usize, s: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(ADAGRAD, w, s, 0, 0, g, n, cells, decay);
}

/** s ← a·s + b·g², δ = −√(t + c)·g/√(s + c), t ← a·t + b·δ², w ← w + η·δ. */
export function f32_adadelta(w: usize, s: usize, t: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(ADADELTA, w, s, t, 0, g, n, cells, decay);
}

/** m ← m + (g − m)·b, u ← max(c·u, |g|), w ← w − η·m/(a·(u + d)); a = 1 − β1ᵗ. */
export function f32_adamax(w: usize, m: usize, u: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(ADAMAX, w, m, u, 0, g, n, cells, decay);
}

/** m, v as in f32_adam; w ← w − (a·m/e + f·g/h)·η/(√(v/i) + d), e, f, h, i after d. */
export function f32_nadam(w: usize, m: usize, v: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(NADAM, w, m, v, 0, g, n, cells, decay);
}

/** s' = s + g², z ← z + g + a·w − (s'ᵈ − sᵈ)/η·w, w ← (clip(z, ±b) − z)/(s'ᵈ/η + c). */
export function f32_ftrl(w: usize, s: usize, z: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(FTRL, w, s, z, 0, g, n, cells, decay);
}

/** w ← w − η·sign(a·m + b·g), m ← c·m + d·g. */
export function f32_lion(w: usize, m: usize, g: usize, n: i32, cells: usize, decay: f32): void {
  sweep(LION, w, m, 0, 0, g, n, cells, decay);
}

// Calls instead of copies of the code, where speed is not the point.
function loadSome(p: usize, n: i32): v128 {
  return loadUpTo4(p, n);
}

function storeSome(p: usize, v: v128, n: i32): void {
  storeUpTo4(p, v, n);
}

// @split none
/**
 * m, v as in f32_adam, r = (m/a)/(√(v/e) + d), w ← w − (‖w‖/‖r‖)·η·r, with factor 1 where a norm is 0. Two passes: norms
 * come before the first change. `r` is room for n elements. Squares are summed in blocks of 64.
 */
export function f32_lamb(
  w: usize, m: usize, v: usize, g: usize, r: usize, n: i32, cells: usize, decay: f32,
): void {
  assert(n >= 0);
  if (load<f32>(cells) == 0) return;
  const rate = cell(cells, 1);
  const share = f32x4.splat(decay);
  let wNorm: f32 = 0;
  let rNorm: f32 = 0;
  let p: usize = 0;
  for (let left = n; left > 0; left -= BLOCK) {
    let wSum = zero();
    let rSum = zero();
    for (let i = min(left, BLOCK); i > 0; i -= 4, p += 16) {
      const vg = loadSome(g + p, i);
      const vm = moved(loadSome(m + p, i), vg, cell(cells, 6));
      const vv = moved(loadSome(v + p, i), f32x4.mul(vg, vg), cell(cells, 7));
      const root = f32x4.sqrt(f32x4.div(vv, cell(cells, 9)));
      const update = f32x4.div(f32x4.div(vm, cell(cells, 5)), f32x4.add(root, cell(cells, 8)));
      let x = loadSome(w + p, i);
      x = f32x4.sub(x, f32x4.mul(f32x4.mul(x, share), rate));
      storeSome(w + p, x, i);
      storeSome(m + p, vm, i);
      storeSome(v + p, vv, i);
      storeSome(r + p, update, i);
      wSum = f32x4.add(wSum, f32x4.mul(x, x));
      rSum = f32x4.add(rSum, f32x4.mul(update, update));
    }
    wNorm += sumLanes(wSum);
    rNorm += sumLanes(rSum);
  }
  const ratio = wNorm > 0 && rNorm > 0 ? sqrt(wNorm) / sqrt(rNorm) : 1;
  const factor = f32x4.mul(f32x4.splat(ratio), rate);
  for (; n > 0; n -= 4, w += 16, r += 16) {
    storeSome(w, f32x4.sub(loadSome(w, n), f32x4.mul(factor, loadSome(r, n))), n);
  }
}

/** average ← average·cells[2] + w·cells[3]; w ← average where cells[4] is not 0. Not gated. */
export function f32_ema(w: usize, average: usize, n: i32, cells: usize): void {
  assert(n >= 0);
  const overwrite = load<f32>(cells + 16) != 0;
  for (; n > 0; n -= 4, w += 16, average += 16) {
    const next = mixed(loadSome(average, n), cell(cells, 2), loadSome(w, n), cell(cells, 3));
    storeSome(average, next, n);
    if (overwrite) storeSome(w, next, n);
  }
}
