import { refuse, suggest, ValueError } from "../util/errors.ts";
import {
  Callback,
  type CallbackHooks,
  type CallbackModel,
  type CallbackParams,
  type HookResult,
  type Logs,
} from "./callback.ts";

/** The name of a hook a run calls. */
export type HookName = Exclude<keyof CallbackHooks, "setModel" | "setParams" | "onBatchBegin" | "onBatchEnd">;

type Hook = (...args: (number | Logs)[]) => HookResult;

/** Callbacks of one run, in order. A hook that nobody has costs nothing. */
export class CallbackList {
  readonly #callbacks: readonly CallbackHooks[];
  readonly #hooks: Map<HookName, Hook[]> = new Map();

  constructor(callbacks: readonly CallbackHooks[], model: CallbackModel, params: CallbackParams) {
    this.#callbacks = callbacks;
    for (const callback of callbacks) {
      callback.setModel?.(model);
      callback.setParams?.(params);
    }
  }

  /** What is to be called for a hook, under its own name and under `onBatchBegin` or `onBatchEnd`. */
  #find(name: HookName): Hook[] {
    let hooks = this.#hooks.get(name);
    if (hooks === undefined) {
      const names = new Set([name, name.replace("onTrainBatch", "onBatch") as HookName]);
      const inherited = Callback.prototype as CallbackHooks;
      hooks = this.#callbacks.flatMap((callback) =>
        [...names].flatMap((each) => {
          const hook = callback[each] as Hook | undefined;
          return typeof hook !== "function" || hook === inherited[each] ? [] : [hook.bind(callback)];
        }),
      );
      this.#hooks.set(name, hooks);
    }
    return hooks;
  }

  /** True when some callback has the hook: else its logs need not be made. */
  has(name: HookName): boolean {
    return this.#find(name).length > 0;
  }

  /** Calls the hook of every callback; gives a promise only when one of them did. */
  call(name: HookName, ...args: (number | Logs)[]): HookResult {
    return callFrom(this.#find(name), 0, args);
  }
}

function callFrom(hooks: readonly Hook[], start: number, args: (number | Logs)[]): HookResult {
  for (let i = start; i < hooks.length; i++) {
    const result = hooks[i]!(...args);
    if (isThenable(result)) return Promise.resolve(result).then(() => callFrom(hooks, i + 1, args));
  }
}

/** True for a promise, or what acts as one. */
export function isThenable(value: unknown): value is Promise<void> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** The callbacks a caller gave: one, a list, or nothing. Hooks with misspelt names are refused. */
export function checkCallbacks(given: unknown, where: string): CallbackHooks[] {
  const list: unknown[] = [given ?? []].flat();
  const known = [...Object.getOwnPropertyNames(Callback.prototype), "onBatchBegin", "onBatchEnd"];
  for (const callback of list) {
    if (typeof callback !== "object" || callback === null) refuse(where, "callbacks", "objects with hooks", callback);
    const odd = Object.keys(callback).find((key) => /^on[A-Z]/.test(key) && !known.includes(key));
    if (odd !== undefined)
      throw new ValueError(`[${where}] callbacks: there is no hook "${odd}".${suggest(odd, known)}`);
  }
  return list as CallbackHooks[];
}
