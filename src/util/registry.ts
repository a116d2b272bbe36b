import { refuse } from "./errors.ts";
import { camelCaseKeys, lookUpName } from "./names.ts";
import { isPlainObject } from "./structure.ts";

/** Classes and functions of the user's own, by the names configs use for them. */
export type CustomObjects = Readonly<Record<string, unknown>>;

/** A class whose objects configs can describe. */
export type ConfigClass<T> = (new (options: never) => T) & { readonly className?: string };

/** An object that configs can describe. */
export interface Configurable {
  getConfig(): Record<string, unknown>;
}

const registered: Record<string, unknown> = {};
const scopes: CustomObjects[] = [];

/**
 * Makes a class of your own known to `fromConfig`, `modelFromConfig` and `loadModel`, under its `static className`.
 * Returns it, so that it can stand around a class expression.
 */
export function registerClass<C extends (abstract new (...args: never[]) => unknown) | ((...args: never[]) => unknown)>(
  made: C,
): C {
  if (typeof made !== "function") refuse("registerClass", "class", "a class or a function", made);
  const { className } = made as { className?: unknown };
  const name = typeof className === "string" ? className : made.name;
  if (name === "") refuse("registerClass", "class", "one with a static className or a name", made);
  registered[name] = made;
  return made;
}

/** Runs a function that finds these objects by name wherever a config names them. */
export function withCustomObjects<T>(custom: CustomObjects | undefined, body: () => T): T {
  if (custom === undefined) return body();
  if (!isPlainObject(custom)) refuse("fromConfig", "customObjects", "an object of classes by name", custom);
  scopes.push(custom);
  try {
    return body();
  } finally {
    scopes.pop();
  }
}

/** What the user has given or registered under a name; `Package>Name` is found as `Name` too. */
export function customObject(name: string): unknown {
  const short = name.slice(name.lastIndexOf(">") + 1);
  for (const table of [...scopes].reverse().concat(registered)) {
    for (const key of [name, short]) if (Object.hasOwn(table, key)) return table[key];
  }
  return undefined;
}

/**
 * The object that a name, config, class, function or object stands for, of a kind whose objects are used by `apply`.
 * Nothing stands for nothing.
 */
export function resolveObject<T extends Configurable & { apply(...args: never[]): unknown }>(
  spec: unknown,
  builtIns: Readonly<Record<string, ConfigClass<T>>>,
  where: string,
): T | undefined {
  if (spec === undefined || spec === null) return undefined;
  if (typeof spec === "string") return construct(spec, {}, builtIns, where);
  if (typeof (spec as { apply?: unknown }).apply === "function" && typeof spec === "object") return spec as T;
  if (typeof spec === "function") {
    if (typeof spec.prototype?.apply === "function") return new (spec as new () => T)();
    return { apply: spec, getConfig: () => ({}) } as unknown as T;
  }
  if (isPlainObject(spec)) {
    const { className, config } = camelCaseKeys(spec);
    if (typeof className === "string") return construct(className, (config ?? {}) as object, builtIns, where);
  }
  return refuse(where, "", "a name, a config or an object with apply()", spec);
}

function construct<T extends Configurable & { apply(...args: never[]): unknown }>(
  name: string,
  config: object,
  builtIns: Readonly<Record<string, ConfigClass<T>>>,
  where: string,
): T {
  const found = customObject(name) ?? lookUpName(name, builtIns, where);
  if (typeof found !== "function" || typeof found.prototype?.apply !== "function") {
    return resolveObject<T>(found, builtIns, where)!;
  }
  return new (found as new (options: object) => T)(camelCaseKeys(config as Record<string, unknown>));
}

/** Classes of layers and functions of ops that were in use already, by name: no table of all has to be in every program. */
const seen = new Map<string, unknown>();
let builtIns: CustomObjects | undefined;

/** Remembers what a name in a config stands for. */
export function see(name: string, value: unknown): void {
  if (!seen.has(name)) seen.set(name, value);
}

/** What a name stands for among the built-in things, as far as they are known. */
export function builtIn(name: string): unknown {
  return builtIns?.[name] ?? seen.get(name);
}

/** Runs a function that finds these built-in things by name. */
export function withBuiltIns<T>(table: CustomObjects, body: () => T): T {
  const outer = builtIns;
  builtIns = table;
  try {
    return body();
  } finally {
    builtIns = outer;
  }
}

let noted: Record<string, unknown> | undefined;

/** Tells a copy under way what a name in a config stands for: a function or object that no name leads to elsewhere. */
export function note(name: string, value: unknown): void {
  if (noted !== undefined) noted[name] = value;
}

/** A config read by `read`, and what it could only name. */
export function readNoting<C>(read: () => C): { config: C; named: Record<string, unknown> } {
  const [outer, named] = [noted, {}];
  noted = named;
  try {
    return { config: read(), named };
  } finally {
    noted = outer;
  }
}

/** A config read by `read`, made into an object by `make`, which finds what the config could only name. */
export function copyByConfig<C, T>(read: () => C, make: (config: C) => T): T {
  const { config, named } = readNoting(read);
  return withCustomObjects(named, () => make(config));
}
