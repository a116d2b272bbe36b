import { activationName } from "../activations/get.ts";
import { Constraint } from "../constraints/index.ts";
import { Initializer } from "../initializers/base.ts";
import { Regularizer } from "../regularizers/index.ts";
import { snakeCase } from "../util/names.ts";
import { type Configurable, note } from "../util/registry.ts";
import { classNameOf, internalsOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

/** A plain object with Keras's argument names, ready for JSON. */
export type LayerConfig = Record<string, unknown>;

/** An object in a config, as Keras writes it. */
export interface ObjectConfig {
  readonly module: string;
  readonly class_name: string;
  readonly config: LayerConfig;
  readonly registered_name: string | null;
}

/** Models stand elsewhere than layers. */
const MODEL_MODULES: Readonly<Record<string, string>> = {
  Functional: "keras.src.models.functional",
  Sequential: "keras",
};

/** An object of one of Keras's modules in a config. */
export function objectConfig(module: string, object: Layer | Configurable): ObjectConfig {
  const name = classNameOf(object);
  return {
    module: MODEL_MODULES[name] ?? `keras.${module}`,
    class_name: name,
    config: object.getConfig(),
    registered_name: null,
  };
}

/** What every layer's config has, and the properties named like the class's own options. */
export function layerConfig(layer: Layer): LayerConfig {
  const { name, trainable, activityRegularizer } = layer;
  const own = internalsOf(layer).options.map((option) => {
    const value = (layer as unknown as Record<string, unknown>)[option];
    return [snakeCase(option), configValue(value)];
  });
  const activity = activityRegularizer && { activity_regularizer: configValue(activityRegularizer) };
  return { name, trainable, ...activity, ...Object.fromEntries(own) };
}

function configValue(value: unknown): unknown {
  if (typeof value === "function") return activationName(value as never);
  if (typeof (value as Partial<Configurable> | null | undefined)?.getConfig === "function") {
    // A function or tensor that serves as initializer has no name of its own.
    if (classNameOf(value as object) === "FunctionInitializer") note("FunctionInitializer", value);
    const kinds = { initializers: Initializer, regularizers: Regularizer, constraints: Constraint };
    const module = Object.entries(kinds).find(([, kind]) => value instanceof kind)?.[0] ?? "layers";
    return objectConfig(module, value as Configurable);
  }
  return Array.isArray(value) ? [...value] : (value ?? null);
}
