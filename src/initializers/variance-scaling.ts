import { randomNormal, randomTruncatedNormal, randomUniform } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { describe, suggest, ValueError } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkFloat, checkShape } from "./base.ts";
import { fansOf } from "./fans.ts";
import type { InitializerSeed } from "./random-base.ts";
import { RandomInitializer } from "./random-base.ts";

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
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: ScalingDistribution;
  readonly inputAxes: readonly number[] | null;
  readonly outputAxes: readonly number[] | null;
  private readonly label: string;

  constructor(options: VarianceScalingOptions = {}, label = "VarianceScaling") {
    checkOptions(options, ["scale", "mode", "distribution", "seed", "inputAxes", "outputAxes"], label);
    const scale = checkScale(label, options.scale ?? 1);
    const mode = checkChoice(label, "mode", options.mode ?? "fan_in", MODES);
    const given = options.distribution ?? "truncated_normal";
    const distribution = given === "normal" ? "truncated_normal" : given;
    const checked = checkChoice(label, "distribution", distribution, DISTRIBUTIONS);
    const inputAxes = checkAxes(label, "inputAxes", options.inputAxes ?? null);
    const outputAxes = checkAxes(label, "outputAxes", options.outputAxes ?? null);
    super(label, options.seed);
    this.label = label;
    this.scale = scale;
    this.mode = mode;
    this.distribution = checked;
    this.inputAxes = inputAxes;
    this.outputAxes = outputAxes;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    checkFloat(this.label, dtype);
    const variance = this.scale / Math.max(1, this.fan(checkShape(this.label, shape)));
    const key = this.drawKey();
    if (this.distribution === "uniform") {
      const limit = Math.sqrt(3 * variance);
      return randomUniform(key, shape, -limit, limit);
    }
    if (this.distribution === "untruncated_normal") return randomNormal(key, shape, 0, Math.sqrt(variance));
    return randomTruncatedNormal(key, shape, 0, Math.sqrt(variance) / TRUNCATED_DEVIATION);
  }

  override getConfig(): InitializerConfig {
    const { scale, mode, distribution } = this;
    return { ...super.getConfig(), scale, mode, distribution, ...this.axesConfig() };
  }

  /** The entries common to all configurations of this family. */
  protected axesConfig(): InitializerConfig {
    return { input_axes: this.inputAxes, output_axes: this.outputAxes };
  }

  private fan(shape: Dims): number {
    const { fanIn, fanOut } = fansOf(this.label, shape, this);
    if (this.mode === "fan_in") return fanIn;
    return this.mode === "fan_out" ? fanOut : (fanIn + fanOut) / 2;
  }
}

/** A fixed kind of variance scaling, such as Glorot's or He's: only seed and axes are left to choose. */
export abstract class ScaledInitializer extends VarianceScaling {
  constructor(
    name: string,
    kind: Pick<VarianceScalingOptions, "scale" | "mode" | "distribution">,
    options: ScaledOptions,
  ) {
    checkOptions(options, ["seed", "inputAxes", "outputAxes"], name);
    super({ ...options, ...kind }, name);
  }

  override getConfig(): InitializerConfig {
    const { seed } = super.getConfig();
    return { seed, ...this.axesConfig() };
  }
}

function checkScale(label: string, scale: unknown): number {
  if (typeof scale === "number" && Number.isFinite(scale) && scale > 0) return scale;
  throw new ValueError(`[${label}] scale: expected a positive finite number, got ${describe(scale)}.`);
}

/** Reads "fan_in", "fanIn" and "FAN_IN" alike. */
function checkChoice<T extends string>(label: string, argument: string, value: unknown, choices: readonly T[]): T {
  const plain = (text: string): string => text.toLowerCase().replaceAll("_", "");
  const found = typeof value === "string" ? choices.find((choice) => plain(choice) === plain(value)) : undefined;
  if (found !== undefined) return found;
  const hint = typeof value === "string" ? suggest(value, choices) : "";
  throw new ValueError(`[${label}] ${argument}: expected one of ${choices.join(", ")}, got ${describe(value)}.${hint}`);
}

function checkAxes(label: string, argument: string, axes: unknown): readonly number[] | null {
  if (axes === null) return null;
  if (Array.isArray(axes) && axes.every((axis) => Number.isInteger(axis))) return [...axes];
  throw new ValueError(`[${label}] ${argument}: expected an array of axes or null, got ${describe(axes)}.`);
}
