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

/** What a hook is called by: the names `onBatchBegin` and `onBatchEnd` mean others. */
function meaning(name: string): string {
  return name.replace("onBatch", "onTrainBatch");
}

/** Callbacks of one run, in order. A hook that nobody has costs nothing. */
export class CallbackList {
  readonly #hooks: Map<string, Hook[]> = new Map();

  constructor(callbacks: readonly CallbackHooks[], model: CallbackModel, params: CallbackParams) {
    const inherited = Callback.prototype as CallbackHooks;
    for (const callback of callbacks) {
      callback.setModel?.(model);
      callback.setParams?.(params);
      for (const name of hookNames()) {
        const hook = callback[name as HookName] as Hook | undefined;
        if (typeof hook !== "function" || hook === inherited[name as HookName]) continue;
        const bound: Hook = (...args) => hook.apply(callback, args);
        this.#hooks.set(meaning(name), [...(this.#hooks.get(meaning(name)) ?? []), bound]);
      }
    }
  }

  /** True when some callback has the hook: else its logs need not be made. */
  has(name: HookName): boolean {
    return this.#hooks.has(name);
  }

  /** Calls the hook of every callback; gives a promise only when one of them did. */
  call(name: HookName, ...args: (number | Logs)[]): HookResult {
    return callFrom(this.#hooks.get(name) ?? [], 0, args);
  }
}

function callFrom(hooks: readonly Hook[], start: number, args: (number | Logs)[]): HookResult {
  for (let i = start; i < hooks.length; i++) {
    const result = hooks[i]!(...args);
    if (isThenable(result)) return Promise.resolve(result).then(() => callFrom(hooks, i + 1, args));
  }
}

function hookNames(): string[] {
  const own = Object.getOwnPropertyNames(Callback.prototype).filter((name) => name.startsWith("on"));
  return [...own, "onBatchBegin", "onBatchEnd"];
}

/** True for a promise, or what acts as one. */
export function isThenable(value: unknown): value is Promise<void> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** The callbacks a caller gave: one, a list, or nothing. Hooks with misspelt names are refused. */
export function checkCallbacks(given: unknown, where: string): CallbackHooks[] {
  const list: unknown[] = [given ?? []].flat();
  const known = hookNames();
  for (const callback of list) {
    if (typeof callback !== "object" || callback === null) refuse(where, "callbacks", "objects with hooks", callback);
    const odd = Object.keys(callback).find((key) => /^on[A-Z]/.test(key) && !known.includes(key));
    if (odd !== undefined) throw new ValueError(`[${where}] callbacks: there is no hook "${odd}".${suggest(odd, known)}`);
  }
  return list as CallbackHooks[];
}
