import { currentScope } from "../graph/scope.ts";
import { VariableCell } from "../graph/variable.ts";
import { type HostArray, PlanCache } from "../ops/plan-cache.ts";
import { isPlainObject, readVariable, Tensor, toTensor } from "../ops/tensor.ts";
import { describe, ValueError } from "../util/errors.ts";

/** Arguments and results of a compiled function: tensors and numbers in arrays and plain objects. */
export type Structure =
  | Tensor
  | VariableCell
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly Structure[]
  | { readonly [key: string]: Structure };

/** Takes the tensors and numbers out of a structure; `key` tells structures apart. */
function flatten(value: unknown, into: HostArray[], where: string): string {
  if (value instanceof Tensor) {
    into.push({ data: value.hostData(), shape: value.shape, dtype: value.dtype });
    return "t";
  }
  if (value instanceof VariableCell) return flatten(readVariable(value), into, where);
  if (typeof value === "number") {
    into.push({ data: Float32Array.of(value), shape: [], dtype: "float32" });
    return "n";
  }
  if (Array.isArray(value)) return `[${value.map((item) => flatten(item, into, where)).join()}]`;
  if (isPlainObject(value)) {
    const entries = Object.keys(value).map((key) => `${JSON.stringify(key)}:${flatten(value[key], into, where)}`);
    return `{${entries.join()}}`;
  }
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value) ?? "undefined";
  }
  throw new ValueError(
    `[${where}] argument: expected tensors, numbers, arrays and plain objects, got ${describe(value)}.`,
  );
}

/** Puts tensors in the place of tensors, variables and numbers. */
function rebuild(value: unknown, next: (old: Tensor | VariableCell | number) => Tensor): unknown {
  if (value instanceof Tensor || value instanceof VariableCell || typeof value === "number") return next(value);
  if (Array.isArray(value)) return value.map((item) => rebuild(item, next));
  if (isPlainObject(value))
    return Object.fromEntries(Object.keys(value).map((key) => [key, rebuild(value[key], next)]));
  return value;
}

/** The tensors of a result, in order. */
function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (value instanceof VariableCell) return [readVariable(value)];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlainObject(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

/** A result's structure with each tensor replaced by a mark. */
function skeletonOf(value: unknown): unknown {
  if (value instanceof Tensor || value instanceof VariableCell) return SLOT;
  if (Array.isArray(value)) return value.map(skeletonOf);
  return isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, skeletonOf(item)]))
    : value;
}

const SLOT = Symbol("tensor");

function fillSkeleton(value: unknown, next: () => Tensor): unknown {
  if (value === SLOT) return next();
  if (Array.isArray(value)) return value.map((item) => fillSkeleton(item, next));
  return isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillSkeleton(item, next)]))
    : value;
}

/**
 * Compiles a function of tensors into plans, one for each structure and shapes of its arguments: the fast way for a
 * custom step. Numbers among the arguments may change from call to call and arrive as scalar tensors; values the
 * function closes over are fixed at the first call. Assignments to variables, unseeded random numbers and
 * `optimizer.applyGradients` inside are repeated at every call.
 *
 * @param fn synchronous; returns tensors in arrays and plain objects
 * @example const step = compile((x, y) => { const loss = …; optimizer.applyGradients(…); return loss; });
 */
export function compile<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
): (...args: Args) => Result {
  if (typeof fn !== "function") throw new ValueError(`[compile] fn: expected a function, got ${describe(fn)}.`);
  const cache = new PlanCache();
  const skeletons = new Map<string, unknown>();
  const name = fn.name === "" ? "compile" : `compile ${fn.name}`;
  return (...args) => {
    if (currentScope() !== undefined) return fn(...(rebuild(args, (value) => toTensor(value)) as unknown as Args));
    const inputs: HostArray[] = [];
    const key = `${name}${flatten(args, inputs, name)}`;
    const shapes = inputs.map(({ shape, dtype }) => `${dtype}${shape.join()}`).join(";");
    const outputs = cache.run(key, inputs, (tensors) => {
      let next = 0;
      const result = fn(...(rebuild(args, () => tensors[next++]!) as unknown as Args));
      if (result instanceof Promise) {
        result.catch(() => {});
        throw new ValueError(`[${name}] fn: expected a synchronous function, got one that returns a promise.`);
      }
      skeletons.set(key + shapes, skeletonOf(result));
      return tensorsIn(result);
    });
    let next = 0;
    return fillSkeleton(skeletons.get(key + shapes), () => outputs[next++]!) as Result;
  };
}
