import { type ActivationFunction, type ActivationSpec, getActivation } from "../../activations/get.ts";
import type { Constraint, ConstraintSpec } from "../../constraints/index.ts";
import type { Initializer } from "../../initializers/base.ts";
import type { InitializerSpec } from "../../initializers/get.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { Regularizer, RegularizerSpec } from "../../regularizers/index.ts";
import { refuse, ShapeError } from "../../util/errors.ts";
import { checkBoolean } from "../../util/names.ts";
import type { Shape } from "../../util/shape.ts";
import { asFloat, oneShape } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** Options of {@link Dense}. */
export interface DenseOptions extends LayerOptions {
  /** Size of the output's last axis. */
  readonly units: number;
  /** A name such as "relu", or a function of a tensor. Default: none. */
  readonly activation?: ActivationSpec;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default "glorotUniform". */
  readonly kernelInitializer?: InitializerSpec;
  /** Default "zeros". */
  readonly biasInitializer?: InitializerSpec;
  readonly kernelRegularizer?: RegularizerSpec;
  readonly biasRegularizer?: RegularizerSpec;
  readonly kernelConstraint?: ConstraintSpec;
  readonly biasConstraint?: ConstraintSpec;
}

/**
 * y = activation(x · kernel + bias), over the last axis of x.
 *
 * Input (…, n) of rank 2 or more, output (…, units). Weights: `kernel` (n, units), `bias` (units). The flag `training`
 * makes no difference.
 */
export class Dense extends Layer {
  static override readonly className: string = "Dense";

  readonly units: number;
  readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | undefined;
  declare readonly biasRegularizer: Regularizer | undefined;
  declare readonly kernelConstraint: Constraint | undefined;
  declare readonly biasConstraint: Constraint | undefined;
  kernel: Variable | undefined = undefined;
  bias: Variable | undefined = undefined;
  #activation: ActivationFunction;

  constructor(options: DenseOptions) {
    super(options, ["units", "activation", "useBias", ...weightKeys("kernel", "bias")]);
    const where = whereOf(this);
    const { units, useBias = true } = options ?? {};
    this.units = units > 0 && Number.isInteger(units) ? units : refuse(where, "units", "a positive integer", units);
    this.#activation = getActivation(options.activation, `${where} activation`);
    this.useBias = checkBoolean(useBias, where, "useBias");
    readWeightParts(this, options, { kernel: "glorotUniform", bias: "zeros" });
    this.supportsMasking = true;
    this.inputSpec = [{ minNdim: 2 }];
  }

  get activation(): ActivationFunction {
    return this.#activation;
  }

  set activation(activation: ActivationSpec) {
    this.#activation = getActivation(activation, `${whereOf(this)} activation`);
    markChanged(this);
  }

  override build(inputShape: Shape): void {
    oneShape(inputShape, whereOf(this));
    const size = inputShape.at(-1);
    if (inputShape.length < 2 || size === null || size === undefined) {
      refuse(whereOf(this), "build", "a shape of rank 2 or more whose last size is known", inputShape, ShapeError);
    }
    this.kernel = this.addWeight({ name: "kernel", shape: [size, this.units], ...weightParts(this, "kernel") });
    if (this.useBias) this.bias = this.addWeight({ name: "bias", shape: [this.units], ...weightParts(this, "bias") });
    this.inputSpec = [{ minNdim: 2, axes: { [-1]: size } }];
  }

  override call(inputs: Tensor): Tensor {
    // Separate ops: the compiler makes one kernel call of them, in training too.
    const product = asFloat(inputs).matMul(this.kernel!);
    return this.#activation(this.bias === undefined ? product : product.add(this.bias));
  }
}
