import type { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { lookUpName, snakeCase } from "../util/names.ts";
import { isPlainObject } from "../util/structure.ts";
import * as functions from "./functions.ts";

/** A function of a tensor, element by element or along its last axis. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** All that may be given where an activation is wanted: a name, a function, or a config. */
export type ActivationSpec = string | ActivationFunction | Readonly<Record<string, unknown>> | null | undefined;

/** By name; the first name of a function is the one configs use. */
const TABLE: Readonly<Record<string, ActivationFunction>> = {
  ...functions,
  swish: functions.silu,
  hardSwish: functions.hardSilu,
  exp: functions.exponential,
};

/**
 * The activation a name, function or config stands for; nothing stands for `linear`. Names count without case and
 * underscores: logSoftmax, log_softmax. `where` starts the text of an error.
 */
export function getActivation(spec: ActivationSpec, where: string = "activations.get"): ActivationFunction {
  if (spec === undefined || spec === null) return functions.linear;
  if (typeof spec === "function") return spec;
  // Keras writes functions as {class_name: "function", config: "relu"}.
  const config = isPlainObject(spec) ? spec : { config: spec };
  const name = [config.config, config.class_name].find((part) => typeof part === "string");
  if (typeof name === "string") return lookUpName(name, TABLE, where);
  return refuse(where, "", "the name of an activation or a function", spec);
}

/** The name Keras's configs use for an activation: `log_softmax`; a function of the user's own gives its own name. */
export function activationName(activation: ActivationFunction): string {
  const key = Object.keys(TABLE).find((name) => TABLE[name] === activation) ?? activation.name;
  return snakeCase(key);
}
