import { type Tensor, type TensorLike, toTensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { normalizeAxis, type Shape } from "../../util/shape.ts";
import { kerasShape } from "../input-spec.ts";
import { asFloat, oneShape } from "../inputs.ts";
import type { LayerOptions } from "../options.ts";
import { ANY_NUMBER, type Check, type Field, FLAG, INTEGER, listOf, orNull, PlainLayer } from "../plain-layer.ts";
import { type AdaptData, allData } from "./adapt-data.ts";

/** A number, or nested arrays of numbers. */
type Numbers = number | readonly Numbers[];

/** Options of {@link Normalization}. */
export interface NormalizationOptions extends LayerOptions {
  /** Axis or axes whose every index has a mean and variance of its own; null: one for all. Default -1. */
  readonly axis?: number | readonly number[] | null;
  /** Given instead of calling `adapt`, together with `variance`. */
  readonly mean?: Numbers | null;
  readonly variance?: Numbers | null;
  /** Goes back: x · σ + μ. Default false. */
  readonly invert?: boolean;
}

const AXES: Check = /* @__PURE__ */ orNull({
  expected: "an integer or a list of them",
  good: (value) => INTEGER.good(value) || listOf(INTEGER).good(value),
});
const NUMBERS: Check = /* @__PURE__ */ orNull({
  expected: "numbers",
  good: (value) => (Array.isArray(value) ? value.every((part) => NUMBERS.good(part)) : ANY_NUMBER.good(value)),
});

/**
 * (x − μ) / σ with the mean and variance of the data given to `adapt`, or given when it is made. Training does not
 * change it. After `adapt`: weights `mean`, `variance` and `count`, none of them trained.
 */
export class Normalization extends PlainLayer<NormalizationOptions> {
  static override readonly className: string = "Normalization";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      axis: [-1, AXES],
      invert: [false, FLAG],
      mean: [null, NUMBERS],
      variance: [null, NUMBERS],
    };
  }
  declare readonly axis: number | readonly number[] | null;
  declare readonly invert: boolean;
  declare readonly mean: Numbers | null;
  declare readonly variance: Numbers | null;
  adaptMean: Variable | undefined = undefined;
  adaptVariance: Variable | undefined = undefined;
  /** The input's axes that have statistics of their own, and those that have not; known once built. */
  #kept: readonly number[] = [];
  #reduced: readonly number[] = [];

  constructor(options: NormalizationOptions = {}) {
    super(options);
    if ((this.mean === null) !== (this.variance === null)) {
      fail(this.where(), "mean: When setting values directly, both `mean` and `variance` must be set");
    }
  }

  override build(inputShape: Shape): void {
    oneShape(inputShape, this.where());
    const rank = inputShape.length;
    const axes = this.axis === null ? [] : [this.axis].flat();
    this.#kept = axes
      .map(
        (axis) => normalizeAxis(axis, rank) ?? refuse(this.where(), "axis", `axes of ${kerasShape(inputShape)}`, axis),
      )
      .sort((a, b) => a - b);
    this.#reduced = inputShape.map((_, axis) => axis).filter((axis) => !this.#kept.includes(axis));
    const shape = this.#kept.map((axis) => inputShape[axis]!);
    if ((shape as Shape).includes(null)) {
      refuse(this.where(), "build", "all axes of `axis` to have a defined size", kerasShape(inputShape), ShapeError);
    }
    if (this.mean !== null) return;
    const weight = (name: string, initializer: string): Variable =>
      this.addWeight({ name, shape, initializer: initializer as "zeros", trainable: false });
    this.adaptMean = weight("mean", "zeros");
    this.adaptVariance = weight("variance", "ones");
    this.addWeight({ name: "count", dtype: "int32", initializer: "zeros", trainable: false });
  }

  /** Takes mean and variance from data, all at once or as an iterable of batches. */
  adapt(data: AdaptData): void {
    if (this.mean !== null) fail(this.where(), "adapt: expected a layer made without mean and variance");
    const x = allData(data, this.where());
    if (!this.built) this.build([null, ...x.shape.slice(1)]);
    const mean = x.mean(this.#reduced, true);
    const variance = x.sub(mean).square().mean(this.#reduced);
    this.adaptMean!.assign(mean.reshape(this.adaptMean!.shape));
    this.adaptVariance!.assign(variance.reshape(this.adaptVariance!.shape));
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const shape = x.shape.map((dim, axis) => (this.#kept.includes(axis) ? dim : 1));
    const along = (values: TensorLike): Tensor => {
      const statistics = toTensor(values);
      return statistics.size === 1 ? statistics.reshape([]) : statistics.reshape(shape);
    };
    const mean = along((this.mean as TensorLike | null) ?? this.adaptMean!);
    const deviation = along((this.variance as TensorLike | null) ?? this.adaptVariance!)
      .sqrt()
      .maximum(1e-7);
    return this.invert ? x.mul(deviation).add(mean) : x.sub(mean).div(deviation);
  }
}
