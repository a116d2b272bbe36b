import type { Axes } from "../ops/operand.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { checkNumber, checkOptions, snakeCase } from "../util/names.ts";
import { Constraint } from "./constraint.ts";

/** Options of {@link UnitNorm}. */
export interface UnitNormOptions {
  /** Axis or axes along which norms are taken. Default 0: of a Dense kernel, all that leads into one unit. */
  readonly axis?: number | readonly number[];
}

/** Options of {@link MaxNorm}. */
export interface MaxNormOptions extends UnitNormOptions {
  /** Default 2. */
  readonly maxValue?: number;
}

/** Options of {@link MinMaxNorm}. */
export interface MinMaxNormOptions extends UnitNormOptions {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** How much of the way to the bound is gone at once. Default 1. */
  readonly rate?: number;
}

/** w · wanted(‖w‖) / (‖w‖ + 1e-7), norms along some axes. */
abstract class NormConstraint<O extends UnitNormOptions> extends Constraint {
  readonly #options: Required<O>;

  constructor(options: O | undefined, defaults: Required<O>, where: string) {
    super();
    checkOptions(options, Object.keys(defaults), where);
    this.#options = { ...defaults, ...options };
    for (const [key, value] of Object.entries(this.#options)) {
      if (key !== "axis") checkNumber(value, where, key);
      else if (![value].flat().every(Number.isInteger)) refuse(where, "axis", "an integer or a list of them", value);
    }
  }

  protected abstract wanted(norms: Tensor, options: Required<O>): Tensor | number;

  override apply(given: TensorLike): Tensor {
    const weight = toTensor(given);
    const norms = weight
      .square()
      .sum(this.#options.axis as Axes, true)
      .sqrt();
    const wanted = this.wanted(norms, this.#options);
    const below = norms.add(1e-7);
    return typeof wanted === "number" ? weight.div(below) : weight.mul(wanted.div(below));
  }

  override getConfig(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#options).map(([key, value]) => [snakeCase(key), value]));
  }
}

/** Shortens what is longer than a bound. */
export class MaxNorm extends NormConstraint<MaxNormOptions> {
  static override readonly className: string = "MaxNorm";

  constructor(options?: MaxNormOptions) {
    super(options, { maxValue: 2, axis: 0 }, "MaxNorm");
  }

  protected override wanted(norms: Tensor, { maxValue }: Required<MaxNormOptions>): Tensor {
    return norms.minimum(maxValue);
  }
}

/** Makes every norm 1. */
export class UnitNorm extends NormConstraint<UnitNormOptions> {
  static override readonly className: string = "UnitNorm";

  constructor(options?: UnitNormOptions) {
    super(options, { axis: 0 }, "UnitNorm");
  }

  protected override wanted(): number {
    return 1;
  }
}

/** Brings norms between two bounds, at once or step by step. */
export class MinMaxNorm extends NormConstraint<MinMaxNormOptions> {
  static override readonly className: string = "MinMaxNorm";

  constructor(options?: MinMaxNormOptions) {
    super(options, { minValue: 0, maxValue: 1, rate: 1, axis: 0 }, "MinMaxNorm");
  }

  protected override wanted(norms: Tensor, { minValue, maxValue, rate }: Required<MinMaxNormOptions>): Tensor {
    const inside = norms.clip(minValue, maxValue).mul(rate);
    return rate === 1 ? inside : inside.add(norms.mul(1 - rate));
  }
}
