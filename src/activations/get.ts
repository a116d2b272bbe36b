import type { Tensor } from "../ops/tensor.ts";
import { describe, ValueError } from "../util/errors.ts";
import { lookUpName, plainName } from "../util/names.ts";
import { isPlainObject } from "../util/structure.ts";
import * as functions from "./functions.ts";

/** A function of a tensor, element by element or along its last axis. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** All that may be given where an activation is wanted: a name, a function, or a config. */
export type ActivationSpec = string | ActivationFunction | Readonly<Record<string, unknown>> | null | undefined;

const { linear, relu, relu6, leakyRelu, sigmoid, hardSigmoid, logSigmoid, tanh, hardTanh, softmax, logSoftmax } =
  functions;
const { elu, selu, softplus, softsign, silu, hardSilu, gelu, exponential, mish } = functions;
const { hardShrink, softShrink, tanhShrink, threshold, celu, glu, sparsePlus, sparseSigmoid, squareplus, sparsemax } =
  functions;

/** By name; the first name of a function is the one configs use. */
const TABLE: Readonly<Record<string, ActivationFunction>> = {
  ...{ linear, relu, relu6, leakyRelu, sigmoid, hardSigmoid, logSigmoid, tanh, hardTanh, softmax, logSoftmax },
  ...{ elu, selu, softplus, softsign, silu, hardSilu, gelu, exponential, mish },
  ...{ hardShrink, softShrink, tanhShrink, threshold, celu, glu, sparsePlus, sparseSigmoid, squareplus, sparsemax },
  ...{ swish: silu, hardSwish: hardSilu, exp: exponential },
};

/**
 * The activation a name, function or config stands for; nothing stands for `linear`. Names count without case and
 * underscores: logSoftmax, log_softmax. `where` starts the text of an error.
 */
export function getActivation(spec: ActivationSpec, where: string = "activations.get"): ActivationFunction {
  if (spec === undefined || spec === null) return linear;
  if (typeof spec === "function") return spec;
  if (typeof spec === "string") return lookUpName(spec, TABLE, where);
  if (isPlainObject(spec)) {
    // Keras writes functions as {class_name: "function", config: "relu"}.
    const name = typeof spec.config === "string" ? spec.config : spec.class_name;
    if (typeof name === "string") return lookUpName(name, TABLE, where);
  }
  throw new ValueError(`[${where}] expected the name of an activation or a function, got ${describe(spec)}.`);
}

/** The name Keras's configs use for an activation: `log_softmax`; a function of the user's own gives its own name. */
export function activationName(activation: ActivationFunction): string {
  const key = Object.keys(TABLE).find((name) => TABLE[name] === activation) ?? activation.name;
  return key === plainName(key) ? key : key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}
