import type { CallbackHooks, CallbackModel } from "../callbacks/callback.ts";
import type { EvaluateOptions, FitOptions, PredictOptions, TrainOnBatchOptions } from "../models/options.ts";
import type { ModelState } from "../models/state.ts";
import * as errors from "../util/errors.ts";
import { decode, encode, type HostTensor, type Method, PLAIN, type Port, type Reply } from "./protocol.ts";

/** Numbers for a model in a worker: typed arrays, nested arrays, tensors, `{data, shape, dtype}`; lists and dicts of such. */
export type RemoteData = unknown;

/** What a model gives: numbers with their shape, in the structure of its outputs. */
export type RemoteOutputs = HostTensor | readonly RemoteOutputs[] | { readonly [name: string]: RemoteOutputs };

/** Results of `evaluate`: as those of `model.evaluate`. */
export type RemoteResults = number | number[] | Record<string, number>;

/** What `fit` gives back. */
export interface RemoteHistory {
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
}

/** What `connectModel` needs of a worker: that of a page, Deno or Bun, or of `node:worker_threads`. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** The listeners of both kinds. */
interface Listening {
  addEventListener(type: string, listener: (event: { data?: unknown; message?: string }) => void): void;
  on?(event: string, listener: (value: unknown) => void): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly callbacks: readonly CallbackHooks[];
}

/**
 * The model that a worker serves (`serveModel`), as seen from the page or process that started the worker. Its methods are
 * those of a model, all asynchronous; calls run in the order they were made. Data are copied to the worker and back.
 */
export class RemoteModel {
  readonly #worker: WorkerLike;
  readonly #port: Port;
  readonly #waiting: Map<number, Waiting> = new Map();
  #nextId = 0;
  #ended: Error | undefined;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    this.#port = portOf(worker, (why) => this.#end(why));
    this.#port.listen((message) => this.#receive(message as Reply));
  }

  /**
   * Trains. Callbacks run here, after what they tell of has happened: the worker does not wait for them, and logs they change
   * change nothing there; what one throws ends the training and is what `fit` rejects with. `signal` aborts, `stopTraining()` ends after the step under way.
   */
  async fit(x: RemoteData, y?: RemoteData, options: FitOptions = {}): Promise<RemoteHistory> {
    const { signal, callbacks, ...others } = options;
    const list = [callbacks ?? []].flat() as CallbackHooks[];
    for (const callback of list) callback.setModel?.(absentModel());
    const id = this.#nextId;
    if (signal?.aborted) throw signal.reason;
    const abort = (): void => this.#port.send({ kind: "abort", id, reason: String(signal!.reason) });
    signal?.addEventListener("abort", abort, { once: true });
    return this.#call<RemoteHistory>("fit", [x, y, { verbose: 0, ...others }], list)
      .catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      })
      .finally(() => signal?.removeEventListener("abort", abort));
  }

  evaluate(x: RemoteData, y?: RemoteData, options: Omit<EvaluateOptions, "callbacks"> = {}): Promise<RemoteResults> {
    return this.#call("evaluate", [x, y, { verbose: 0, ...options }]);
  }

  predict(x: RemoteData, options: Omit<PredictOptions, "callbacks"> = {}): Promise<RemoteOutputs> {
    return this.#call("predict", [x, { verbose: 0, ...options }]);
  }

  trainOnBatch(x: RemoteData, y?: RemoteData, options: TrainOnBatchOptions = {}): Promise<RemoteResults> {
    return this.#call("trainOnBatch", [x, y, options]);
  }

  getWeights(): Promise<HostTensor[]> {
    return this.#call("getWeights", []);
  }

  setWeights(weights: readonly RemoteData[]): Promise<void> {
    return this.#call("setWeights", [weights]);
  }

  /** Everything a training needs to go on, here or elsewhere. */
  getState(): Promise<ModelState> {
    return this.#call("getState", []);
  }

  setState(state: ModelState): Promise<void> {
    return this.#call("setState", [state]);
  }

  /** The table of layers as text; it is not printed. */
  summary(): Promise<string> {
    return this.#call("summary", []);
  }

  /** Ends a `fit` after the step under way, as `model.stopTraining = true` does. */
  stopTraining(): void {
    this.#port.send({ kind: "stop" });
  }

  /** Ends the worker at once; calls under way reject with a StateError. */
  terminate(): void {
    this.#end("was terminated");
    this.#worker.terminate();
  }

  #call<T>(method: Method, args: readonly unknown[], callbacks: readonly CallbackHooks[] = []): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    const hooks = [...new Set(callbacks.flatMap(hooksOf))];
    return new Promise<T>((resolve, reject) => {
      try {
        this.#port.send({ kind: "call", id, method, args: PLAIN.includes(method) ? args : args.map(encode), hooks });
      } catch (error) {
        errors.fail("worker", `${method}: expected what can be copied to a worker (${(error as Error).message})`);
      }
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, callbacks });
    });
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.kind === "hook") {
      // As in a model of this thread, what a callback throws ends the training.
      const fail = (error: unknown): void => {
        if (!this.#waiting.delete(reply.id)) return;
        this.#port.send({ kind: "abort", id: reply.id, reason: String(error) });
        waiting.reject(error);
      };
      for (const callback of waiting.callbacks) {
        try {
          const hook = callback[reply.hook as keyof CallbackHooks] as ((...args: unknown[]) => unknown) | undefined;
          void Promise.resolve(hook?.apply(callback, [...reply.args])).catch(fail);
        } catch (error) {
          fail(error);
        }
      }
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.kind === "result") waiting.resolve(decode(reply.value, (tensor) => tensor));
    else waiting.reject(errorOf(reply.name, reply.message));
  }

  #end(why: string): void {
    this.#ended ??= new errors.StateError(`[worker] expected a worker that runs, got one that ${why}.`);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/**
 * Connects to the model that a worker serves.
 *
 * @param worker a `Worker` of a page, Deno or Bun, or of `node:worker_threads`, whose module calls `serveModel`.
 * @example
 * const worker = new Worker(new URL("./model-worker.js", import.meta.url), { type: "module" });
 * const model = connectModel(worker);
 * await model.fit(x, y, { epochs: 10, callbacks: { onEpochEnd: (epoch, logs) => show(epoch, logs.loss) } });
 * const { data } = await model.predict([[1, 2, 3, 4]]);
 * @throws ValueError when `worker` is none.
 */
