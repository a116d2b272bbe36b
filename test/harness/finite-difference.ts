/**
 * Gradient checks against float64 oracles. float32 kernels are too noisy for finite differences, so the *oracle* (a
 * plain float64 function) is differentiated numerically and the kernels' gradients are compared with that.
 */
import { AssertionFailure } from "./assert-close.ts";

type Numbers = ArrayLike<number>;
/** A float64 function of several arrays with a single number as result. */
export type ScalarOracle = (inputs: Float64Array[]) => number;
/** A float64 function of several arrays with an array as result. */
export type VectorOracle = (inputs: Float64Array[]) => Numbers;

/** A small deterministic generator (mulberry32) for test data: uniform in [0, 1). */
export function testRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `n` float64 numbers uniform in [low, high); with `gap`, none nearer to 0 than that (keeps inputs away from kinks). */
export function testNumbers(n: number, seed: number, low = -1, high = 1, gap = 0): Float64Array {
  const random = testRandom(seed);
  return Float64Array.from({ length: n }, () => {
    const x = low + (high - low) * random();
    return Math.abs(x) >= gap ? x : x < 0 ? x - gap : x + gap;
  });
}

/** d/dt f(inputs + t·directions) at t = 0, by central differences of fourth order. */
export function directionalDerivative(
  f: ScalarOracle,
  inputs: readonly Numbers[],
  directions: readonly Numbers[],
  step = 1e-3,
): number {
  const at = (t: number): number =>
    f(inputs.map((x, k) => Float64Array.from(x, (value, i) => value + t * (directions[k]?.[i] as number))));
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

/** All partial derivatives with respect to `inputs[which]`; for small inputs. */
export function numericalGradient(f: ScalarOracle, inputs: readonly Numbers[], which = 0, step = 1e-3): Float64Array {
  const zeros = inputs.map((x) => new Float64Array(x.length));
  const direction = zeros[which] as Float64Array;
  return Float64Array.from({ length: direction.length }, (_, i) => {
    direction[i] = 1;
    const derivative = directionalDerivative(f, inputs, zeros, step);
    direction[i] = 0;
    return derivative;
  });
}

/** ⟨f(inputs), cotangent⟩: makes a scalar oracle from a vector one, as the chain rule with `dy = cotangent` needs. */
export function scalarize(f: VectorOracle, cotangent: Numbers): ScalarOracle {
  return (inputs) => {
    const y = f(inputs);
    if (y.length !== cotangent.length)
      throw new Error(`oracle: ${y.length} outputs for ${cotangent.length} cotangents`);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (y[i] as number) * (cotangent[i] as number);
    return sum;
  };
}

export interface GradientCheck {
  /** The scalar float64 oracle; see `scalarize`. */
  f: ScalarOracle;
  inputs: readonly Numbers[];
  /** What is checked: one gradient for each input; null leaves that input fixed. */
  gradients: readonly (Numbers | null)[];
  /** Relative to the sum of |gradient·direction|, so that cancellation does not count; default 1e-5. */
  rtol?: number;
  /** Default 1e-6. */
  atol?: number;
  /** Step of the differences; default 1e-3. */
  step?: number;
  /** Number of random directions, default 3; besides, each input is checked alone. */
  directions?: number;
  seed?: number;
  what?: string;
}

/** Compares ⟨gradients, v⟩ with the oracle's derivative along random directions v, of all inputs at once and of each alone. */
export function checkGradient(check: GradientCheck): void {
  const { inputs, gradients, directions = 3, seed = 1 } = check;
  const random = testRandom(seed);
  const checked = inputs.map((_, k) => k).filter((k) => gradients[k] != null);
  for (const k of checked) {
    if (gradients[k]?.length !== inputs[k]?.length) {
      throw new AssertionFailure(
        `${check.what ?? "gradient"}: input ${k} has ${inputs[k]?.length} elements, its gradient ${gradients[k]?.length}`,
      );
    }
  }
  const groups = [
    ...Array.from({ length: directions }, () => checked),
    ...(checked.length > 1 ? checked.map((k) => [k]) : []),
  ];
  for (const group of groups) {
    const v = inputs.map((x, k) => Float64Array.from(x, () => (group.includes(k) ? 2 * random() - 1 : 0)));
    checkDirection(check, group, v);
  }
}

function checkDirection(check: GradientCheck, group: readonly number[], v: readonly Float64Array[]): void {
  const { rtol = 1e-5, atol = 1e-6, step = 1e-3 } = check;
  let analytic = 0;
  let scale = 0;
  for (const k of group) {
    const gradient = check.gradients[k] as Numbers;
    const direction = v[k] as Float64Array;
    for (let i = 0; i < direction.length; i++) {
      const product = (gradient[i] as number) * (direction[i] as number);
      analytic += product;
      scale += Math.abs(product);
    }
  }
  const numeric = directionalDerivative(check.f, check.inputs, v, step);
  if (Math.abs(analytic - numeric) <= atol + rtol * Math.max(scale, Math.abs(numeric))) return;
  throw new AssertionFailure(
    `${check.what ?? "gradient"}, inputs ${group.join(" and ")}: the oracle's directional derivative is ${numeric}, ` +
      `the gradient gives ${analytic} (difference ${Math.abs(analytic - numeric)}, scale ${scale}; rtol ${rtol}, atol ${atol})`,
  );
}
