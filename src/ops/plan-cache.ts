import { makeGraph } from "../compile/graph.ts";
import { Plan } from "../compile/plan.ts";
import { currentScope, enterScope } from "../graph/scope.ts";
import type { Spec } from "../graph/spec.ts";
import { TraceScope } from "../graph/trace.ts";
import type { DType, TensorData } from "../util/dtype.ts";
import { ValueError } from "../util/errors.ts";
import { settingsRevision } from "../util/settings.ts";
import type { Dims } from "../util/shape.ts";
import { fromValue, Tensor, toTensor } from "./tensor.ts";

/** Data a plan is run on. */
export interface HostArray {
  readonly data: TensorData;
  readonly shape: Dims;
  readonly dtype: DType;
}

/** JavaScript memory that the plans of one cache may take; the least recently used are dropped beyond it. */
const CACHE_BYTES = 32 * 1024 * 1024;

/** Traces a function of tensors and compiles it. */
export function tracePlan(name: string, specs: readonly Spec[], body: (args: Tensor[]) => readonly Tensor[]): Plan {
  const scope = new TraceScope();
  const inputs = specs.map((spec) => scope.input(spec));
  const outputs = enterScope(scope, () => {
    const result: unknown = body(inputs.map((value) => fromValue(value, scope)));
    if (result instanceof Promise) {
      result.catch(() => {});
      throw new ValueError(`[${name}] expected a synchronous function, got one that returns a promise.`);
    }
    return (result as Tensor[]).map((tensor) => toTensor(tensor).valueIn(scope));
  });
  scope.alive = false;
  return new Plan(name, makeGraph(inputs, scope.nodes, outputs, scope.assigned));
}

/** Runs a plan; its results as tensors. */
export function runPlan(plan: Plan, args: readonly { data: TensorData }[]): Tensor[] {
  plan.run(args.map((arg) => arg.data));
  return plan.outputs.map((value, i) => new Tensor(value.shape, value.dtype as DType, plan.result(i)));
}

/**
 * Plans by key and argument shapes. A size of batch not seen before is traced anew: tracing is cheap beside the work it
 * saves (docs/decisions.md), and code that reads `x.shape[0]` sees the true number.
 */
export class PlanCache {
  readonly #plans = new Map<string, Plan>();
  #bytes = 0;
  #revision = -1;

  /**
   * Runs `body` on arguments by a plan that is traced at the first call for this key and these shapes. Within another
   * scope the body is simply applied there. Errors and the profiler call the plan by `name`.
   */
  run(key: string, args: readonly HostArray[], body: (args: Tensor[]) => readonly Tensor[], name?: string): Tensor[] {
    if (currentScope() !== undefined) {
      return [...body(args.map((arg) => new Tensor(arg.shape, arg.dtype, arg.data)))];
    }
    return runPlan(this.plan(key, args, body, name), args);
  }

  /** The plan for a key and arguments, traced if need be. */
  plan(key: string, args: readonly HostArray[], body: (args: Tensor[]) => readonly Tensor[], name: string = key): Plan {
    if (this.#revision !== settingsRevision()) {
      this.clear();
      this.#revision = settingsRevision();
    }
    let full = key;
    for (const { shape, dtype } of args) full += `;${dtype}${shape.join()}`;
    let plan = this.#plans.get(full);
    if (plan === undefined) {
      plan = tracePlan(name, args, body);
      this.#bytes += plan.bytes;
      this.#plans.set(full, plan);
      this.#shrink();
    } else if (this.#plans.size > 1) {
      this.#plans.delete(full);
      this.#plans.set(full, plan);
    }
    return plan;
  }

  /** Drops the least recently used plans beyond the limit, but never the last one. */
  #shrink(): void {
    for (const [key, plan] of this.#plans) {
      if (this.#bytes <= CACHE_BYTES || this.#plans.size === 1) return;
      this.#drop(key, plan);
    }
  }

  #drop(key: string, plan: Plan): void {
    this.#plans.delete(key);
    this.#bytes -= plan.bytes;
    plan.dispose();
  }

  /** Number of plans kept. */
  get size(): number {
    return this.#plans.size;
  }

  /** Forgets all plans. */
  clear(): void {
    for (const [key, plan] of this.#plans) this.#drop(key, plan);
  }
}
