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

/** What a class of losses, and the metric of the same name, are made of. */
export type Parts<O extends object> = readonly [
  defaults: Required<O>,
  values: Values<O>,
  check?: TargetCheck<O> | undefined,
];

/** A class of losses as a value: `new losses.Huber({delta: 2})`; may be extended. */
export interface LossClass<O extends object = object> {
  readonly className: string;
  readonly prototype: BuiltInLoss;
  readonly parts: Parts<O>;
  new (options?: LossOptions & O): BuiltInLoss & Readonly<Required<O>>;
}

/** Options that are integers, or lists of them, and the least they may be. */
const INTEGERS: Readonly<Record<string, number>> = {
  ...{ axis: -Infinity, ignoreClass: -Infinity, k: 1, topK: 1, classId: 0 },
  ...{ numLabels: 1, numThresholds: 1, numRegressors: 0 },
};

function checked(value: unknown, fallback: unknown, where: string, key: string): unknown {
  const given = value ?? fallback;
  if (given === null) return null;
  if (typeof fallback === "boolean") return checkBoolean(given, where, key);
  if (Array.isArray(given) && fallback === null) return given.map((one) => checked(one, 0, where, key));
  if (key in INTEGERS) return checkInteger(given, where, key, INTEGERS[key]);
  // A threshold may lie anywhere; all other numbers are shares, weights or distances.
  const least = key === "threshold" ? -Infinity : 0;
  return checkNumber(given, where, key, { min: least, max: key === "labelSmoothing" ? 1 : Infinity });
}

/** Makes properties of the options named in `defaults`, checked: what is null by default is an integer or null. */
export function settle(made: object, defaults: Readonly<Record<string, unknown>>, options: object | undefined): void {
  const { where } = made as { where: string };
  for (const [key, fallback] of Object.entries(defaults)) {
    Reflect.set(made, key, checked(Reflect.get(options ?? {}, key), fallback, where, key));
  }
}

/** A loss made of parts. */
export class BuiltInLoss<O extends object = object> extends Loss {
  readonly #parts: Parts<O>;

  constructor(parts: Parts<O>, options?: LossOptions & O, name?: string) {
    super(options, name, Object.keys(parts[0]));
    this.#parts = parts;
    settle(this, { ...parts[0] }, options);
  }

  override checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
    const [, , check = checkFinite] = this.#parts;
    check(targets, prediction, where, this as unknown as Settled<O>);
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    return this.#parts[1](target, prediction, this as unknown as Settled<O>);
  }
}

/** Makes a class of losses from its defaults and a function for the values per sample. */
export function lossClass<O extends object>(
  className: string,
  defaults: Required<O>,
  values: Values<O>,
  { name, check }: { readonly name?: string; readonly check?: TargetCheck<O> } = {},
): LossClass<O> {
  const parts: Parts<O> = [defaults, values, check];
  class Named extends BuiltInLoss<O> {
    static override readonly className: string = className;
    static readonly parts: Parts<O> = parts;

    constructor(options?: LossOptions & O) {
      super(parts, options, name);
    }
  }
  return Named as unknown as LossClass<O>;
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

/** `most` arguments are the public ones; what comes behind is for classes built on the class. */
export function factory<C extends new (...args: never) => unknown>(of: C, most?: number): Factory<C> {
  const make = (...args: ConstructorParameters<C>): unknown => new of(...(args.slice(0, most) as never));
  return Object.assign(make, { of }) as Factory<C>;
}
