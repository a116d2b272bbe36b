import { cos, pow } from "../../util/portable-math.ts";
import { POSITIVE } from "../options.ts";
import { LearningRateSchedule, type ScheduleOptions } from "./schedule.ts";

/** From 1 at 0 to 0 at 1. */
function halfWave(fraction: number): number {
  return 0.5 * (1 + cos(Math.PI * fraction));
}

/** Options of {@link CosineDecay}. */
export interface CosineDecayOptions extends ScheduleOptions {
  initialLearningRate: number;
  /** Steps of the decay, which come after those of the warm-up. */
  decaySteps: number;
  /** Share of the rate that is left at the end. Default 0. */
  alpha?: number;
  /** Rate at the end of the warm-up, from which the decay starts. Default null: no warm-up. */
  warmupTarget?: number | null;
  /** Default 0. */
  warmupSteps?: number;
}

/** Half a wave of the cosine, from η₀ to α·η₀, after a straight line from η₀ to `warmupTarget` (Loshchilov and Hutter 2016). */
export class CosineDecay extends LearningRateSchedule {
  static override readonly className: string = "CosineDecay";
  declare readonly initialLearningRate: number;
  declare readonly decaySteps: number;
  declare readonly alpha: number;
  declare readonly warmupTarget: number | null;
  declare readonly warmupSteps: number;

  constructor(options: CosineDecayOptions) {
    const table = { initialLearningRate: [undefined], decaySteps: [undefined, POSITIVE], alpha: [0] } as const;
    super(options, { ...table, warmupTarget: [null], warmupSteps: [0, 0] });
  }

  override apply(step: number): number {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = this;
    const warm = warmupTarget === null ? 0 : warmupSteps;
    const target = warmupTarget ?? initialLearningRate;
    if (step < warm) return (target - initialLearningRate) * (step / warm) + initialLearningRate;
    return target * ((1 - alpha) * halfWave(Math.min(step - warm, decaySteps) / decaySteps) + alpha);
  }
}

/** Options of {@link CosineDecayRestarts}. */
export interface CosineDecayRestartsOptions extends ScheduleOptions {
  initialLearningRate: number;
  /** Steps of the first period. */
  firstDecaySteps: number;
  /** Each period is this many times as long as the one before. Default 2. */
  tMul?: number;
  /** Each period starts at this share of the rate the one before started at. Default 1. */
  mMul?: number;
  /** Share of η₀ that is left at the end of a period. Default 0. */
  alpha?: number;
}

/** Half waves of the cosine, one after another (SGDR, Loshchilov and Hutter 2016). */
export class CosineDecayRestarts extends LearningRateSchedule {
  static override readonly className: string = "CosineDecayRestarts";
  declare readonly initialLearningRate: number;
  declare readonly firstDecaySteps: number;
  declare readonly tMul: number;
  declare readonly mMul: number;
  declare readonly alpha: number;

  constructor(options: CosineDecayRestartsOptions) {
    const table = { initialLearningRate: [undefined], firstDecaySteps: [undefined, POSITIVE], tMul: [2, 1] } as const;
    super(options, { ...table, mMul: [1], alpha: [0] }, [], "SGDRDecay");
  }

  override apply(step: number): number {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this;
    // Periods are counted one by one: a quotient of logarithms would err at their edges.
    let rest = step / firstDecaySteps;
    let [period, length] = [0, 1];
    if (tMul === 1) {
      period = Math.floor(rest);
      rest -= period;
    }
    for (; rest >= length; period++, length *= tMul) rest -= length;
    return initialLearningRate * ((1 - alpha) * pow(mMul, period) * halfWave(rest / length) + alpha);
  }
}
