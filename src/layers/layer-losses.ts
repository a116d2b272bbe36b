import { type ConstraintSpec, getConstraint } from "../constraints/get.ts";
import { currentScope } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { getRegularizer, type RegularizerSpec } from "../regularizers/get.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import { refuse } from "../util/errors.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import { internalsOf, type LayerInternals, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { withDescendants } from "./tracking.ts";

const regularizers = new WeakMap<Variable, Regularizer>();

/** As long as no layer ever added a loss, nobody has to look for losses to clear. */
let lossesExist = false;

/** Attaches a penalty and a constraint to a weight. */
export function regularize(
  variable: Variable,
  regularizer: RegularizerSpec,
  constraint: ConstraintSpec,
  where: string,
): void {
  const penalty = getRegularizer(regularizer, `${where} regularizer`);
  variable.constraint = getConstraint(constraint, `${where} constraint`);
  if (penalty !== undefined) regularizers.set(variable, penalty);
}

/** Adds the activity penalty of what a layer gives, per sample. */
export function penalize(layer: Layer, outputs: Structure<Tensor>): void {
  const { activityRegularizer } = internalsOf(layer);
  if (activityRegularizer === undefined || currentScope()?.kind === "shapes") return;
  for (const output of flattenStructure(outputs)) {
    recordLoss(layer, activityRegularizer.apply(output).div(Math.max(output.shape[0] ?? 1, 1)));
  }
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
    if (regularizer !== undefined) values.push(regularizer.apply(variable.value()));
  }
  return values;
}
