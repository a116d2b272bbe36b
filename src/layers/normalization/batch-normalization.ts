import type { Constraint, ConstraintSpec } from "../../constraints/index.ts";
import type { Initializer } from "../../initializers/base.ts";
import { getInitializer, type InitializerSpec } from "../../initializers/get.ts";
import { type BatchNormOptions, batchNormInference, batchNormTrain, movingUpdate } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { Regularizer, RegularizerSpec } from "../../regularizers/index.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { checkBoolean, checkInteger, checkNumber } from "../../util/names.ts";
import { checkAxis, formatShape, normalizeAxis, type Shape } from "../../util/shape.ts";
import type { CallOptions } from "../call-context.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** The axis whose every index has statistics of its own. Default -1. */
  readonly axis?: number;
  /** Weight of the old value in the moving statistics. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Whether there is a `beta`. Default true. */
  readonly center?: boolean;
  /** Whether there is a `gamma`. Default true. */
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerSpec;
  readonly gammaInitializer?: InitializerSpec;
  readonly betaRegularizer?: RegularizerSpec;
  readonly gammaRegularizer?: RegularizerSpec;
  readonly betaConstraint?: ConstraintSpec;
  readonly gammaConstraint?: ConstraintSpec;
  readonly movingMeanInitializer?: InitializerSpec;
  readonly movingVarianceInitializer?: InitializerSpec;
}

const ownOptions = (): string[] => [
  ...["axis", "momentum", "epsilon", "center", "scale"],
  ...weightKeys("beta", "gamma"),
  ...["movingMeanInitializer", "movingVarianceInitializer"],
];

/**
 * Normalises each channel (each index of `axis`).
 *
 * Training, unless the layer is frozen: y = γ (x − μ) / √(σ² + ε) + β with the batch's mean μ and biased variance σ²;
 * then `moving_mean ← m · moving_mean + (1 − m) · μ`, and likewise the variance.
 * Inference, and always when `trainable` is false: the same with the moving statistics, which stay as they are.
 *
 * Weights, all of shape (channels): `gamma` and `beta` (trained), `moving_mean` and `moving_variance` (not).
 * A batch without samples leaves the moving statistics alone.
 *
 * Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift".
 */
export class BatchNormalization extends Layer {
  static override readonly className: string = "BatchNormalization";

  readonly axis: number;
  readonly center: boolean;
  readonly scale: boolean;
  declare readonly betaInitializer: Initializer;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaRegularizer: Regularizer | undefined;
  declare readonly gammaRegularizer: Regularizer | undefined;
  declare readonly betaConstraint: Constraint | undefined;
  declare readonly gammaConstraint: Constraint | undefined;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
  gamma: Variable | undefined = undefined;
  beta: Variable | undefined = undefined;
  movingMean: Variable | undefined = undefined;
  movingVariance: Variable | undefined = undefined;
  #momentum: number;
  #epsilon: number;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options, ownOptions());
    const where = whereOf(this);
    const { axis = -1, momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = options;
    const initializer = (name: `${"movingMean" | "movingVariance"}Initializer`, usual: string) =>
      getInitializer(options[name] ?? usual, `${where} ${name}`);
    this.axis = checkInteger(axis, where, "axis");
    this.#momentum = checkNumber(momentum, where, "momentum");
    this.#epsilon = checkNumber(epsilon, where, "epsilon");
    this.center = checkBoolean(center, where, "center");
    this.scale = checkBoolean(scale, where, "scale");
    readWeightParts(this, options, { beta: "zeros", gamma: "ones" });
    this.supportsMasking = true;
    this.movingMeanInitializer = initializer("movingMeanInitializer", "zeros");
    this.movingVarianceInitializer = initializer("movingVarianceInitializer", "ones");
  }

  get momentum(): number {
    return this.#momentum;
  }

  set momentum(momentum: number) {
    this.#momentum = checkNumber(momentum, whereOf(this), "momentum");
    markChanged(this);
  }

  get epsilon(): number {
    return this.#epsilon;
  }

  set epsilon(epsilon: number) {
    this.#epsilon = checkNumber(epsilon, whereOf(this), "epsilon");
    markChanged(this);
  }

  override build(inputShape: Shape): void {
    const channels = inputShape[checkAxis(this.axis, inputShape, whereOf(this))]!;
    if (channels === null) {
      refuse(whereOf(this), "build", `the size of axis ${this.axis} to be known`, inputShape, ShapeError);
    }
    const shape = [channels];
    const trained = (name: string): Variable => this.addWeight({ name, shape, ...weightParts(this, name) });
    const moving = (name: string, initializer: Initializer): Variable =>
      this.addWeight({ name, shape, initializer, trainable: false });
    if (this.scale) this.gamma = trained("gamma");
    if (this.center) this.beta = trained("beta");
    this.movingMean = moving("moving_mean", this.movingMeanInitializer);
    this.movingVariance = moving("moving_variance", this.movingVarianceInitializer);
    this.inputSpec = [{ ndim: inputShape.length, axes: { [this.axis]: channels } }];
  }

  override call(inputs: Tensor, { training, mask }: CallOptions<Tensor>): Tensor {
    const x = asFloat(inputs);
    if (x.rank > 1) return this.#normalize(x, training, mask);
    // A single axis: every element is a channel with one value.
    return this.#normalize(x.reshape([1, x.size]), training, mask).reshape(x.shape);
  }

  /** By the statistics of what the mask leaves; all positions are normalised. */
  #normalizeMasked(x: Tensor, mask: Tensor, { axis, epsilon }: BatchNormOptions): ReturnType<typeof batchNormTrain> {
    if (mask.rank !== x.rank - 1) {
      const problem = "mask: The mask provided should be one dimension less than the inputs";
      fail(whereOf(this), `${problem}, got ${formatShape(mask.shape)} for ${formatShape(x.shape)}`, ShapeError);
    }
    const weights = mask.cast("float32").expandDims(-1).broadcastTo(x.shape);
    const axes = x.shape.map((_, i) => i).filter((i) => i !== axis);
    const count = weights.sum(axes, true).add(1e-7);
    const mean = weights.mul(x).sum(axes, true).div(count);
    const centred = x.sub(mean);
    const variance = weights.mul(centred.square()).sum(axes, true).div(count);
    const along = (weight: Variable): Tensor => weight.value().reshape(mean.shape);
    let y = centred.mul(variance.add(epsilon).rsqrt());
    if (this.gamma !== undefined) y = y.mul(along(this.gamma));
    if (this.beta !== undefined) y = y.add(along(this.beta));
    return { y, mean: mean.flatten(), variance: variance.flatten() };
  }

  #normalize(x: Tensor, training: boolean | undefined, mask: Tensor | undefined): Tensor {
    const [gamma, beta] = [this.gamma ?? null, this.beta ?? null];
    const attrs = { axis: normalizeAxis(this.axis, x.rank)!, epsilon: this.#epsilon };
    if (!training || !this.trainable || x.size === 0) {
      return batchNormInference(x, gamma, beta, this.movingMean!, this.movingVariance!, attrs);
    }
    const { y, mean, variance } =
      mask === undefined || mask === null
        ? batchNormTrain(x, gamma, beta, attrs)
        : this.#normalizeMasked(x, mask, attrs);
    this.movingMean!.assign(movingUpdate(this.movingMean!, mean, this.#momentum));
    this.movingVariance!.assign(movingUpdate(this.movingVariance!, variance, this.#momentum));
    return y;
  }
}
