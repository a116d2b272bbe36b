import { Configured } from "../util/configured.ts";
import { refuse } from "../util/errors.ts";
import { camelCaseKeys, checkBoolean, checkNumber, snakeCase } from "../util/names.ts";
import { type CustomObjects, withCustomObjects } from "../util/registry.ts";

/** As the least value of an option: more than 0. */
export const POSITIVE = 5e-324;
/** As the largest value of a share that must leave something: the largest float32 below 1. */
export const BELOW_ONE = 0.9999999403953552;

/**
 * Options of a class by name: a default that is a boolean, or that of a number with its bounds. A default of undefined
 * makes the option a must, one of null makes null a value.
 */
export type OptionTable = Readonly<
  Record<string, boolean | readonly [fallback: number | null | undefined, min?: number, max?: number, whole?: boolean]>
>;

function checkOption(value: unknown, spec: OptionTable[string], where: string, key: string): unknown {
  if (typeof spec === "boolean") return checkBoolean(value ?? spec, where, key);
  const [fallback, min = -Infinity, max = Infinity, whole] = spec;
  if ((value ?? null) === null && fallback !== undefined) return fallback;
  if (min === POSITIVE && !((value as number) > 0)) refuse(where, key, "a number > 0", value);
  return whole
    ? checkNumber(value, where, key, { min, max }, "an integer", Number.isInteger)
    : checkNumber(value, where, key, { min, max });
}

/** Keras's name of an option: `beta1` is `beta_1`. */
function kerasName(key: string): string {
  return snakeCase(key).replace(/([a-z]{2})(\d)/g, "$1_$2");
}

/** What optimizers and schedules are alike in: options in properties of the same names, and Keras's configs of them. */
export abstract class Optioned extends Configured {
  readonly #keys: readonly string[];

  /** `others` are options that the class checks itself and keeps in properties too. */
  protected constructor(
    kind: string,
    options: { name?: string } | undefined,
    table: OptionTable,
    others: readonly string[] = [],
    name?: string,
  ) {
    const keys = [...others, ...Object.keys(table)];
    super(kind, options, keys, name);
    this.#keys = ["name", ...keys];
    for (const [key, spec] of Object.entries(table)) {
      const value = (options as Record<string, unknown> | undefined)?.[key];
      Object.assign(this, { [key]: checkOption(value, spec, this.where, key) });
    }
  }

  /** The options under Keras's names, ready for JSON. */
  override getConfig(): Record<string, unknown> {
    return Object.fromEntries(this.#keys.map((key) => [kerasName(key), Reflect.get(this, key)]));
  }

  /** The object that `getConfig` described; keys may be snake_case or camelCase. */
  static fromConfig<T>(
    this: new (
      options: never,
    ) => T,
    config: Readonly<Record<string, unknown>>,
    customObjects?: CustomObjects,
  ): T {
    return withCustomObjects(customObjects, () => new this(camelCaseKeys(config) as never));
  }
}

/** An object in a config, as Keras writes it; by the name of its class if no other is given. */
export function serialized(module: string, object: { getConfig?(): object }, name?: string): Record<string, unknown> {
  const made = object.constructor as { className?: string; name: string };
  const class_name = name ?? made.className ?? made.name;
  return { module, class_name, config: object.getConfig?.() ?? {}, registered_name: null };
}

/** A list of regular expressions. */
export function patternsOf(names: unknown, where: string, argument: string): RegExp[] {
  const wanted = "a list of regular expressions";
  if (!Array.isArray(names)) return refuse(where, argument, wanted, names);
  return names.map((name) => {
    try {
      return typeof name === "string" ? new RegExp(name) : refuse(where, argument, wanted, name);
    } catch {
      return refuse(where, argument, wanted, name);
    }
  });
}
