import type { Tensor } from "../../ops/tensor.ts";
import type { Shape } from "../../util/shape.ts";
import { asFloat } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import {
  type Axes,
  alongAxes,
  axesOf,
  checkAxes,
  knownSize,
  Normalizer,
  type NormalizerOptions,
  standardize,
} from "./normalizer.ts";

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions extends NormalizerOptions {
  /** The axis or axes of a sample over which it is normalised. Default -1. */
  readonly axis?: Axes;
}

/**
 * Normalises each sample by its own mean and biased variance over `axis`, then scales by `gamma` and shifts by `beta`,
 * both of the sizes of `axis`. The flag `training` makes no difference. Ba, Kiros and Hinton 2016.
 */
export class LayerNormalization extends Normalizer {
  static override readonly className: string = "LayerNormalization";
  readonly axis: Axes;

  constructor(options: LayerNormalizationOptions = {}) {
    super(options);
    this.axis = checkAxes(options.axis, whereOf(this));
  }

  override build(inputShape: Shape): void {
    const where = whereOf(this);
    this.addScaleAndShift(axesOf(this.axis, inputShape, where).map((axis) => knownSize(inputShape, axis, where)));
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const axes = axesOf(this.axis, x.shape, whereOf(this));
    return this.scaleAndShift(standardize(x, axes, this.epsilon), alongAxes(x.shape, axes));
  }
}
