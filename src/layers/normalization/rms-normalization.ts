import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import { checkNumber } from "../../util/names.ts";
import type { Shape } from "../../util/shape.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { type Axes, alongAxes, axesOf, checkAxes, knownSize } from "./normalizer.ts";

/** Options of {@link RMSNormalization}. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis or axes of a sample over which it is normalised. Default -1. */
  readonly axis?: Axes;
  /** Added to the mean square. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * x / √(mean(x²) + ε) · scale over `axis`, with a weight `scale` of the sizes of `axis`. The flag `training` makes no
 * difference. Zhang and Sennrich 2019.
 */
export class RMSNormalization extends Layer {
  static override readonly className: string = "RMSNormalization";
  readonly axis: Axes;
  scale: Variable | undefined = undefined;
  #epsilon: number;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options, ["axis", "epsilon"]);
    this.axis = checkAxes(options.axis, whereOf(this));
    this.#epsilon = checkNumber(options.epsilon ?? 1e-6, whereOf(this), "epsilon");
  }

  get epsilon(): number {
    return this.#epsilon;
  }

  set epsilon(epsilon: number) {
    this.#epsilon = checkNumber(epsilon, whereOf(this), "epsilon");
    markChanged(this);
  }

  override build(inputShape: Shape): void {
    const where = whereOf(this);
    const shape = axesOf(this.axis, inputShape, where).map((axis) => knownSize(inputShape, axis, where));
    this.scale = this.addWeight({ name: "scale", shape, initializer: "ones" });
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const axes = axesOf(this.axis, x.shape, whereOf(this));
    const y = x.mul(x.square().mean(axes, true).add(this.#epsilon).rsqrt());
    return y.mul(this.scale!.value().reshape(alongAxes(x.shape, axes)));
  }
}
