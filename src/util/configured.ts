import { refuse } from "./errors.ts";
import { checkOptions, snakeCase } from "./names.ts";

/** What losses, metrics and optimizers are alike in: a name, checked options, and a config made of them. */
export abstract class Configured {
  static readonly className: string;
  readonly name: string;
  readonly #kind: string;
  readonly #keys: readonly string[];

  /**
   * `own` are the options the class has beyond its name, kept in properties of the same names: if given, all others are
   * refused, and they are part of the config. What has no name is called `name`, or else after its class.
   */
  protected constructor(kind: string, options?: { name?: string }, own?: readonly string[], name?: string) {
    this.#kind = kind;
    this.#keys = ["name", ...(own ?? [])];
    this.name = name ?? snakeCase(new.target.className);
    if (own !== undefined) checkOptions(options, this.#keys, this.where);
    const given = options?.name ?? this.name;
    if (typeof given !== "string" || given === "") refuse(this.where, "name", "a string", given);
    this.name = given;
  }

  /** Plain data from which an equal object can be made. */
  getConfig(): Record<string, unknown> {
    return Object.fromEntries(this.#keys.map((key) => [key, Reflect.get(this, key)]));
  }

  /** How errors name it. */
  protected get where(): string {
    return `${this.#kind} "${this.name}"`;
  }
}
