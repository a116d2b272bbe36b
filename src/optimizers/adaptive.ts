import {
  adadeltaOp,
  adagradOp,
  ftrlOp,
  lionOp,
  rmspropBothOp,
  rmspropCenteredOp,
  rmspropMomentumOp,
  rmspropOp,
} from "../ops/optimizer-steps.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";
import { BELOW_ONE, POSITIVE } from "./options.ts";

const VELOCITY = ["velocity"] as const;

/** Options of RMSprop. */
export interface RMSpropOptions extends OptimizerOptions {
  /** Decay of the mean of squared gradients, in [0, 1]. Default 0.9. */
  rho?: number;
  /** Share of the last change that is repeated, in [0, 1]. Default 0. */
  momentum?: number;
  /** Added before the root is taken. Default 1e-7. */
  epsilon?: number;
  /** Divides by the spread of the gradients about their mean instead of their size. Default false. */
  centered?: boolean;
}

/** s ← ρ·s + (1 − ρ)·g²; w −= η·g/√(s + ε) (Hinton, 2012); centred (Graves, 2013): √(s − ḡ² + ε). Default rate 0.001. */
export class RMSprop extends Optimizer {
  static override readonly className: string = "RMSprop";
  declare readonly rho: number;
  declare readonly momentum: number;
  declare readonly epsilon: number;
  declare readonly centered: boolean;

  constructor(options?: RMSpropOptions) {
    super(options, 0.001, { rho: [0.9, 0, 1], momentum: [0, 0, 1], epsilon: [1e-7, 0], centered: false });
  }

  protected override rule(): Rule {
    const [momentum, mean] = [["momentum"], ["average_gradient"]] as const;
    if (this.momentum === 0) return this.centered ? [rmspropCenteredOp, VELOCITY, mean] : [rmspropOp, VELOCITY];
    return this.centered ? [rmspropBothOp, VELOCITY, momentum, mean] : [rmspropMomentumOp, VELOCITY, momentum];
  }

  protected override coefficients(): number[] {
    return [this.rho, 1 - this.rho, this.epsilon, this.momentum];
  }
}

/** Options of Adagrad. */
export interface AdagradOptions extends OptimizerOptions {
  /** What the sums start with. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Added before the root is taken. Default 1e-7. */
  epsilon?: number;
}

/** A += g²; w −= η·g/√(A + ε) (Duchi et al., 2011). Default rate 0.001. */
export class Adagrad extends Optimizer {
  static override readonly className: string = "Adagrad";
  declare readonly initialAccumulatorValue: number;
  declare readonly epsilon: number;

  constructor(options?: AdagradOptions) {
    super(options, 0.001, { initialAccumulatorValue: [0.1, 0], epsilon: [1e-7, 0] });
  }

  protected override rule(): Rule {
    return [adagradOp, [["accumulator", this.initialAccumulatorValue]]];
  }

  protected override coefficients(): number[] {
    return [this.epsilon];
  }
}

/** Options of Adadelta. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both means, in [0, 1]. Default 0.95. */
  rho?: number;
  /** Added before roots are taken. Default 1e-7. */
  epsilon?: number;
}

/** A ← ρ·A + (1 − ρ)·g²; δ = −g·√(D + ε)/√(A + ε); D ← ρ·D + (1 − ρ)·δ²; w += η·δ (Zeiler, 2012). Default rate 0.001. */
export class Adadelta extends Optimizer {
  static override readonly className: string = "Adadelta";
  declare readonly rho: number;
  declare readonly epsilon: number;

  constructor(options?: AdadeltaOptions) {
    super(options, 0.001, { rho: [0.95, 0, 1], epsilon: [1e-7, 0] });
  }

  protected override rule(): Rule {
    return [adadeltaOp, ["accumulated_grad", "accumulated_delta_var"]];
  }

  protected override coefficients(): number[] {
    return [this.rho, 1 - this.rho, this.epsilon];
  }
}

/** Options of Ftrl. */
export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls with the sum of squares, at most 0. Default -0.5. */
  learningRatePower?: number;
  /** What the sums of squares start with. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Default 0. */
  l1RegularizationStrength?: number;
  /** Default 0. */
  l2RegularizationStrength?: number;
  /** A penalty on the gradient only. Default 0. */
  l2ShrinkageRegularizationStrength?: number;
  /** Default 0. */
  beta?: number;
}

/** Follow the regularised leader (McMahan et al., 2013), which makes weights exactly 0. Default rate 0.001. */
export class Ftrl extends Optimizer {
  static override readonly className: string = "Ftrl";
  declare readonly learningRatePower: number;
  declare readonly initialAccumulatorValue: number;
  declare readonly l1RegularizationStrength: number;
  declare readonly l2RegularizationStrength: number;
  declare readonly l2ShrinkageRegularizationStrength: number;
  declare readonly beta: number;

  constructor(options?: FtrlOptions) {
    const strengths = { l1RegularizationStrength: [0, 0], l2RegularizationStrength: [0, 0] } as const;
    super(options, 0.001, {
      learningRatePower: [-0.5, -Infinity, 0],
      initialAccumulatorValue: [0.1, 0],
      ...strengths,
      l2ShrinkageRegularizationStrength: [0, 0],
      beta: [0, 0],
    });
  }

  protected override rule(): Rule {
    return [ftrlOp, [["accumulator", this.initialAccumulatorValue], "linear"]];
  }

  protected override coefficients(rate: number): number[] {
    const l2 = this.l2RegularizationStrength + (this.beta === 0 ? 0 : this.beta / (2 * rate));
    const shrinkage = 2 * this.l2ShrinkageRegularizationStrength;
    return [shrinkage, this.l1RegularizationStrength, 2 * l2, -this.learningRatePower];
  }
}

/** Options of Lion. */
export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in the direction of a step, in (0, 1]. Default 0.9. */
  beta1?: number;
  /** Decay of the momentum, in [0, 1). Default 0.99. */
  beta2?: number;
}

/** w −= η·sign(β1·m + (1 − β1)·g); m ← β2·m + (1 − β2)·g (Chen et al., 2023). Default rate 0.001. */
export class Lion extends Optimizer {
  static override readonly className: string = "Lion";
  declare readonly beta1: number;
  declare readonly beta2: number;

  constructor(options?: LionOptions) {
    super(options, 0.001, { beta1: [0.9, POSITIVE, 1], beta2: [0.99, 0, BELOW_ONE] });
  }

  protected override rule(): Rule {
    return [lionOp, ["momentum"]];
  }

  protected override coefficients(): number[] {
    const [beta1, beta2] = [Math.fround(this.beta1), Math.fround(this.beta2)];
    return [beta1, 1 - beta1, beta2, 1 - beta2];
  }
}
