/** Optimizer rules in float64, one value at a time. */

export interface Momentum {
  w: number;
  m: number;
}

export function sgdMomentum({ w, m }: Momentum, g: number, lr: number, momentum: number, nesterov: boolean): Momentum {
  const velocity = momentum * m - lr * g;
  return { w: w + (nesterov ? momentum * velocity - lr * g : velocity), m: velocity };
}

export interface Moments {
  w: number;
  m: number;
  v: number;
}

export interface AdamOptions {
  lr?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/** Step number t >= 1. */
export function adam(
  { w, m, v }: Moments,
  g: number,
  t: number,
  { lr = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {},
): Moments {
  const m1 = m + (g - m) * (1 - beta1);
  const v1 = v + (g * g - v) * (1 - beta2);
  const alpha = (lr * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
  return { w: w - (m1 * alpha) / (Math.sqrt(v1) + epsilon), m: m1, v: v1 };
}
