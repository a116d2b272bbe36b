import type { Initializer } from "../../initializers/base.ts";
import { getInitializer, type InitializerSpec } from "../../initializers/get.ts";
import { batchNormInference, batchNormTrain, movingUpdate } from "../../ops/index.ts";
import { type Tensor, toTensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../../util/names.ts";
import { checkAxis, formatShape, type Shape } from "../../util/shape.ts";
import type { CallOptions } from "../call-context.ts";
import { asFloat, oneShape } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { alongAxes, knownSize, Normalizer, type NormalizerOptions } from "./normalizer.ts";

/** Bounds of renormalisation's corrections; those that are absent do not bound. */
export interface RenormClipping {
  readonly rmax?: number | null;
  readonly rmin?: number | null;
  readonly dmax?: number | null;
}

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends NormalizerOptions {
  /** The axis whose every index has statistics of its own. Default -1. */
  readonly axis?: number;
  /** Weight of the old value in the moving statistics. Default 0.99. */
  readonly momentum?: number;
  readonly movingMeanInitializer?: InitializerSpec;
  readonly movingVarianceInitializer?: InitializerSpec;
  /** Batch renormalisation (Ioffe 2017): training corrects its statistics towards moving ones. Default false. */
  readonly renorm?: boolean;
  readonly renormClipping?: RenormClipping | null;
  /** Weight of the old value in the statistics that `renorm` corrects towards. Default 0.99. */
  readonly renormMomentum?: number;
  /** Statistics over several devices: there is only one. */
  readonly synchronized?: false;
}

const OPTIONS = [
  ...["momentum", "movingMeanInitializer", "movingVarianceInitializer"],
  ...["renorm", "renormClipping", "renormMomentum", "synchronized"],
];

/** Statistics of a batch, and x normalised by them. */
interface Normalized {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Normalises each channel (each index of `axis`).
 *
 * Training, unless the layer is frozen: y = γ (x − μ) / √(σ² + ε) + β with the batch's mean μ and biased variance σ²;
 * then `moving_mean ← m · moving_mean + (1 − m) · μ`, and likewise the variance. With a mask only the places it keeps
 * count for μ and σ²; all are normalised.
 * Inference, and always when `trainable` is false: the same with the moving statistics, which stay as they are.
 *
 * Weights, all of shape (channels): `gamma` and `beta` (trained), `moving_mean` and `moving_variance` (not); with `renorm`
 * also `moving_stddev`, `renorm_mean` and `renorm_stddev`. A batch without samples leaves the moving statistics alone.
 *
 * Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift".
 */
export class BatchNormalization extends Normalizer {
  static override readonly className: string = "BatchNormalization";

  readonly axis: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | null;
  readonly renormMomentum: number;
  readonly synchronized: boolean;
  movingMean: Variable | undefined = undefined;
  movingVariance: Variable | undefined = undefined;
  movingStddev: Variable | undefined = undefined;
  renormMean: Variable | undefined = undefined;
  renormStddev: Variable | undefined = undefined;
  #momentum: number;
  /** The axis of the channels, counted from the front. */
  #channelAxis = 0;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options, OPTIONS);
    const where = whereOf(this);
    const { axis = -1, momentum = 0.99, renorm = false, renormMomentum = 0.99, synchronized = false } = options;
    this.axis = checkInteger(axis, where, "axis");
    this.#momentum = checkNumber(momentum, where, "momentum");
    this.movingMeanInitializer = getInitializer(
      options.movingMeanInitializer ?? "zeros",
      `${where} movingMeanInitializer`,
    );
    this.movingVarianceInitializer = getInitializer(
      options.movingVarianceInitializer ?? "ones",
      `${where} movingVarianceInitializer`,
    );
    this.renorm = checkBoolean(renorm, where, "renorm");
    this.renormClipping = checkClipping(options.renormClipping ?? null, where);
    this.renormMomentum = checkNumber(renormMomentum, where, "renormMomentum");
    this.synchronized = synchronized;
    if (synchronized) fail(where, "synchronized: expected false, is only supported with the TensorFlow backend");
  }

  get momentum(): number {
    return this.#momentum;
  }

  set momentum(momentum: number) {
    this.#momentum = checkNumber(momentum, whereOf(this), "momentum");
    markChanged(this);
  }

  override build(inputShape: Shape): void {
    oneShape(inputShape, whereOf(this));
    const where = whereOf(this);
    const axis = checkAxis(where, this.axis, inputShape);
    const channels = knownSize(inputShape, axis, where);
    // A single axis becomes the second one: see call.
    this.#channelAxis = inputShape.length === 1 ? 1 : axis;
    const weight = (name: string, initializer: Initializer): Variable =>
      this.addWeight({ name, shape: [channels], initializer, trainable: false });
    const stddev = (name: string): Variable => {
      const made = weight(name, this.movingVarianceInitializer);
      made.assign(toTensor(this.movingVarianceInitializer.apply([channels])).sqrt());
      return made;
    };
    this.addScaleAndShift([channels]);
    this.movingMean = weight("moving_mean", this.movingMeanInitializer);
    this.movingVariance = weight("moving_variance", this.movingVarianceInitializer);
    if (this.renorm) {
      this.movingStddev = stddev("moving_stddev");
      this.renormMean = weight("renorm_mean", this.movingMeanInitializer);
      this.renormStddev = stddev("renorm_stddev");
    }
    this.inputSpec = [{ ndim: inputShape.length, axes: { [this.axis]: channels } }];
  }

  override call(inputs: Tensor, { training, mask }: CallOptions<Tensor>): Tensor {
    const x = asFloat(inputs);
    if (mask && mask.rank !== x.rank - 1) {
      const problem = "mask: The mask provided should be one dimension less than the inputs";
      fail(whereOf(this), `${problem}, got ${formatShape(mask.shape)} for ${formatShape(x.shape)}`, ShapeError);
    }
    if (x.rank > 1) return this.#normalize(x, training, mask);
    // A single axis: every element is a channel with one value.
    return this.#normalize(x.reshape([1, x.size]), training, undefined).reshape(x.shape);
  }

  #normalize(x: Tensor, training: boolean | undefined, mask: Tensor | undefined): Tensor {
    const [gamma, beta] = [this.gamma ?? null, this.beta ?? null];
    const attrs = { axis: this.#channelAxis, epsilon: this.epsilon };
    if (!training || !this.trainable || x.size === 0) {
      return batchNormInference(x, gamma, beta, this.movingMean!, this.movingVariance!, attrs);
    }
    if (!mask && !this.renorm) {
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, attrs);
      this.#update(mean, variance);
      return y;
    }
    const channels = alongAxes(x.shape, [attrs.axis]);
    const { y, mean, variance } = mask ? this.#masked(x, mask) : batchNormTrain(x, null, null, attrs);
    if (!this.renorm) {
      this.#update(mean, variance);
      return this.scaleAndShift(y, channels);
    }
    const [r, d] = this.#corrections(mean, variance);
    this.#update(mean, variance);
    return this.scaleAndShift(y.mul(r.reshape(channels)).add(d.reshape(channels)), channels);
  }

  /** Only places that the mask keeps count; Keras adds its epsilon of 1e-7 to their number. */
  #masked(x: Tensor, mask: Tensor): Normalized & { count: Tensor } {
    const axes = x.shape.map((_, i) => i).filter((i) => i !== this.#channelAxis);
    const kept = mask.cast("bool").expandDims(-1).broadcastTo(x.shape);
    const count = kept.cast("float32").sum(axes, true);
    const share = count.add(1e-7);
    const mean = x.where(kept, 0).sum(axes, true).div(share);
    const centered = x.sub(mean);
    const variance = centered.where(kept, 0).square().sum(axes, true).div(share);
    const y = centered.mul(variance.add(this.epsilon).rsqrt());
    return { y, mean: mean.flatten(), variance: variance.flatten(), count };
  }

  /** Batch renormalisation's r and d, which no gradient passes. */
  #corrections(mean: Tensor, variance: Tensor): readonly [Tensor, Tensor] {
    const { rmin, rmax, dmax } = this.renormClipping ?? {};
    const deviation = this.renormStddev!.value().maximum(Math.sqrt(this.epsilon));
    let r = variance.add(this.epsilon).sqrt().div(deviation);
    let d = mean.sub(this.renormMean!).div(deviation);
    r = r.clip(rmin ?? Number.NEGATIVE_INFINITY, rmax ?? Infinity);
    if (dmax !== undefined && dmax !== null) d = d.clip(-dmax, dmax);
    return [r.stopGradient(), d.stopGradient()];
  }

  #update(mean: Tensor, variance: Tensor): void {
    const move = (moving: Variable, value: Tensor, momentum = this.#momentum): void =>
      moving.assign(movingUpdate(moving, value, momentum));
    move(this.movingMean!, mean);
    if (!this.renorm) {
      move(this.movingVariance!, variance);
      return;
    }
    const stddev = variance.add(this.epsilon).sqrt();
    move(this.renormMean!, mean, this.renormMomentum);
    move(this.renormStddev!, stddev, this.renormMomentum);
    move(this.movingStddev!, stddev);
    this.movingVariance!.assign(this.movingStddev!.value().square().sub(this.epsilon).relu());
  }

  /** Mean and biased variance of each channel of an input, and of how many values they are. */
  batchMoments(inputs: Tensor, mask?: Tensor): { mean: Tensor; variance: Tensor; counts: ArrayLike<number> } {
    const x = inputs.rank > 1 ? asFloat(inputs) : asFloat(inputs).reshape([1, inputs.size]);
    if (mask) {
      const { count, ...moments } = this.#masked(x, mask);
      return { ...moments, counts: count.dataSync() };
    }
    const axis = this.#channelAxis;
    const counts = new Array<number>(x.shape[axis]!).fill(x.size / x.shape[axis]!);
    return { ...batchNormTrain(x, null, null, { axis, epsilon: this.epsilon }), counts };
  }

  /** Gives the moving statistics new values. */
  setStatistics(mean: Tensor, variance: Tensor): void {
    this.movingMean!.assign(mean);
    this.movingVariance!.assign(variance);
    if (!this.renorm) return;
    this.renormMean!.assign(mean);
    for (const stddev of [this.movingStddev!, this.renormStddev!]) stddev.assign(variance.add(this.epsilon).sqrt());
  }

  /** True while mean and variance are what their initializers make. */
  hasInitialStatistics(): boolean {
    const [mean, variance] = [this.movingMean!, this.movingVariance!];
    const same = (moving: Variable, initializer: Initializer): boolean =>
      String(moving.readSync()) === String(toTensor(initializer.apply(moving.shape)).dataSync());
    return same(mean, this.movingMeanInitializer) && same(variance, this.movingVarianceInitializer);
  }
}

function checkClipping(clipping: RenormClipping | null, where: string): RenormClipping | null {
  if (clipping === null) return null;
  checkOptions(clipping, ["rmax", "rmin", "dmax"], `${where} renormClipping: Received invalid keys`);
  const { rmax, rmin, dmax } = clipping;
  if (rmax != null && rmin != null && rmax < rmin) fail(where, "renormClipping: rmax should be greater than rmin");
  if (dmax != null && dmax < 0) refuse(where, "renormClipping", "dmax should be non-negative", dmax);
  return clipping;
}
