import { refuse } from "../../util/errors.ts";
import { checkNumber } from "../../util/names.ts";
import { pow } from "../../util/portable-math.ts";
import { POSITIVE } from "../options.ts";
import { LearningRateSchedule, type ScheduleOptions } from "./schedule.ts";

/** Options of ExponentialDecay and InverseTimeDecay. */
export interface DecayOptions extends ScheduleOptions {
  initialLearningRate: number;
  /** Steps in which the rate decays once. */
  decaySteps: number;
  decayRate: number;
  /** Only whole numbers of decays. Default false. */
  staircase?: boolean;
}

abstract class Decay extends LearningRateSchedule {
  declare readonly initialLearningRate: number;
  declare readonly decaySteps: number;
  declare readonly decayRate: number;
  declare readonly staircase: boolean;

  constructor(options: DecayOptions) {
    const table = {
      initialLearningRate: [undefined],
      decaySteps: [undefined, POSITIVE],
      decayRate: [undefined],
    } as const;
    super(options, { ...table, staircase: false });
  }

  protected decays(step: number): number {
    const decays = step / this.decaySteps;
    return this.staircase ? Math.floor(decays) : decays;
  }
}

/** η₀·r^(s/n). */
export class ExponentialDecay extends Decay {
  static override readonly className: string = "ExponentialDecay";

  override apply(step: number): number {
    return this.initialLearningRate * pow(this.decayRate, this.decays(step));
  }
}

/** η₀/(1 + r·s/n). */
export class InverseTimeDecay extends Decay {
  static override readonly className: string = "InverseTimeDecay";

  override apply(step: number): number {
    return this.initialLearningRate / (1 + this.decayRate * this.decays(step));
  }
}

/** Options of {@link PolynomialDecay}. */
export interface PolynomialDecayOptions extends ScheduleOptions {
  initialLearningRate: number;
  decaySteps: number;
  /** Default 1e-4. */
  endLearningRate?: number;
  /** Default 1: a straight line. */
  power?: number;
  /** Starts again from a part of the way each time the end is reached. Default false: stays at the end. */
  cycle?: boolean;
}

/** (η₀ − end)·(1 − s/n)^power + end; with `cycle` n is the next multiple of `decaySteps`. */
export class PolynomialDecay extends LearningRateSchedule {
  static override readonly className: string = "PolynomialDecay";
  declare readonly initialLearningRate: number;
  declare readonly decaySteps: number;
  declare readonly endLearningRate: number;
  declare readonly power: number;
  declare readonly cycle: boolean;

  constructor(options: PolynomialDecayOptions) {
    const table = {
      initialLearningRate: [undefined],
      decaySteps: [undefined, POSITIVE],
      endLearningRate: [1e-4],
    } as const;
    super(options, { ...table, power: [1], cycle: false });
  }

  override apply(step: number): number {
    const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = this;
    const all = cycle ? decaySteps * Math.max(Math.ceil(step / decaySteps), 1) : decaySteps;
    const rest = 1 - Math.min(step, all) / all;
    return (initialLearningRate - endLearningRate) * pow(rest, power) + endLearningRate;
  }
}

/** Options of {@link PiecewiseConstantDecay}. */
export interface PiecewiseConstantDecayOptions extends ScheduleOptions {
  /** Last steps of the pieces but the last one, rising. */
  boundaries: readonly number[];
  /** One more than boundaries. */
  values: readonly number[];
}

/** `values[i]` as long as the step is not above `boundaries[i]`. */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  static override readonly className: string = "PiecewiseConstantDecay";
  readonly boundaries: readonly number[];
  readonly values: readonly number[];

  constructor(options: PiecewiseConstantDecayOptions) {
    super(options, {}, ["boundaries", "values"], "PiecewiseConstant");
    const list = (key: "boundaries" | "values"): number[] => {
      const given: unknown = options?.[key];
      if (!Array.isArray(given)) return refuse(this.where, key, "a list of numbers", given);
      return given.map((each) => checkNumber(each, this.where, key));
    };
    this.boundaries = list("boundaries");
    this.values = list("values");
    const count = this.values.length - 1;
    if (this.boundaries.length !== count || count < 0) {
      refuse(this.where, "boundaries", `${Math.max(count, 0)} numbers, 1 less than values`, this.boundaries);
    }
  }

  override apply(step: number): number {
    const piece = this.boundaries.findIndex((boundary) => step <= boundary);
    return this.values.at(piece)!;
  }
}
