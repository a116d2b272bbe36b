import { momentumOp, sgdOp } from "../ops/optimizer-steps.ts";
import { Optimizer, type OptimizerOptions, type Rule } from "./optimizer.ts";

/** Options of SGD. */
export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step that is repeated, in [0, 1]. Default 0. */
  momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  nesterov?: boolean;
}

/**
 * Gradient descent: w −= η·g. With momentum μ: m ← μ·m − η·g, w += m; with Nesterov's look-ahead: w += μ·m − η·g.
 * Default rate 0.01.
 */
export class SGD extends Optimizer {
  static override readonly className: string = "SGD";
  declare readonly momentum: number;
  declare readonly nesterov: boolean;

  constructor(options?: SGDOptions) {
    super(options, 0.01, { momentum: [0, 0, 1], nesterov: false });
  }

  protected override rule(): Rule {
    return this.momentum === 0 ? [sgdOp] : [momentumOp, ["momentum"]];
  }

  protected override coefficients(): number[] {
    return [this.momentum, Number(this.nesterov)];
  }
}
