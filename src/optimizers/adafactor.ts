import type { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { pow } from "../util/portable-math.ts";
import { Optimizer, type OptimizerOptions, type Rule, type UpdateStep } from "./optimizer.ts";
import { POSITIVE } from "./options.ts";
import { cellOf, OWN_CELLS, stateVariable } from "./state.ts";

/** Options of Adafactor. */
export interface AdafactorOptions extends OptimizerOptions {
  /** The decay of step t is 1 − t^beta2Decay. Default -0.8. */
  beta2Decay?: number;
  /** Added to squared gradients. Default 1e-30. */
  epsilon1?: number;
  /** Least size of a variable that steps are measured by. Default 1e-3. */
  epsilon2?: number;
  /** Largest root mean square of a change. Default 1. */
  clipThreshold?: number;
  /** As in Keras, of no effect: the rate is at most 1/√t either way. Default true. */
  relativeStep?: boolean;
}

/**
 * Adaptive rates that for a matrix keep a number for each row and column (Shazeer and Stern, 2018). Steps are measured by
 * the variable's own size. Default rate 0.001.
 */
export class Adafactor extends Optimizer {
  static override readonly className: string = "Adafactor";
  declare readonly beta2Decay: number;
  declare readonly epsilon1: number;
  declare readonly epsilon2: number;
  declare readonly clipThreshold: number;
  declare readonly relativeStep: boolean;

  constructor(options?: AdafactorOptions) {
    const epsilons = { epsilon1: [1e-30, 0], epsilon2: [1e-3, 0] } as const;
    super(options, 0.001, { beta2Decay: [-0.8], ...epsilons, clipThreshold: [1, POSITIVE], relativeStep: true });
  }

  /** Rows, columns (for less than two axes Keras keeps two integers of no use), the whole. */
  protected override rule({ name, shape }: Variable): Rule {
    const part = (left: number): Variable =>
      shape.length < 2
        ? stateVariable(name, [], 0, "int32")
        : stateVariable(
            name,
            shape.filter((_, i) => i !== shape.length - left),
          );
    return [undefined, [part(1), part(2), "velocity"]];
  }

  protected override coefficients(rate: number, step: number): number[] {
    const f = Math.fround;
    const decay = f(1 - f(pow(step, this.beta2Decay)));
    return [Math.min(rate, f(1 / f(Math.sqrt(step)))), decay, 1 - decay];
  }

  protected override update(step: UpdateStep): void {
    const { variable, gradient, cells, slots } = step;
    const [rowState, columnState, state] = slots as [Variable, Variable, Variable];
    const [rho, keep, share] = [0, 1, 2].map((i) => cellOf(cells, OWN_CELLS + i)) as [Tensor, Tensor, Tensor];
    const mix = (old: Variable, now: Tensor): Tensor => keep.mul(old.value()).add(share.mul(now));
    const squares = gradient.square().add(this.epsilon1);
    let velocity: Tensor;
    if (variable.shape.length > 1) {
      const [rows, columns] = [mix(rowState, squares.mean(-1)), mix(columnState, squares.mean(-2))];
      velocity = rows.div(rows.mean(-1, true)).expandDims(-1).mul(columns.expandDims(-2));
      this.settle(rowState, rows);
      this.settle(columnState, columns);
    } else velocity = mix(state, squares);
    const change = gradient.div(velocity.sqrt());
    const limited = change.div(rms(change).div(this.clipThreshold).maximum(1));
    const value = this.decayed(step);
    this.settle(variable, value.sub(rms(value).maximum(this.epsilon2).mul(rho).mul(limited)));
    this.settle(state, velocity);
  }
}

function rms(x: Tensor): Tensor {
  return x.square().mean().sqrt();
}
