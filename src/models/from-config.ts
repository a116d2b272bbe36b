import * as layers from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import * as ops from "../ops/index.ts";
import { refuse } from "../util/errors.ts";
import { type CustomObjects, withBuiltIns } from "../util/registry.ts";
import { isPlainObject } from "../util/structure.ts";
import { Functional } from "./functional.ts";
import { layerFromConfig } from "./layer-from-config.ts";
import { Model } from "./model.ts";
import { Sequential } from "./sequential.ts";

/**
 * The model (or layer) that a config describes: what `getConfig()` gave, or an object of `class_name` and `config`.
 * Classes and functions of your own are found in `customObjects`, or when `registerClass` made them known.
 */
export function modelFromConfig(config: Readonly<Record<string, unknown>>, customObjects?: CustomObjects): Model {
  if (!isPlainObject(config)) refuse("modelFromConfig", "config", "what getConfig() gave", config);
  const functions = Object.entries(ops).map(([name, op]) => [`ops.${name}`, op]);
  const table = { ...layers, Functional, Sequential, Model, ...Object.fromEntries(functions) };
  const made = withBuiltIns(table, () => {
    if ("class_name" in config) return layerFromConfig(config, customObjects);
    const kind: { fromConfig(config: object, customObjects?: CustomObjects): Layer } =
      "input_layers" in config ? Functional : Sequential;
    return kind.fromConfig(config, customObjects);
  });
  return made instanceof Model ? made : refuse("modelFromConfig", "config", "one of a model", made);
}
