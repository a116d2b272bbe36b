import { randomNormal, randomTruncatedNormal, randomUniform } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { checkChoice } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { fansOf } from "./fans.ts";
import { type InitializerSeed, RandomInitializer } from "./random-base.ts";

const MODES = ["fan_in", "fan_out", "fan_avg"] as const;
const DISTRIBUTIONS = ["uniform", "truncated_normal", "untruncated_normal"] as const;
/** Standard deviation of a unit normal distribution cut at ±2. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

export type FanMode = (typeof MODES)[number];
export type ScalingDistribution = (typeof DISTRIBUTIONS)[number];

/** What all the variance scaling initializers take. */
export interface ScaledOptions {
  seed?: InitializerSeed;
  /** Axes that count as inputs; used when `outputAxes` is given too. */
  inputAxes?: readonly number[] | null;
  outputAxes?: readonly number[] | null;
}

/** Options of {@link VarianceScaling}. */
export interface VarianceScalingOptions extends ScaledOptions {
  /** Positive factor of the variance; 1 by default. */
  scale?: number;
  /** What the variance is divided by; "fan_in" by default. */
  mode?: FanMode | "fanIn" | "fanOut" | "fanAvg";
  /** "truncated_normal" by default; "normal" means the same. */
  distribution?: ScalingDistribution | "normal" | "truncatedNormal" | "untruncatedNormal";
}

/** Random numbers whose variance is `scale` over the number of inputs, of outputs, or their mean. */
export class VarianceScaling extends RandomInitializer {
  static override readonly className: string = "VarianceScaling";
  declare readonly scale: number;
  declare readonly mode: FanMode;
  declare readonly distribution: ScalingDistribution;
  declare readonly inputAxes: readonly number[] | null;
  declare readonly outputAxes: readonly number[] | null;

  /** @param kind fixed by a subclass, such as Glorot's or He's: only seed and axes are left to choose then */
  constructor(
    options: VarianceScalingOptions = {},
    kind?: Required<Pick<VarianceScalingOptions, "scale" | "mode" | "distribution">>,
  ) {
    const axes = ["inputAxes", "outputAxes"];
    super(options, kind ? {} : { scale: [1] }, kind ? axes : [...axes, "mode", "distribution"]);
    Object.assign(this, kind);
  }

  protected override read(options: VarianceScalingOptions): void {
    const { mode = "fan_in", distribution = "normal", inputAxes = null, outputAxes = null } = options;
    const { where } = this;
    if (this.scale <= 0) refuse(where, "scale", "a positive number", this.scale);
    Object.assign(this, {
      mode: checkChoice(mode, where, "mode", MODES),
      distribution: checkChoice(
        distribution === "normal" ? "truncated_normal" : distribution,
        where,
        "distribution",
        DISTRIBUTIONS,
      ),
      inputAxes: checkAxes(inputAxes, where, "inputAxes"),
      outputAxes: checkAxes(outputAxes, where, "outputAxes"),
    });
  }

  protected override draw(key: () => Tensor, shape: Dims): Tensor {
    const { fanIn, fanOut } = fansOf(this.where, shape, this);
    const fan = this.mode === "fan_in" ? fanIn : this.mode === "fan_out" ? fanOut : (fanIn + fanOut) / 2;
    const variance = this.scale / Math.max(1, fan);
    const deviation = Math.sqrt(variance);
    if (this.distribution === "untruncated_normal") return randomNormal(key(), shape, 0, deviation);
    if (this.distribution !== "uniform") return randomTruncatedNormal(key(), shape, 0, deviation / TRUNCATED_DEVIATION);
    const limit = Math.sqrt(3 * variance);
    return randomUniform(key(), shape, -limit, limit);
  }
}

function checkAxes(axes: readonly number[] | null, where: string, argument: string): readonly number[] | null {
  if (axes === null) return null;
  return Array.isArray(axes) && axes.every(Number.isInteger)
    ? [...axes]
    : refuse(where, argument, "an array of axes or null", axes);
}

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010). */
export class GlorotUniform extends VarianceScaling {
  static override readonly className: string = "GlorotUniform";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 1, mode: "fan_avg", distribution: "uniform" });
  }
}

/** Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio 2010). */
export class GlorotNormal extends VarianceScaling {
  static override readonly className: string = "GlorotNormal";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 1, mode: "fan_avg", distribution: "truncated_normal" });
  }
}

/** Uniform in ±√(6 / inputs) (He et al. 2015). */
export class HeUniform extends VarianceScaling {
  static override readonly className: string = "HeUniform";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 2, mode: "fan_in", distribution: "uniform" });
  }
}

/** Truncated normal with variance 2 / inputs (He et al. 2015). */
export class HeNormal extends VarianceScaling {
  static override readonly className: string = "HeNormal";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 2, mode: "fan_in", distribution: "truncated_normal" });
  }
}

/** Uniform in ±√(3 / inputs) (LeCun et al. 1998). */
export class LecunUniform extends VarianceScaling {
  static override readonly className: string = "LecunUniform";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 1, mode: "fan_in", distribution: "uniform" });
  }
}

/** Truncated normal with variance 1 / inputs (LeCun et al. 1998). */
export class LecunNormal extends VarianceScaling {
  static override readonly className: string = "LecunNormal";

  constructor(options: ScaledOptions = {}) {
    super(options, { scale: 1, mode: "fan_in", distribution: "truncated_normal" });
  }
}
