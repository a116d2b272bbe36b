import type { Tensor } from "../ops/tensor.ts";
import { checkBoolean, checkInteger, checkNumber } from "../util/names.ts";
import type { Shape } from "../util/shape.ts";
import { alignEqual } from "./align.ts";
import { checkFinite, type HostTargets, Loss, type LossOptions } from "./loss.ts";

/** The options of an object with the defaults filled in, and how errors name the object. */
export type Settled<O extends object> = Readonly<Required<O>> & { readonly where: string };

/** Values per sample from targets and predictions. */
export type Values<O extends object> = (target: Tensor, prediction: Tensor, options: Settled<O>) => Tensor;

/** Checks targets in JavaScript memory. */
export type TargetCheck<O extends object> = (
  targets: HostTargets,
  prediction: Shape,
  where: string,
  options: Settled<O>,
) => void;

/** A class of losses as a value: `new losses.Huber({delta: 2})`; may be extended. */
export interface LossClass<O extends object = object> {
  readonly className: string;
  readonly prototype: Loss;
  /** What the metric of the same name is made of. */
  readonly parts: readonly [defaults: Required<O>, values: Values<O>, check?: TargetCheck<O> | undefined];
  new (options?: LossOptions & O): Loss & Readonly<Required<O>>;
}

/** Options that are integers, or lists of them. */
const INTEGERS = ["axis", "ignoreClass", "k"];

function checked(value: unknown, fallback: unknown, where: string, key: string): unknown {
  const given = value ?? fallback;
  if (given === null) return null;
  if (typeof fallback === "boolean") return checkBoolean(given, where, key);
  if (Array.isArray(given) && fallback === null) return given.map((one) => checked(one, 0, where, key));
  if (INTEGERS.includes(key)) return checkInteger(given, where, key, key === "k" ? 1 : -Infinity);
  // A threshold may lie anywhere; all other numbers are shares, weights or distances.
  const least = key === "threshold" ? -Infinity : 0;
  return checkNumber(given, where, key, { min: least, max: key === "labelSmoothing" ? 1 : Infinity });
}

/** Makes properties of the options named in `defaults`, checked: what is null by default is an integer or null. */
export function settle<O extends object>(made: object, defaults: Required<O>, options: O | undefined): void {
  const { where } = made as { where: string };
  for (const [key, fallback] of Object.entries(defaults)) {
    Reflect.set(made, key, checked(Reflect.get(options ?? {}, key), fallback, where, key));
  }
}

/** Makes a class of losses from its defaults and a function for the values per sample. */
export function lossClass<O extends object>(
  className: string,
  defaults: Required<O>,
  values: Values<O>,
  { name, check }: { readonly name?: string; readonly check?: TargetCheck<O> } = {},
): LossClass<O> {
  class BuiltIn extends Loss {
    static override readonly className: string = className;
    static readonly parts: LossClass<O>["parts"] = [defaults, values, check];

    constructor(options?: LossOptions & O) {
      super(options, name, Object.keys(defaults));
      settle<O>(this, defaults, options);
    }

    override checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
      (check ?? checkFinite)(targets, prediction, where, this as unknown as Settled<O>);
    }

    protected override call(target: Tensor, prediction: Tensor): Tensor {
      return values(target, prediction, this as unknown as Settled<O>);
    }
  }
  return BuiltIn as unknown as LossClass<O>;
}

/** Values from targets and predictions of equal shapes, in float32; `given` is the prediction as it came. */
export function aligned<O extends object>(
  values: (t: Tensor, p: Tensor, options: Settled<O>, given: Tensor) => Tensor,
): Values<O> {
  return (target, prediction, options) => values(...alignEqual(target, prediction, options.where), options, prediction);
}

/** A function that makes objects of a class; given itself where an object is wanted, it stands for the defaults. */
export type Factory<C extends new (...args: never) => unknown> = ((
  ...args: ConstructorParameters<C>
) => InstanceType<C>) & { readonly of: C };

export function factory<C extends new (...args: never) => unknown>(of: C): Factory<C> {
  return Object.assign((...args: ConstructorParameters<C>) => new of(...(args as never)), { of }) as Factory<C>;
}
