import { type ActivationFunction, type ActivationSpec, activationName, getActivation } from "../../activations/get.ts";
import type { Initializer } from "../../initializers/base.ts";
import { getInitializer, type InitializerSpec } from "../../initializers/get.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import { describe, ShapeError, ValueError } from "../../util/errors.ts";
import type { Shape } from "../../util/shape.ts";
import { initializerConfig, type LayerConfig } from "../config.ts";
import { kerasShape } from "../input-spec.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, checkFlag, type LayerOptions } from "../options.ts";

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
}

const OPTIONS = ["units", "activation", "useBias", "kernelInitializer", "biasInitializer"];

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
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  kernel: Variable | undefined = undefined;
  bias: Variable | undefined = undefined;
  #activation: ActivationFunction;

  constructor(options: DenseOptions) {
    super(baseOptions("Dense", options, OPTIONS));
    const where = whereOf(this);
    const { units } = options ?? {};
    if (typeof units !== "number" || !Number.isInteger(units) || units <= 0) {
      throw new ValueError(`[${where}] units: expected a positive integer, got ${describe(units)}.`);
    }
    this.units = units;
    this.#activation = getActivation(options.activation, `${where} activation`);
    this.useBias = checkFlag(options.useBias, true, `${where} useBias`);
    this.kernelInitializer = getInitializer(options.kernelInitializer ?? "glorotUniform", `${where} kernelInitializer`);
    this.biasInitializer = getInitializer(options.biasInitializer ?? "zeros", `${where} biasInitializer`);
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
    const size = inputShape.at(-1);
    if (inputShape.length < 2 || size === null || size === undefined) {
      throw new ShapeError(
        `[${whereOf(this)}] build: expected a shape of rank 2 or more whose last size is known, got ${kerasShape(inputShape)}.`,
      );
    }
    this.kernel = this.addWeight({ name: "kernel", shape: [size, this.units], initializer: this.kernelInitializer });
    if (this.useBias) {
      this.bias = this.addWeight({ name: "bias", shape: [this.units], initializer: this.biasInitializer });
    }
    this.inputSpec = [{ minNdim: 2, axes: { [-1]: size } }];
  }

  override call(inputs: Tensor): Tensor {
    // Separate ops: the compiler makes one kernel call of them, in training too.
    const product = asFloat(inputs).matMul(this.kernel!);
    return this.#activation(this.bias === undefined ? product : product.add(this.bias));
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: activationName(this.#activation),
      use_bias: this.useBias,
      kernel_initializer: initializerConfig(this.kernelInitializer),
      bias_initializer: initializerConfig(this.biasInitializer),
    };
  }
}
