import type { ConstraintSpec } from "../../constraints/index.ts";
import type { InitializerSpec } from "../../initializers/get.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { RegularizerSpec } from "../../regularizers/index.ts";
import { refuse, ShapeError } from "../../util/errors.ts";
import type { Shape } from "../../util/shape.ts";
import { kerasShape } from "../input-spec.ts";
import { asFloat, oneShape } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { INTEGER, listOf, orNull, readFields } from "../plain-layer.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions {
  /** Default "zeros". */
  readonly alphaInitializer?: InitializerSpec;
  readonly alphaRegularizer?: RegularizerSpec;
  readonly alphaConstraint?: ConstraintSpec;
  /** Axes (the batch is 0) along which one slope serves all. */
  readonly sharedAxes?: readonly number[] | null;
}

/** x where x ≥ 0, else alpha · x, with a trained weight `alpha` of a sample's shape. He et al. 2015. */
export class PReLU extends Layer {
  static override readonly className: string = "PReLU";
  declare readonly sharedAxes: readonly number[] | null;
  alpha: Variable | undefined = undefined;

  constructor(options: PReLUOptions = {}) {
    super(options, [...weightKeys("alpha"), "sharedAxes"]);
    readWeightParts(this, options, { alpha: "zeros" });
    readFields(this, { sharedAxes: [null, orNull(listOf(INTEGER))] }, options);
    this.supportsMasking = true;
  }

  override build(inputShape: Shape): void {
    oneShape(inputShape, whereOf(this));
    const shape = inputShape.slice(1);
    for (const axis of this.sharedAxes ?? []) shape[axis - 1] = 1;
    if (shape.includes(null)) {
      refuse(
        whereOf(this),
        "build",
        "known sizes but for the batch and sharedAxes",
        kerasShape(inputShape),
        ShapeError,
      );
    }
    this.alpha = this.addWeight({ name: "alpha", shape: shape as number[], ...weightParts(this, "alpha") });
    this.inputSpec = [{ ndim: inputShape.length }];
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    return x.relu().sub(x.neg().relu().mul(this.alpha!));
  }
}
