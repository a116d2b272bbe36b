import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../util/names.ts";
import { Loss, type LossOptions } from "./loss.ts";

/** What all cross-entropies take. */
export interface CrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** The axis the classes lie on. Default −1. */
  axis?: number;
}

/** What cross-entropies with targets per class take. */
export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** Moves targets this far towards the uniform distribution, in [0, 1]. Default 0. */
  labelSmoothing?: number;
}

/** Common part of the cross-entropies: their options. */
export abstract class Crossentropy extends Loss {
  readonly fromLogits: boolean;
  readonly axis: number;

  protected constructor(options: CrossentropyOptions, className: string, defaultName: string, more: string[] = []) {
    const where = `Loss ${className}`;
    checkOptions(options, ["fromLogits", "axis", "reduction", "name", ...more], where);
    super(options, defaultName);
    this.fromLogits = checkBoolean(options.fromLogits ?? false, where, "fromLogits");
    this.axis = checkInteger(options.axis ?? -1, where, "axis", -8, 8);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), fromLogits: this.fromLogits, axis: this.axis };
  }
}

/** Label smoothing given by a caller. */
export function checkSmoothing(value: number | undefined, className: string): number {
  return checkNumber(value ?? 0, `Loss ${className}`, "labelSmoothing", { min: 0, max: 1 });
}
