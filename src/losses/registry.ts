import { refuse } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy } from "./crossentropy.ts";
import { FunctionLoss, Loss, type LossFunction } from "./loss.ts";
import { MeanAbsoluteError, MeanSquaredError } from "./mean-errors.ts";

/** Names that stand for a loss as well as for a metric. */
export type LossName =
  | "meanSquaredError"
  | "mean_squared_error"
  | "mse"
  | "meanAbsoluteError"
  | "mean_absolute_error"
  | "mae"
  | "binaryCrossentropy"
  | "binary_crossentropy"
  | "bce"
  | "categoricalCrossentropy"
  | "categorical_crossentropy"
  | "cce"
  | "sparseCategoricalCrossentropy"
  | "sparse_categorical_crossentropy"
  | "scce"
  | "crossentropy"
  | "ce";

/** What may be given as a loss. */
export type LossLike = LossName | Loss | LossFunction;

/** What losses, and the metrics of the same names, are called. */
export function lossNames<T>(mse: T, mae: T, bce: T, cce: T, scce: T): Record<string, T> {
  return {
    ...{ meanSquaredError: mse, mse, meanAbsoluteError: mae, mae },
    ...{ binaryCrossentropy: bce, bce, categoricalCrossentropy: cce, cce, sparseCategoricalCrossentropy: scce, scce },
  };
}

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

/**
 * The loss for what a caller gave: a name, a Loss, a function. "crossentropy" and "ce" mean one of three losses, which
 * needs shapes.
 */
export function getLoss(spec: unknown, shapes?: ShapePair): Loss {
  if (spec instanceof Loss) return spec;
  if (typeof spec === "function") return new FunctionLoss(spec as LossFunction);
  if (typeof spec !== "string") return refuse("compile", "loss", "the name of a loss, a Loss or a function", spec);
  const table = lossNames<new () => Loss>(
    ...([MeanSquaredError, MeanAbsoluteError] as const),
    ...([BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy] as const),
  );
  return new (lookUpName(shapes === undefined ? spec : nameByShapes(spec, shapes), table, "compile", "loss"))();
}
