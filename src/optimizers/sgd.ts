import { sgdStep } from "../ops/index.ts";
import { checkBoolean, checkNumber } from "../util/names.ts";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.ts";

/** Options of SGD. */
export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step that is repeated, in [0, 1]. Default 0. */
  momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  nesterov?: boolean;
}

/**
 * Gradient descent: w −= η·g. With momentum μ: m ← μ·m − η·g, w += m; with Nesterov's look-ahead: w += μ·m − η·g.
 */
export class SGD extends Optimizer {
  static override readonly className: string = "SGD";
  readonly momentum: number;
  readonly nesterov: boolean;
  protected readonly slotNames: readonly string[];

  constructor(options?: SGDOptions) {
    super(options, 0.01, ["momentum", "nesterov"]);
    this.momentum = checkNumber(options?.momentum ?? 0, this.where, "momentum", { min: 0, max: 1 });
    this.nesterov = checkBoolean(options?.nesterov ?? false, this.where, "nesterov");
    this.slotNames = this.momentum === 0 ? [] : ["momentum"];
  }

  protected override update({ variable, gradient, slots, rate }: UpdateStep): void {
    const { momentum, nesterov } = this;
    const slot = slots.momentum;
    const value = variable.value();
    if (slot === undefined) {
      variable.assign(sgdStep({ variable: value, gradient, learningRate: rate }).variable);
      return;
    }
    const step = sgdStep({ variable: value, gradient, learningRate: rate, momentum, nesterov, slot: slot.value() });
    variable.assign(step.variable);
    slot.assign(step.slot!);
  }
}
