import { type ActivationFunction, type ActivationSpec, activationName, getActivation } from "../../activations/get.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { describe, ValueError } from "../../util/errors.ts";
import { markBuilt } from "../build.ts";
import type { LayerConfig } from "../config.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, type LayerOptions } from "../options.ts";

/** Options of {@link Activation}. */
export interface ActivationOptions extends LayerOptions {
  /** A name such as "relu", or a function of a tensor. */
  readonly activation: ActivationSpec;
}

/** y = activation(x). The flag `training` makes no difference. */
export class Activation extends Layer {
  static override readonly className: string = "Activation";
  #activation: ActivationFunction;

  constructor(options: ActivationOptions) {
    super(baseOptions("Activation", options, ["activation"]));
    if (options?.activation === undefined || options.activation === null) {
      throw new ValueError(
        `[${whereOf(this)}] activation: expected a name or a function, got ${describe(options?.activation)}.`,
      );
    }
    this.#activation = getActivation(options.activation, `${whereOf(this)} activation`);
    markBuilt(this);
  }

  get activation(): ActivationFunction {
    return this.#activation;
  }

  set activation(activation: ActivationSpec) {
    this.#activation = getActivation(activation, `${whereOf(this)} activation`);
    markChanged(this);
  }

  override call(inputs: Tensor): Tensor {
    return this.#activation(asFloat(inputs));
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), activation: activationName(this.#activation) };
  }
}
