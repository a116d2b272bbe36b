import { adamCoefficient, adamStep } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.ts";

/** Options of Adam. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the root of the squared gradients. Default 1e-7. */
  epsilon?: number;
}

/**
 * Adam (Kingma and Ba, 2014) as Keras computes it: m += (1 − β1)(g − m); s += (1 − β2)(g² − s);
 * w −= m·α / (√s + ε) with α = η·√(1 − β2ᵗ) / (1 − β1ᵗ), all in float32.
 */
export class Adam extends Optimizer {
  static override readonly className: string = "Adam";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  protected readonly slotNames: readonly string[] = ["momentum", "velocity"];

  constructor(options?: AdamOptions) {
    super(options, 0.001, ["beta1", "beta2", "epsilon"]);
    this.beta1 = checkDecay(options?.beta1 ?? 0.9, this.where, "beta1");
    this.beta2 = checkDecay(options?.beta2 ?? 0.999, this.where, "beta2");
    this.epsilon = checkNumber(options?.epsilon ?? 1e-7, this.where, "epsilon", { min: 0 });
  }

  protected override prepare(rate: Tensor, iteration: Tensor): Tensor {
    return adamCoefficient(rate, iteration, this.beta1, this.beta2);
  }

  protected override update({ variable, gradient, slots, shared }: UpdateStep): void {
    const { beta1, beta2, epsilon } = this;
    const momentum = slots.momentum!;
    const velocity = slots.velocity!;
    const state = { variable: variable.value(), momentum: momentum.value(), velocity: velocity.value() };
    const next = adamStep({ ...state, gradient, alpha: shared! }, { beta1, beta2, epsilon });
    variable.assign(next.variable);
    momentum.assign(next.momentum);
    velocity.assign(next.velocity);
  }
}

/** A decay of exactly 1 would never take a gradient in, and divide by 0. */
function checkDecay(value: unknown, where: string, argument: string): number {
  const decay = checkNumber(value, where, argument, { min: 0, max: 1 });
  return decay === 1 ? refuse(where, argument, "a number in [0, 1)", 1) : decay;
}
