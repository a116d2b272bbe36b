import { adamaxOp, adamOp, amsgradOp, lambOp, nadamOp } from "../ops/optimizer-steps.ts";
import type { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";
import { BELOW_ONE, type OptionTable } from "./options.ts";
import { power, stateVariable } from "./state.ts";

const f = Math.fround;
/** Slots of Adam and its kin. */
export const MOMENTS = ["momentum", "velocity"] as const;

/** Options of Adamax, Nadam and Lamb. */
export interface MomentsOptions extends OptimizerOptions {
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients (Adamax: of the largest gradient), in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to what is divided by. Default 1e-7. */
  epsilon?: number;
}

/** Optimizers that keep a mean of gradients and something like their size. */
abstract class Moments extends Optimizer {
  declare readonly beta1: number;
  declare readonly beta2: number;
  declare readonly epsilon: number;

  constructor(options: MomentsOptions | undefined, own: OptionTable = {}) {
    const table = { beta1: [0.9, 0, BELOW_ONE], beta2: [0.999, 0, BELOW_ONE], epsilon: [1e-7, 0] } as const;
    super(options, 0.001, { ...table, ...own });
  }
}

/** η·√(1 − β2ᵗ)/(1 − β1ᵗ) and what else a step of Adam reads. */
export function adamCells(rate: number, step: number, beta1: number, beta2: number, epsilon: number): number[] {
  const root = f(Math.sqrt(f(1 - power(beta2, step))));
  return [f(f(rate * root) / f(1 - power(beta1, step))), 1 - beta1, 1 - beta2, epsilon];
}

/** Options of Adam. */
export interface AdamOptions extends MomentsOptions {
  /** Divides by the largest root so far (Reddi et al., 2018). Default false. */
  amsgrad?: boolean;
}

/**
 * Adam (Kingma and Ba, 2014) as Keras computes it: m += (1 − β1)(g − m); s += (1 − β2)(g² − s);
 * w −= m·α / (√s + ε) with α = η·√(1 − β2ᵗ) / (1 − β1ᵗ), all in float32. Default rate 0.001.
 */
export class Adam extends Moments {
  static override readonly className: string = "Adam";
  declare readonly amsgrad: boolean;

  constructor(options?: AdamOptions) {
    super(options, { amsgrad: false });
  }

  protected override rule(): Rule {
    return this.amsgrad ? [amsgradOp, MOMENTS, ["velocity_hat"]] : [adamOp, MOMENTS];
  }

  protected override coefficients(rate: number, step: number): number[] {
    return adamCells(rate, step, this.beta1, this.beta2, this.epsilon);
  }
}

/** Adam with weight decay, 0.004 by default (Loshchilov and Hutter, 2017). */
export class AdamW extends Adam {
  static override readonly className: string = "AdamW";

  constructor(options?: AdamOptions) {
    super(options?.weightDecay === undefined ? { ...options, weightDecay: 0.004 } : options);
    if (this.weightDecay === null) refuse(this.where, "weightDecay", "a number ≥ 0", null);
  }
}

/** Adam by the largest gradient so far (Kingma and Ba, 2014): u ← max(β2·u, |g|); w −= η·m / ((1 − β1ᵗ)(u + ε)). */
export class Adamax extends Moments {
  static override readonly className: string = "Adamax";

  constructor(options?: MomentsOptions) {
    super(options);
  }

  protected override rule(): Rule {
    return [adamaxOp, ["momentum", "norm"]];
  }

  protected override coefficients(_rate: number, step: number): number[] {
    return [f(1 - power(this.beta1, step)), 1 - this.beta1, this.beta2, this.epsilon];
  }
}

/**
 * Adam with Nesterov's look-ahead (Dozat, 2016): uₜ = β1(1 − ½·0.96ᵗ); P ← P·uₜ;
 * m̂ = uₜ₊₁·m/(1 − P·uₜ₊₁) + (1 − uₜ)·g/(1 − P); w −= η·m̂ / (√(s/(1 − β2ᵗ)) + ε).
 */
export class Nadam extends Moments {
  static override readonly className: string = "Nadam";

  constructor(options?: MomentsOptions) {
    super(options);
  }

  protected override makeShared(): Variable {
    return stateVariable("variable", [], 1);
  }

  protected override rule(): Rule {
    return [nadamOp, MOMENTS];
  }

  protected override coefficients(_rate: number, step: number, shared: number): number[] {
    const [beta1, beta2] = [f(this.beta1), f(this.beta2)];
    const share = (t: number): number => f(1 - f(0.5 * power(0.96, t)));
    const [now, next] = [f(beta1 * share(step)), f(beta1 * share(step + 1))];
    const product = f(f(shared * beta1) * share(step));
    const own = [next, f(1 - beta1), f(1 - beta2), this.epsilon, f(1 - f(product * next)), f(1 - now)];
    return [...own, f(1 - product), f(1 - power(beta2, step)), product];
  }
}

/** Adam's step in units of each variable's own length (LAMB; You et al., 2019): w −= η·(‖w‖/‖r‖)·r. */
export class Lamb extends Moments {
  static override readonly className: string = "Lamb";

  constructor(options?: MomentsOptions) {
    super(options);
  }

  protected override rule(): Rule {
    return [lambOp, MOMENTS];
  }

  protected override coefficients(_rate: number, step: number): number[] {
    const [first, second] = [f(1 - power(this.beta1, step)), f(1 - power(this.beta2, step))];
    return [first, 1 - this.beta1, 1 - this.beta2, this.epsilon, second];
  }
}