export function connectModel(worker: WorkerLike): RemoteModel {
  if (typeof worker?.postMessage !== "function" || typeof worker.terminate !== "function") {
    errors.refuse("connectModel", "worker", "a Worker", worker);
  }
  return new RemoteModel(worker);
}

/** What callbacks that act on their model find here. */
function absentModel(): CallbackModel {
  const get = (): never =>
    errors.fail("worker", "callbacks: expected some that only listen, got one that reads its model", errors.StateError);
  return new Proxy({} as CallbackModel, { get });
}

/** Names of the hooks a callback has, its own and inherited ones. */
function hooksOf(callback: CallbackHooks): string[] {
  const names: string[] = [];
  for (
    let object: object = callback;
    object !== null && object !== Object.prototype;
    object = Object.getPrototypeOf(object)
  ) {
    names.push(...Object.getOwnPropertyNames(object));
  }
  return names.filter((name) => /^on[A-Z]/.test(name));
}

function portOf(worker: WorkerLike, ended: (why: string) => void): Port {
  const source = worker as unknown as Listening;
  const send = (message: unknown): void => worker.postMessage(message);
  if (typeof source.on === "function") {
    source.on("error", (error) => ended(`failed: ${error}`));
    source.on("exit", () => ended("ended"));
    return { send, listen: (receive) => source.on!("message", receive) };
  }
  source.addEventListener("error", ({ message }) => ended(`failed: ${message}`));
  return { send, listen: (receive) => source.addEventListener("message", ({ data }) => receive(data)) };
}

/** The error of the worker, of the class it had there. */
function errorOf(name: string, message: string): Error {
  const Class = (errors as unknown as Record<string, new (message: string) => Error>)[name];
  if (typeof Class === "function" && Class.prototype instanceof Error) return new Class(message);
  return Object.assign(new Error(message), { name });
}
