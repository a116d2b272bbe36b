import { type ActivationFunction, type ActivationSpec, getActivation } from "../../activations/get.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { refuse } from "../../util/errors.ts";
import { markBuilt } from "../build.ts";
import { asFloat } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

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
    super(options, ["activation"]);
    const { activation } = options ?? {};
    const where = whereOf(this);
    this.#activation = getActivation(
      activation ?? refuse(where, "activation", "a name or a function", activation),
      `${where} activation`,
    );
    this.supportsMasking = true;
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
}
