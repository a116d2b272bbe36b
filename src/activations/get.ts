import type { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { lookUpName, type SnakeCase, snakeCase } from "../util/names.ts";
import { customObject, note } from "../util/registry.ts";
import { isPlainObject } from "../util/structure.ts";
import * as functions from "./functions.ts";

/** A function of a tensor, element by element or along its last axis. */
export type ActivationFunction = (x: Tensor) => Tensor;

type CamelName = keyof typeof functions | "swish" | "hardSwish" | "exp";

/** Names of the built-in activations, in camelCase and snake_case; case and underscores do not count. */
export type ActivationName = CamelName | SnakeCase<CamelName>;

/** All that may be given where an activation is wanted: a name, a function, or a config. */
export type ActivationSpec = ActivationName | ActivationFunction | Readonly<Record<string, unknown>> | null | undefined;

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
export function getActivation(spec: ActivationSpec | string, where: string = "activations.get"): ActivationFunction {
  if (spec === undefined || spec === null) return functions.linear;
  if (typeof spec === "function") return spec;
  // Keras writes functions as {class_name: "function", config: "relu"}.
  const config = isPlainObject(spec) ? spec : { config: spec };
  const name = [config.config, config.class_name].find((part) => typeof part === "string");
  if (typeof name === "string") return (customObject(name) as ActivationFunction) ?? lookUpName(name, TABLE, where);
  return refuse(where, "", "the name of an activation or a function", spec);
}

/** The name Keras's configs use for an activation: `log_softmax`; a function of the user's own gives its own name. */
export function activationName(activation: ActivationFunction): string {
  const key = Object.keys(TABLE).find((name) => TABLE[name] === activation);
  if (key !== undefined) return snakeCase(key);
  note(activation.name, activation);
  return activation.name;
}
