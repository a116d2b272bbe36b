import { currentScope, enterScope } from "../graph/scope.ts";
import type { Spec } from "../graph/spec.ts";
import { TraceScope } from "../graph/trace.ts";
import { fromValue, type Tensor } from "./tensor.ts";

export { currentLabel, currentScope, isTracing, outsideTraces, withLabel } from "../graph/scope.ts";
export { runScoped } from "./tensor.ts";

/**
 * Runs a function with tensors that have shapes but no values, and keeps nothing of it: variables it assigns stay as
 * they are. For shape inference.
 */
export function inferSpecs<T>(body: (inputs: Tensor[]) => T, inputs: readonly Spec[]): T {
  const scope = new TraceScope("shapes");
  const tensors = inputs.map((spec) => fromValue(scope.input(spec), scope));
  return enterScope(scope, () => body(tensors));
}

/** True while only shapes are inferred: nothing may be counted, drawn or remembered then. */
export function isInferringShapes(): boolean {
  return currentScope()?.kind === "shapes";
}
