import type { TrainableModel } from "../models/trainable-model.ts";
import { describe, HornbeamError, refuse, suggest, ValueError } from "../util/errors.ts";
import { warn } from "../util/warn.ts";
import {
  Callback,
  type CallbackHooks,
  type CallbackModel,
  type CallbackParams,
  type HookResult,
  type Logs,
  type PredictLogs,
} from "./callback.ts";

/** The name of a hook a run calls. */
export type HookName = Exclude<
  keyof CallbackHooks,
  "setModel" | "setParams" | "onBatchBegin" | "onBatchEnd" | "onInterrupt"
>;

type Hook = (...args: unknown[]) => HookResult;

/** Callbacks of one run, in order. A hook that nobody has costs nothing. */
export class CallbackList {
  readonly #callbacks: readonly CallbackHooks[];
  readonly #hooks: Map<string, Hook[]> = new Map();

  constructor(callbacks: readonly CallbackHooks[], model: TrainableModel, params: CallbackParams) {
    this.#callbacks = callbacks;
    // Users see the whole model; the trainer knows only what it needs of it.
    for (const hook of this.#find("setModel")) hook(model as CallbackModel);
    for (const hook of this.#find("setParams")) hook(params);
  }

  /** What is to be called for a hook, under its own name and under `onBatchBegin` or `onBatchEnd`. */
  #find(name: keyof CallbackHooks): Hook[] {
    let hooks = this.#hooks.get(name);
    if (hooks === undefined) {
      const names = new Set([name, name.replace("onTrainBatch", "onBatch") as HookName]);
      hooks = this.#callbacks.flatMap((callback, i) => [...names].flatMap((each) => guarded(callback, each, i)));
      this.#hooks.set(name, hooks);
    }
    return hooks;
  }

  /** True when some callback has the hook: else its logs need not be made. */
  has(name: HookName): boolean {
    return this.#find(name).length > 0;
  }

  /** Calls the hook of every callback; gives a promise only when one of them did. */
  call(name: HookName, ...args: (number | Logs | PredictLogs)[]): HookResult {
    return callFrom(this.#find(name), 0, args);
  }

  /** Tells every callback that its run ends by an error, which nothing here may hide. */
  interrupt(): void {
    for (const hook of this.#find("onInterrupt")) {
      try {
        hook();
      } catch (error) {
        warn((error as Error).message);
      }
    }
  }
}

/** A callback's hook, if it is more than the one of the base class; its errors say whose they are. */
function guarded(callback: CallbackHooks, name: keyof CallbackHooks, place: number): Hook[] {
  const hook = callback[name] as Hook | undefined;
  if (typeof hook !== "function" || (name.startsWith("on") && hook === Callback.prototype[name as HookName])) return [];
  const blame = (error: unknown): never => {
    const { className, name: given } = callback.constructor as { className?: string; name: string };
    const who = className === undefined || className === "Callback" ? given : className;
    const whose = who === "Object" ? `callbacks[${place}]` : who;
    const text = error instanceof Error ? error.message : describe(error);
    const Class = error instanceof HornbeamError ? (error.constructor as typeof HornbeamError) : HornbeamError;
    throw new Class(`[${whose}.${name}] ${text.replace(`[${whose}] `, "")}`, { cause: error });
  };
  return [
    (...args) => {
      try {
        const result = hook.apply(callback, args);
        return isThenable(result) ? Promise.resolve(result).then(undefined, blame) : undefined;
      } catch (error) {
        return blame(error);
      }
    },
  ];
}

function callFrom(hooks: readonly Hook[], start: number, args: unknown[]): HookResult {
  for (let i = start; i < hooks.length; i++) {
    const result = hooks[i]!(...args);
    if (result !== undefined) return result.then(() => callFrom(hooks, i + 1, args));
  }
}

/** True for a promise, or what acts as one. */
export function isThenable(value: unknown): value is Promise<void> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** The callbacks a caller gave: one, a list, or nothing. Hooks with misspelt names are refused. */
export function checkCallbacks(given: unknown, where: string): CallbackHooks[] {
  const list: unknown[] = [given ?? []].flat();
  for (const callback of list) {
    if (typeof callback !== "object" || callback === null) refuse(where, "callbacks", "objects with hooks", callback);
    checkHooks(callback, where);
  }
  return list as CallbackHooks[];
}

/** Refuses hooks that nobody calls, and those that are no functions. */
export function checkHooks(hooks: object, where: string): void {
  if (Object(hooks) !== hooks) refuse(where, "hooks", "an object of functions", hooks);
  const known = [...Object.getOwnPropertyNames(Callback.prototype), "onBatchBegin", "onBatchEnd"];
  for (const [name, hook] of Object.entries(hooks)) {
    if (!/^on[A-Z]/.test(name)) continue;
    if (!known.includes(name)) {
      throw new ValueError(`[${where}] callbacks: there is no hook "${name}".${suggest(name, known)}`);
    }
    if (hook !== undefined && typeof hook !== "function") refuse(where, name, "a function", hook);
  }
}
