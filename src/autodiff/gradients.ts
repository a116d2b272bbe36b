import type { Value } from "../graph/node.ts";
import { currentScope, type Scope } from "../graph/scope.ts";
import { VariableCell } from "../graph/variable.ts";
import { fromValue, runScoped, Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { DTypeError, describe, refuse, StateError, ValueError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import { reverse } from "./reverse.ts";

/** What a gradient may be asked for. */
export type Source = Tensor | Variable;

/** The value a source has in a scope; undefined when nothing there has read it. */
function sourceValue(source: Source, scope: Scope): Value | undefined {
  return source instanceof VariableCell ? scope.initial(source) : source.valueIn(scope);
}

/** Checks that one can differentiate for something. */
export function checkSource(source: Source, where = "gradient", argument = "sources"): void {
  if (source instanceof VariableCell || source instanceof Tensor) return;
  refuse(where, argument, "tensors or variables", source);
}

/** Checks that something can be differentiated. */
export function checkTarget(target: Tensor): void {
  if (!(target instanceof Tensor))
    throw new ValueError(`[gradient] target: expected a tensor, got ${describe(target)}.`);
  if (target.dtype !== "float32")
    throw new DTypeError(`[gradient] target: expected dtype float32, got ${target.dtype}.`);
}

/**
 * Gradients of (the sum of) a tensor that was computed in the current scope, as tensors of that scope; null for sources
 * it does not depend on.
 */
export function gradients(target: Tensor, sources: readonly Source[]): (Tensor | null)[] {
  checkTarget(target);
  if (!Array.isArray(sources)) refuse("gradient", "sources", "an array of tensors or variables", sources);
  for (const source of sources) checkSource(source);
  const scope = currentScope();
  if (scope === undefined) {
    throw new StateError(
      "[gradients] expected a call within the scope that computed the target; use `GradientTape` or `valueAndGrads`.",
    );
  }
  const values = sources.map((source) => sourceValue(source, scope));
  const known = values.filter((value) => value !== undefined);
  const found = reverse([target.valueIn(scope)], known, (value) => fromValue(value, scope));
  return values.map((value) => (value === undefined ? null : found[known.indexOf(value)]!));
}

/**
 * The value of a function and its gradients for variables.
 *
 * @param fn computes a scalar (of any other shape the sum is differentiated); it must be synchronous
 * @param variables what to differentiate for
 * @returns `grads[i]` has the shape of `variables[i]`, or is null where the value does not depend on it
 */
export function valueAndGrads(
  fn: () => Tensor,
  variables: readonly Source[],
): { value: Tensor; grads: (Tensor | null)[] } {
  if (typeof fn !== "function") refuse("valueAndGrads", "fn", "a function", fn);
  return runScoped(() => {
    const value = toTensor(fn());
    return { value, grads: gradients(value, variables) };
  });
}

/**
 * The derivative of a function of one tensor, as a function: `grad((x) => x.square().sum())(x)` is 2x.
 *
 * @throws ValueError when the result does not depend on x.
 */
export function grad(fn: (x: Tensor) => Tensor): (x: TensorLike) => Tensor {
  if (typeof fn !== "function") refuse("grad", "fn", "a function", fn);
  return (x) =>
    runScoped(() => {
      const input = toTensor(x).cast("float32");
      const result = toTensor(fn(input));
      const [dx] = gradients(result, [input]);
      if (dx !== null && dx !== undefined) return dx;
      throw new ValueError(
        `[grad] fn: expected a result that depends on x ${formatShape(input.shape)}, got one that does not.`,
      );
    });
}
