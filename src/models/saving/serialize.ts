import { classNameOf } from "../../layers/internals.ts";
import { describe, fail } from "../../util/errors.ts";
import { snakeCase } from "../../util/names.ts";
import { type Configurable, customObject } from "../../util/registry.ts";
import { isPlainObject } from "../../util/structure.ts";

const WHERE = "save";

/** Names that functions get from the place where they are written: they lead nowhere. */
const PLACES =
  /^$|^(function|fn|loss|metrics?|optimizer|learningRate|schedule|mask|arguments|options?)$|activation$|(initializer|regularizer|constraint)$/i;

/** The name under which a function of the user's own can be found again. */
export function functionName(value: unknown, name: string, path: string): string {
  const wanted = `${path}: expected a function that can be found again`;
  if (PLACES.test(name)) {
    fail(
      WHERE,
      `${wanted}: one with a name, given to registerClass or, when loading, in customObjects; got one without`,
    );
  }
  const known = customObject(name);
  if (known !== undefined && known !== value)
    fail(WHERE, `${wanted}, got one called "${name}" like another registered one`);
  return name;
}

/**
 * Plain data for JSON, made of what configs hold: objects become `{module, class_name, config}`, functions their names.
 * Whatever could not be made again is refused. `module` is the one of Keras for objects.
 */
export function serialize(value: unknown, path: string, module: string): unknown {
  const inside = (part: unknown, key: string | number): unknown => serialize(part, `${path}.${key}`, module);
  if (value === null || ["string", "number", "boolean", "undefined"].includes(typeof value)) return value;
  if (typeof value === "function") {
    const name = functionName(value, value.name, path);
    return { class_name: "function", config: name, registered_name: name };
  }
  if (Array.isArray(value)) return value.map(inside);
  if (typeof (value as Partial<Configurable>).getConfig === "function") {
    return serializeObject(value as Configurable, path, module);
  }
  if (!isPlainObject(value)) return fail(WHERE, `${path}: expected plain data, got ${describe(value)}`);
  if (value.class_name === "Object") fail(WHERE, `${path}: expected an object of a class with a className`);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part, key)]));
}

function serializeObject(value: Configurable, path: string, module: string): unknown {
  const name = classNameOf(value);
  // What stands around a function keeps it where no config shows it.
  if (/^(FunctionLoss|MeanMetricWrapper|Object)$/.test(name)) {
    fail(WHERE, `${path}: expected a function, or an object of a class of its own, got one of ${name}`);
  }
  const own = customObject(name) === value.constructor;
  const config = Object.entries(value.getConfig()).map(([key, part]) => [
    snakeCase(key),
    serialize(part, `${path}.${key}`, module === "optimizers" ? "optimizers.schedules" : module),
  ]);
  return {
    module: own ? null : `keras.${module}`,
    class_name: name,
    config: Object.fromEntries(config),
    registered_name: own ? name : null,
  };
}
