// Cross-entropies taken on logits: losses, probabilities and gradients. p must not be target; p may be the logits.
// @split-each rows p=cols target=cols logits=cols dz=cols
// @split-each n/64
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { expCall, log1p4, logCall, negativeAbs, relu4, sigmoidCall, zero } from "../lib/math";
import { divideRow, dotShifted, maxOfRow, push, storePushed, sumOfExponentials } from "../lib/softmax-rows";
import { sumRow } from "../lib/sums";

/** loss[r] = −Σ t·log softmax(z) = Σt·log Σe^(z−max) − Σ t·(z − max); p = softmax(z). */
export function f32_softmax_cross_entropy(
  loss: usize, p: usize, target: usize, logits: usize, rows: i32, cols: i32,
): void {
  assert(rows >= 0 && cols >= 0 && p != target);
  if (cols == 0) return;
  const step = <usize>cols << 2;
  // A logarithm takes as long for four rows as for one.
  for (; rows > 0; rows -= 4, loss += 16) {
    let sums = zero();
    let weights = zero();
    let dots = zero();
    for (let i = min(rows, 4); i > 0; i--, p += step, target += step, logits += step) {
      const max = maxOfRow(logits, cols);
      dots = push(dots, dotShifted(target, logits, cols, max));
      const sum = sumOfExponentials(p, logits, cols, max);
      divideRow(p, cols, sum);
      sums = push(sums, sum);
      weights = push(weights, sumRow(target, cols));
    }
    storePushed(loss, f32x4.sub(f32x4.mul(logCall(sums), weights), dots), rows);
  }
}

/** dz = dloss·(p·Σt − t). */
export function f32_softmax_cross_entropy_grad(
  dz: usize, dloss: usize, p: usize, target: usize, rows: i32, cols: i32,
): void {
  assert(rows >= 0 && cols >= 0);
  for (; rows > 0; rows--, dloss += 4) {
    const scale = v128.load32_splat(dloss);
    const sum = f32x4.splat(sumRow(target, cols));
    for (let n = cols; n > 0; n -= 4) {
      const difference = f32x4.sub(f32x4.mul(loadUpTo4(p, n), sum), loadUpTo4(target, n));
      storeUpTo4(dz, f32x4.mul(scale, difference), n);
      const step = min(n, 4) << 2;
      dz += step;
      p += step;
      target += step;
    }
  }
}

/** loss[r] = −log softmax(z)[label]; labels have been checked. */
export function f32_sparse_softmax_cross_entropy(
  loss: usize, p: usize, labels: usize, logits: usize, rows: i32, cols: i32,
): void {
  assert(rows >= 0 && cols >= 0);
  if (cols == 0) return;
  const step = <usize>cols << 2;
  for (; rows > 0; rows -= 4, loss += 16) {
    let sums = zero();
    let shifted = zero();
    for (let i = min(rows, 4); i > 0; i--, labels += 4, p += step, logits += step) {
      assert(load<u32>(labels) < <u32>cols);
      const max = maxOfRow(logits, cols);
      shifted = push(shifted, load<f32>(logits + (load<i32>(labels) << 2)) - max);
      const sum = sumOfExponentials(p, logits, cols, max);
      divideRow(p, cols, sum);
      sums = push(sums, sum);
    }
    storePushed(loss, f32x4.sub(logCall(sums), shifted), rows);
  }
}

/** dz = dloss·(p − one-hot(label)). */
export function f32_sparse_softmax_cross_entropy_grad(
  dz: usize, dloss: usize, p: usize, labels: usize, rows: i32, cols: i32,
): void {
  assert(rows >= 0 && cols >= 0);
  for (; rows > 0; rows--, dloss += 4, labels += 4) {
    const scale = v128.load32_splat(dloss);
    const label = load<i32>(labels);
    const at = dz + (label << 2);
    const value = load<f32>(dloss) * (load<f32>(p + (label << 2)) - 1);
    for (let n = cols; n > 0; n -= 4) {
      storeUpTo4(dz, f32x4.mul(scale, loadUpTo4(p, n)), n);
      const step = min(n, 4) << 2;
      dz += step;
      p += step;
    }
    store<f32>(at, value);
  }
}

/** y = max(z, 0) − z·t + log(1 + e^−|z|), element by element; y may be an input. */
export function f32_sigmoid_cross_entropy(y: usize, target: usize, logits: usize, n: i32): void {
  assert(n >= 0);
  for (; n > 0; n -= 4, y += 16, target += 16, logits += 16) {
    const z = loadUpTo4(logits, n);
    const linear = f32x4.sub(relu4(z), f32x4.mul(z, loadUpTo4(target, n)));
    storeUpTo4(y, f32x4.add(linear, log1p4(expCall(negativeAbs(z)))), n);
  }
}

/** dz = dy·(sigmoid(z) − t). */
export function f32_sigmoid_cross_entropy_grad(dz: usize, dy: usize, target: usize, logits: usize, n: i32): void {
  assert(n >= 0);
  for (; n > 0; n -= 4, dz += 16, dy += 16, target += 16, logits += 16) {
    const slope = f32x4.sub(sigmoidCall(loadUpTo4(logits, n)), loadUpTo4(target, n));
    storeUpTo4(dz, f32x4.mul(loadUpTo4(dy, n), slope), n);
  }
}
