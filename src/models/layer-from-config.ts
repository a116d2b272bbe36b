import type { LayerConfig } from "../layers/config.ts";
import type { Layer } from "../layers/layer.ts";
import { Operation } from "../layers/operation.ts";
import { isMethodOp, methodOp, type OpFunction } from "../ops/symbolic.ts";
import { refuse } from "../util/errors.ts";
import { builtIn, type CustomObjects, customObject, withCustomObjects } from "../util/registry.ts";
import { isPlainObject } from "../util/structure.ts";

/** What Keras's configs say beside, where it says that something is not there. */
const KERAS_ONLY = ["sparse", "ragged", "optional", "quantization_config", "rms_scaling"];

/** A class that can make layers from their configs. */
interface LayerClass {
  fromConfig(config: LayerConfig, customObjects?: CustomObjects): Layer;
}

/**
 * The layer that an object config (`class_name`, `config`) stands for. Classes are looked up among custom objects, the
 * registered ones, and the built-in layers.
 */
export function layerFromConfig(config: unknown, customObjects?: CustomObjects): Layer {
  return withCustomObjects(customObjects, () => {
    const { module, class_name: name, config: own, registered_name: registered } = checkConfig(config, "fromConfig");
    const options = { ...checkConfig(own, `${String(name)} fromConfig`) };
    if (isPlainObject(options.dtype)) delete options.dtype;
    if (name === "Operation")
      return new Operation(String(options.op), bodyOf(String(options.op)), String(options.name));
    const found = [registered, name].map((each) => (typeof each === "string" ? customObject(each) : undefined));
    const custom = found[0] ?? found[1];
    // A class of the user's may have such an option of its own.
    if (custom === undefined) for (const key of KERAS_ONLY) if (!options[key]) delete options[key];
    // An op of Keras may have the name of a layer.
    const isOp = /\.ops\./.test(String(module));
    const made = (custom ?? (isOp ? undefined : builtIn(String(name)))) as Partial<LayerClass> | undefined;
    if (typeof made?.fromConfig === "function") return made.fromConfig(options, customObjects);
    return refuse("fromConfig", "class_name", `one of customObjects or registerClass, or ${BUILT_IN}`, name);
  });
}

const BUILT_IN =
  "a built-in one (hb.modelFromConfig knows them all, with fromKerasConfig of hornbeam/io also Keras's ops)";

/** What `getConfig` gave, or something that looks like it. */
export function checkConfig(config: unknown, where: string): Record<string, unknown> {
  return isPlainObject(config) ? config : refuse(where, "config", "an object that getConfig() made", config);
}

/** What an op's name stands for: a method of tensors, or a function of `ops`. */
function bodyOf(name: string): OpFunction {
  // `where` is the one function whose arguments have another order than the method's, which graphs keep.
  const known = name === "where" ? undefined : (builtIn(`ops.${name}`) as OpFunction | undefined);
  return known ?? (isMethodOp(name) ? methodOp(name) : refuse("fromConfig", "op", BUILT_IN, name));
}
