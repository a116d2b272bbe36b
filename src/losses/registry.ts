import { describe, ValueError } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import { BinaryCrossentropy } from "./binary-crossentropy.ts";
import { CategoricalCrossentropy } from "./categorical-crossentropy.ts";
import { FunctionLoss, type LossFunction } from "./function-loss.ts";
import { Loss } from "./loss.ts";
import { MeanAbsoluteError } from "./mean-absolute-error.ts";
import { MeanSquaredError } from "./mean-squared-error.ts";
import { SparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

/** Losses that have a name. */
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

/** A table made on call, so that importing it runs nothing. */
function table(): Record<string, () => Loss> {
  const mse = (): Loss => new MeanSquaredError();
  const mae = (): Loss => new MeanAbsoluteError();
  const bce = (): Loss => new BinaryCrossentropy();
  const cce = (): Loss => new CategoricalCrossentropy();
  const scce = (): Loss => new SparseCategoricalCrossentropy();
  return {
    meanSquaredError: mse,
    mse,
    meanAbsoluteError: mae,
    mae,
    binaryCrossentropy: bce,
    bce,
    categoricalCrossentropy: cce,
    cce,
    sparseCategoricalCrossentropy: scce,
    scce,
  };
}

/** True for "crossentropy" and "ce", which mean one of three losses, depending on shapes. */
export function isShapedLoss(spec: unknown): boolean {
  return typeof spec === "string" && /^(crossentropy|ce)$/i.test(spec);
}

/** The loss for what a caller gave: a name, a Loss, a function. */
export function getLoss(spec: unknown): Loss {
  if (spec instanceof Loss) return spec;
  if (typeof spec === "function") return new FunctionLoss(spec as LossFunction);
  if (typeof spec === "string") return lookUpName(spec, table(), "compile", "loss")();
  throw new ValueError(`[compile] loss: expected the name of a loss, a Loss or a function, got ${describe(spec)}.`);
}
