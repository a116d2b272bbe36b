import { describe, suggest, ValueError } from "../util/errors.ts";
import {
  Callback,
  type CallbackHooks,
  type CallbackModel,
  type CallbackParams,
  type HookResult,
  type Logs,
} from "./callback.ts";

const HOOKS = [
  ...["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onTrainBatchBegin", "onTrainBatchEnd"],
  ...["onBatchBegin", "onBatchEnd", "onTestBegin", "onTestEnd", "onTestBatchBegin", "onTestBatchEnd"],
  ...["onPredictBegin", "onPredictEnd", "onPredictBatchBegin", "onPredictBatchEnd"],
] as const;

/** The name of a hook a run calls. */
export type HookName = Exclude<keyof CallbackHooks, "setModel" | "setParams" | "onBatchBegin" | "onBatchEnd">;

type BoundHook = (...args: (number | Logs)[]) => HookResult;

/** Names that mean another hook. */
const ALIASES: Readonly<Record<string, HookName>> = {
  onBatchBegin: "onTrainBatchBegin",
  onBatchEnd: "onTrainBatchEnd",
};

/** Callbacks of one run, in order. A hook that nobody has costs nothing. */
export class CallbackList {
  readonly #hooks: Map<HookName, BoundHook[]> = new Map();

  constructor(callbacks: readonly CallbackHooks[], model: CallbackModel, params: CallbackParams) {
    for (const callback of callbacks) {
      callback.setModel?.(model);
      callback.setParams?.(params);
      for (const name of HOOKS) this.#collect(callback, name);
    }
  }

  #collect(callback: CallbackHooks, name: (typeof HOOKS)[number]): void {
    const hook: unknown = (callback as Record<string, unknown>)[name];
    const inherited: unknown = (Callback.prototype as unknown as Record<string, unknown>)[name];
    if (typeof hook !== "function" || hook === inherited) return;
    const target = ALIASES[name] ?? (name as HookName);
    const list = this.#hooks.get(target) ?? [];
    list.push((...args) => hook.apply(callback, args) as HookResult);
    this.#hooks.set(target, list);
  }

  /** True when some callback has the hook: else its logs need not be made. */
  has(name: HookName): boolean {
    return this.#hooks.has(name);
  }

  /** Calls the hook of every callback; gives a promise only when one of them did. */
  call(name: HookName, ...args: (number | Logs)[]): HookResult {
    const hooks = this.#hooks.get(name);
    if (hooks === undefined) return undefined;
    for (let i = 0; i < hooks.length; i++) {
      const result = hooks[i]!(...args);
      if (isThenable(result)) return finish(result, hooks.slice(i + 1), args);
    }
    return undefined;
  }
}

async function finish(first: Promise<void>, rest: readonly BoundHook[], args: (number | Logs)[]): Promise<void> {
  await first;
  for (const hook of rest) await hook(...args);
}

/** True for a promise, or what acts as one. */
export function isThenable(value: unknown): value is Promise<void> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** The callbacks a caller gave: one, a list, or nothing. Hooks with misspelt names are refused. */
export function checkCallbacks(given: unknown, where: string): CallbackHooks[] {
  const list: unknown[] = given === undefined || given === null ? [] : Array.isArray(given) ? given : [given];
  for (const callback of list) {
    if (typeof callback !== "object" || callback === null) {
      throw new ValueError(`[${where}] callbacks: expected objects with hooks, got ${describe(callback)}.`);
    }
    for (const key of Object.keys(callback)) {
      if (/^on[A-Z]/.test(key) && !(HOOKS as readonly string[]).includes(key)) {
        throw new ValueError(`[${where}] callbacks: there is no hook ${describe(key)}.${suggest(key, HOOKS)}`);
      }
    }
  }
  return list as CallbackHooks[];
}
