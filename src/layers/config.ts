import type { Initializer } from "../initializers/base.ts";
import { classNameOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

/** A plain object with Keras's argument names, ready for JSON. */
export type LayerConfig = Record<string, unknown>;

/** Classes of the user's own, by their class names. */
export type CustomObjects = Readonly<Record<string, unknown>>;

/** `{noise_shape: 1}` → `{noiseShape: 1}`; only the names on top change. */
export function camelCaseKeys(config: LayerConfig): LayerConfig {
  const entries = Object.entries(config);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

/** An object in a config, as Keras writes it. */
export interface ObjectConfig {
  readonly module: string;
  readonly class_name: string;
  readonly config: LayerConfig;
  readonly registered_name: string | null;
}

/** An initializer in a layer's config. */
export function initializerConfig(initializer: Initializer): ObjectConfig {
  return {
    module: "keras.initializers",
    class_name: classNameOf(initializer),
    config: initializer.getConfig(),
    registered_name: null,
  };
}

/** A layer in a model's config. */
export function layerObjectConfig(layer: Layer): ObjectConfig {
  return { module: "keras.layers", class_name: classNameOf(layer), config: layer.getConfig(), registered_name: null };
}
