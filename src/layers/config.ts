import { activationName } from "../activations/get.ts";
import type { Initializer } from "../initializers/base.ts";
import { snakeCase } from "../util/names.ts";
import { classNameOf, internalsOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

/** A plain object with Keras's argument names, ready for JSON. */
export type LayerConfig = Record<string, unknown>;

/** Classes of the user's own, by their class names. */
export type CustomObjects = Readonly<Record<string, unknown>>;

/** An object in a config, as Keras writes it. */
export interface ObjectConfig {
  readonly module: string;
  readonly class_name: string;
  readonly config: LayerConfig;
  readonly registered_name: string | null;
}

/** An object of one of Keras's modules in a config. */
export function objectConfig(module: "layers" | "initializers", object: Layer | Initializer): ObjectConfig {
  return {
    module: `keras.${module}`,
    class_name: classNameOf(object),
    config: object.getConfig(),
    registered_name: null,
  };
}

/** What every layer's config has, and the properties named like the class's own options. */
export function layerConfig(layer: Layer): LayerConfig {
  const { name, trainable } = layer;
  const own = internalsOf(layer).options.map((option) => {
    const value = (layer as unknown as Record<string, unknown>)[option];
    return [snakeCase(option), configValue(value)];
  });
  return { name, trainable, ...Object.fromEntries(own) };
}

function configValue(value: unknown): unknown {
  if (typeof value === "function") return activationName(value as never);
  const initializer = typeof (value as Partial<Initializer> | null | undefined)?.getConfig === "function";
  if (initializer) return objectConfig("initializers", value as Initializer);
  return Array.isArray(value) ? [...value] : value;
}
