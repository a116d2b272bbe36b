import { refuse } from "../util/errors.ts";
import { camelCaseKeys, lookUpName, type SnakeCase } from "../util/names.ts";
import { customObject } from "../util/registry.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { isPlainObject } from "../util/structure.ts";
import * as crossentropy from "./crossentropy.ts";
import * as errors from "./errors.ts";
import { FunctionLoss, Loss, type LossFunction } from "./loss.ts";
import type { Factory, LossClass } from "./loss-class.ts";

/** Names of one thing in all spellings of a class name; `KL` and the like need their own snake case. */
export type Spellings<Name extends string> = Name | Uncapitalize<Name> | SnakeCase<Uncapitalize<Name>>;

/** Names that stand for a loss as well as for a metric. */
export type SharedName =
  | Spellings<
      | "MeanSquaredError"
      | "MeanAbsoluteError"
      | "MeanAbsolutePercentageError"
      | "MeanSquaredLogarithmicError"
      | "CosineSimilarity"
      | "Poisson"
      | "Hinge"
      | "SquaredHinge"
      | "CategoricalHinge"
      | "BinaryCrossentropy"
      | "CategoricalCrossentropy"
      | "SparseCategoricalCrossentropy"
    >
  | ("KLDivergence" | "klDivergence" | "kl_divergence")
  | ("mse" | "mae" | "mape" | "msle" | "kld" | "bce" | "cce" | "scce" | "crossentropy" | "ce")
  | ("MSE" | "MAE" | "MAPE" | "MSLE" | "KLD" | "BCE");

/** Names of losses; case and underscores do not count. */
export type LossName =
  | SharedName
  | Spellings<"Huber" | "LogCosh" | "BinaryFocalCrossentropy" | "CategoricalFocalCrossentropy" | "Dice" | "Tversky">;

/** The config of an object: its class by name, and the options. */
export interface ObjectConfig {
  readonly className: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What may be given as a loss: a name, an object, a class, a function (also one that makes losses), a config. */
export type LossLike =
  | LossName
  | Loss
  | (new (
      options?: never,
    ) => Loss)
  | ((options?: never) => Loss)
  | LossFunction
  | ObjectConfig;

/** The shapes of an output and its targets. */
export interface ShapePair {
  readonly target: Dims;
  readonly prediction: Shape;
}

/** Shapes that stand in where only the name is to be checked. */
export const ANY_SHAPES: ShapePair = { target: [1], prediction: [1] };

/**
 * The name of the loss or metric that "accuracy" or "crossentropy" mean for such shapes, judged as Keras does; other
 * names stay as they are.
 */
export function nameByShapes(name: string, { target, prediction }: ShapePair): string {
  const found = /^(acc)(uracy)?$|^(crossentropy|ce)$/i.exec(name);
  if (found === null) return name;
  const classes = prediction.at(-1);
  const sparse = target.length < prediction.length || target.at(-1) === 1;
  const kind = classes === 1 ? "binary" : sparse ? "sparseCategorical" : "categorical";
  return kind + (found[1] === undefined ? "Crossentropy" : "Accuracy");
}

/** Something with a `className`. */
export interface Named {
  readonly className: string;
}

/** Classes by their names in camelCase, and those that have one by their short names. */
export function byName(classes: readonly Named[], short: Readonly<Record<string, Named>>): Record<string, Named> {
  const camelCase = (name: string): string =>
    name.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (start) => start.toLowerCase());
  return { ...Object.fromEntries(classes.map((each) => [camelCase(each.className), each])), ...short };
}

/** How a kind of object is found. */
export interface Kind<T> {
  readonly argument: string;
  /** What it is called: "loss". */
  readonly noun: string;
  readonly base: (abstract new (...args: never) => T) & Named;
  table(): Readonly<Record<string, unknown>>;
  wrap(fn: (...args: never) => unknown): T;
}

/** The object that an object, class, factory, function, name or config stands for. */
export function resolve<T extends object>(spec: unknown, kind: Kind<T>, config: object = {}): T {
  const { argument, base } = kind;
  if (spec instanceof base) return spec;
  if (typeof spec === "function") {
    const made = ((spec as Partial<Factory<LossClass>>).of ?? spec) as unknown as (new (
      options: object,
    ) => T) &
      typeof spec;
    return made.prototype instanceof base ? new made(config) : kind.wrap(made as never);
  }
  if (typeof spec === "string") {
    return resolve(customObject(spec) ?? lookUpName(spec, kind.table(), "compile", argument), kind, config);
  }
  const { className, config: options } = isPlainObject(spec) ? camelCaseKeys(spec) : {};
  if (typeof className !== "string") {
    refuse("compile", argument, `the name of a ${kind.noun}, a ${base.className} or a function`, spec);
  }
  return resolve(className, kind, camelCaseKeys(Object(options) as Record<string, unknown>));
}

const LOSSES: Kind<Loss> = {
  argument: "loss",
  noun: "loss",
  base: Loss,
  wrap: (fn) => new FunctionLoss(fn as LossFunction),
  table: () =>
    byName(
      [
        ...[
          crossentropy.BinaryFocalCrossentropy,
          crossentropy.CategoricalFocalCrossentropy,
          errors.CategoricalHinge,
          errors.CosineSimilarity,
          errors.Dice,
          errors.Hinge,
          errors.Huber,
        ],
        ...[
          errors.LogCosh,
          errors.Poisson,
          errors.SquaredHinge,
          errors.Tversky,
          crossentropy.BinaryCrossentropy,
          crossentropy.CategoricalCrossentropy,
          errors.KLDivergence,
        ],
        ...[
          errors.MeanAbsoluteError,
          errors.MeanAbsolutePercentageError,
          errors.MeanSquaredError,
          errors.MeanSquaredLogarithmicError,
        ],
        crossentropy.SparseCategoricalCrossentropy,
      ],
      {
        ...{
          mse: errors.MeanSquaredError,
          mae: errors.MeanAbsoluteError,
          mape: errors.MeanAbsolutePercentageError,
          kld: errors.KLDivergence,
        },
        ...{
          msle: errors.MeanSquaredLogarithmicError,
          bce: crossentropy.BinaryCrossentropy,
          cce: crossentropy.CategoricalCrossentropy,
        },
        scce: crossentropy.SparseCategoricalCrossentropy,
      },
    ),
};

/**
 * The loss for what a caller gave. "crossentropy" and "ce" mean one of three losses, which needs shapes.
 */
export function getLoss(spec: unknown, shapes?: ShapePair): Loss {
  return resolve(typeof spec === "string" && shapes !== undefined ? nameByShapes(spec, shapes) : spec, LOSSES);
}
