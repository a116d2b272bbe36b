import type { Plan } from "../compile/plan.ts";
import { currentScope } from "../graph/scope.ts";
import { VariableCell } from "../graph/variable.ts";
import { type HostArray, PlanCache, runPlan } from "../ops/plan-cache.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { describe, ValueError } from "../util/errors.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";

/** Tensors and variables of a structure; everything else in it is fixed. */
const isTensor = (leaf: unknown): leaf is TensorLike => leaf instanceof Tensor || leaf instanceof VariableCell;

/** What a call may bring anew: tensors, variables and numbers. */
const isArgument = (leaf: unknown): leaf is TensorLike => isTensor(leaf) || typeof leaf === "number";

/** A text that tells apart structures and the fixed values in them. */
function keyOf(args: Structure<unknown>, where: string): string {
  const marks = mapStructure(
    args,
    (leaf) => {
      if (isArgument(leaf)) return "*";
      if (leaf === null || leaf === undefined || typeof leaf === "string" || typeof leaf === "boolean") {
        return `${typeof leaf} ${leaf}`;
      }
      throw new ValueError(
        `[${where}] argument: expected tensors, numbers, arrays and plain objects, got ${describe(leaf)}.`,
      );
    },
    where,
    "argument",
  );
  return where + JSON.stringify(marks);
}

function hostArray(leaf: TensorLike): HostArray {
  const tensor = toTensor(leaf);
  return { data: tensor.hostData(), shape: tensor.shape, dtype: tensor.dtype };
}

/** A structure with tensors in the place of tensors, variables and numbers. */
function withTensors<T>(structure: T, tensorFor: (leaf: TensorLike) => Tensor): T {
  return mapStructure(structure as Structure<unknown>, (leaf) => (isArgument(leaf) ? tensorFor(leaf) : leaf)) as T;
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
  /** What each plan's results are put into; goes with the plan. */
  const forms = new WeakMap<Plan, Structure<unknown>>();
  const name = fn.name === "" ? "compile" : `compile ${fn.name}`;
  return (...args) => {
    if (currentScope() !== undefined) return fn(...withTensors(args, toTensor));
    const key = keyOf(args, name);
    const inputs = flattenStructure<unknown>(args).filter(isArgument).map(hostArray);
    let traced: Structure<unknown>;
    let next = 0;
    const trace = (tensors: Tensor[]): Tensor[] => {
      const result: unknown = fn(...withTensors(args, () => tensors[next++]!));
      if (result instanceof Promise) {
        result.catch(() => {});
        throw new ValueError(`[${name}] fn: expected a synchronous function, got one that returns a promise.`);
      }
      traced = mapStructure(result as Structure<unknown>, (leaf) => (isTensor(leaf) ? SLOT : leaf), name, "fn");
      const leaves = flattenStructure<unknown>(result as Structure<unknown>);
      return leaves.filter(isTensor).map((leaf) => toTensor(leaf));
    };
    const plan = cache.plan(key, inputs, trace, name);
    if (!forms.has(plan)) forms.set(plan, traced);
    const form = forms.get(plan)!;
    const outputs = runPlan(plan, inputs);
    next = 0;
    return packStructure(
      form,
      flattenStructure<unknown>(form).map((leaf) => (leaf === SLOT ? outputs[next++]! : leaf)),
    ) as Result;
  };
}

/** Stands for a tensor in the form of a kept result. */
const SLOT = Symbol("tensor");
