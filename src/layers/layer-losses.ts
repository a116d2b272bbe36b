import { currentScope } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import { internalsOf, type LayerInternals, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { withDescendants } from "./tracking.ts";

/** Makes a penalty from a weight. */
export interface Regularizer {
  apply(weight: Variable): Tensor;
}

const regularizers = new WeakMap<Variable, Regularizer>();

/** As long as no layer ever added a loss, nobody has to look for losses to clear. */
let lossesExist = false;

/** Attaches a penalty to a weight. */
export function regularize(variable: Variable, regularizer: Regularizer, where: string): void {
  if (typeof (regularizer as Partial<Regularizer> | null)?.apply !== "function") {
    refuse(where, "regularizer", "an object with apply(weight)", regularizer);
  }
  regularizers.set(variable, regularizer);
}

/** `addLoss`. While shapes are inferred nothing is kept. */
export function recordLoss(layer: Layer, loss: Tensor | readonly Tensor[]): void {
  const scope = currentScope();
  for (const value of Array.isArray(loss) ? (loss as readonly Tensor[]) : [loss as Tensor]) {
    if (!(value instanceof Tensor)) refuse(whereOf(layer), "addLoss", "a tensor", value);
    if (scope?.kind === "shapes") continue;
    lossesExist = true;
    internalsOf(layer).losses.push({ value, scope });
  }
}

/** Forgets what was added below a layer: at the beginning of each outermost call. */
export function clearLosses(layer: Layer): void {
  if (!lossesExist) return;
  for (const each of withDescendants(layer)) internalsOf(each).losses = [];
}

/** Entries added below a layer in scopes that are still open. */
export function openLosses(layer: Layer): LayerInternals["losses"] {
  if (!lossesExist) return [];
  return withDescendants(layer).flatMap((each) => internalsOf(each).losses.filter((loss) => loss.scope?.alive));
}

/** All loss terms of a layer and what is below it. */
export function treeLosses(layer: Layer): Tensor[] {
  const added = lossesExist ? withDescendants(layer).flatMap((each) => internalsOf(each).losses) : [];
  const values = added.filter((loss) => loss.scope?.alive !== false).map((loss) => loss.value);
  for (const variable of layer.trainableWeights) {
    const regularizer = regularizers.get(variable);
    if (regularizer !== undefined) values.push(regularizer.apply(variable));
  }
  return values;
}
