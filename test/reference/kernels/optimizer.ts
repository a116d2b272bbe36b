/** Optimizer rules in float64, one value at a time. */

/** A value, its slots, its gradient; `rate` and the rule's own numbers a, b, … as the kernels read them from their cells. */
export type Rule = (
  x: number,
  slots: readonly number[],
  g: number,
  rate: number,
  own: readonly number[],
) => readonly [x: number, ...slots: number[]];

const sgdMomentum: Rule = (x, [m], g, rate, [a, nesterov]) => {
  const next = a! * m! - rate * g;
  return [x + (nesterov ? a! * next - rate * g : next), next];
};

function moments([m, v]: readonly number[], g: number, b: number, c: number): [number, number] {
  return [m! + (g - m!) * b, v! + (g * g - v!) * c];
}

function rmsprop(momentum: boolean, centered: boolean): Rule {
  return (x, slots, g, rate, [rho, rest, epsilon, share]) => {
    const v = rho! * slots[0]! + rest! * g * g;
    const mean = rho! * slots.at(-1)! + rest! * g;
    let change = (rate * g) / Math.sqrt(v - (centered ? mean * mean : 0) + epsilon!);
    if (momentum) change += share! * slots[1]!;
    return [x - change, v, ...(momentum ? [change] : []), ...(centered ? [mean] : [])];
  };
}

/** What a kernel computes for each element, weight decay aside; its slots; fit numbers a, b, … */
export interface RuleCase {
  /** As in the cells: gate, rate, the three of the average, then the rule's own. */
  readonly own: readonly number[];
  /** Least values of the slots: sums of squares are not negative. */
  readonly slots: readonly number[];
  readonly rule: Rule;
}

/** By the name of the op's record. */
export const RULES: Readonly<Record<string, RuleCase>> = {
  sgd: { own: [], slots: [], rule: (x, _, g, rate) => [x - rate * g] },
  sgdMomentum: { own: [0.75, 0], slots: [-2], rule: sgdMomentum },
  nesterov: { own: [0.75, 1], slots: [-2], rule: sgdMomentum },
  adam: {
    own: [0.25, 0.1, 0.01, 1e-3],
    slots: [-2, 0],
    rule: (x, slots, g, _, [alpha, b, c, epsilon]) => {
      const [m, v] = moments(slots, g, b!, c!);
      return [x - (m * alpha!) / (Math.sqrt(v) + epsilon!), m, v];
    },
  },
  amsgrad: {
    own: [0.25, 0.1, 0.01, 1e-3],
    slots: [-2, 0, 0],
    rule: (x, slots, g, _, [alpha, b, c, epsilon]) => {
      const [m, v] = moments(slots, g, b!, c!);
      const highest = Math.max(v, slots[2]!);
      return [x - (m * alpha!) / (Math.sqrt(highest) + epsilon!), m, v, highest];
    },
  },
  rmsprop: { own: [0.9, 0.1, 1e-3, 0], slots: [0], rule: rmsprop(false, false) },
  rmspropMomentum: { own: [0.9, 0.1, 1e-3, 0.5], slots: [0, -2], rule: rmsprop(true, false) },
  // With an epsilon that keeps what is under the root above 0 for any slots.
  rmspropCentered: { own: [0.9, 0.1, 5, 0], slots: [0, -2], rule: rmsprop(false, true) },
  rmspropBoth: { own: [0.9, 0.1, 5, 0.5], slots: [0, -2, -2], rule: rmsprop(true, true) },
  adagrad: {
    own: [1e-3],
    slots: [0],
    rule: (x, [sum], g, rate, [epsilon]) => [x - (rate * g) / Math.sqrt(sum! + g * g + epsilon!), sum! + g * g],
  },
  adadelta: {
    own: [0.9, 0.1, 1e-2],
    slots: [0, 0],
    rule: (x, [s, t], g, rate, [rho, rest, epsilon]) => {
      const sum = rho! * s! + rest! * g * g;
      const change = (-g * Math.sqrt(t! + epsilon!)) / Math.sqrt(sum + epsilon!);
      return [x + rate * change, sum, rho! * t! + rest! * change * change];
    },
  },
  adamax: {
    own: [0.3, 0.1, 0.9, 1e-3],
    slots: [-2, 0],
    rule: (x, [m, u], g, rate, [first, b, beta2, epsilon]) => {
      const [next, norm] = [m! + (g - m!) * b!, Math.max(beta2! * u!, Math.abs(g))];
      return [x - (rate * next) / (first! * (norm + epsilon!)), next, norm];
    },
  },
  nadam: {
    own: [0.7, 0.1, 0.01, 1e-3, 0.6, 0.4, 0.5, 0.2],
    slots: [-2, 0],
    rule: (x, slots, g, rate, [a, b, c, epsilon, e, f, h, i]) => {
      const [m, v] = moments(slots, g, b!, c!);
      const mean = (a! * m) / e! + (f! * g) / h!;
      return [x - (mean * rate) / (Math.sqrt(v / i!) + epsilon!), m, v];
    },
  },
  ftrl: ftrl(0.5),
  ftrlPower: ftrl(0.7),
  lion: {
    own: [0.9, 0.1, 0.99, 0.01],
    slots: [-2],
    rule: (x, [m], g, rate, [a, b, c, d]) => [x - rate * Math.sign(a! * m! + b! * g), c! * m! + d! * g],
  },
};

function ftrl(power: number): RuleCase {
  return {
    own: [0.2, 0.5, 0.3, power],
    slots: [0.1, -2],
    rule: (x, [s, z], g, rate, [shrinkage, l1, l2, p]) => {
      const sum = s! + g * g;
      const linear = z! + g + shrinkage! * x - ((sum ** p! - s! ** p!) / rate) * x;
      const clipped = Math.min(Math.max(linear, -l1!), l1!);
      return [(clipped - linear) / (sum ** p! / rate + l2!), sum, linear];
    },
  };
}

/** Arrays of the variable and its slots after a step, weight decay first. */
export function stepped(
  { rule, own }: RuleCase,
  states: readonly ArrayLike<number>[],
  g: ArrayLike<number>,
  rate: number,
  decay: number,
): number[][] {
  const next = states.map((): number[] => []);
  for (let i = 0; i < g.length; i++) {
    const [x, ...slots] = states.map((state) => state[i]!) as [number, ...number[]];
    const values = rule(x - x * decay * rate, slots, g[i]!, rate, own);
    values.forEach((value, j) => {
      next[j]!.push(value);
    });
  }
  return next;
}

/** LAMB over one variable: own numbers 1 − β1ᵗ, 1 − β1, 1 − β2, ε, 1 − β2ᵗ. */
export function lamb(
  states: readonly ArrayLike<number>[],
  g: ArrayLike<number>,
  rate: number,
  decay: number,
  [first, b, c, epsilon, second]: readonly number[],
): number[][] {
  const w = Array.from(states[0]!, (x) => x - x * decay * rate);
  const both = Array.from(g, (value, i) => moments([states[1]![i]!, states[2]![i]!], value, b!, c!));
  const r = both.map(([m, v]) => m / first! / (Math.sqrt(v / second!) + epsilon!));
  const [long, step] = [Math.hypot(...w), Math.hypot(...r)];
  const ratio = long > 0 && step > 0 ? long / step : 1;
  return [w.map((x, i) => x - ratio * rate * r[i]!), both.map(([m]) => m), both.map(([, v]) => v)];
}
