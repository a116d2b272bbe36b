import type { CallbackHooks, Logs } from "../callbacks/callback.ts";
import type { Model } from "../models/model.ts";
import { Tensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { decode, encode, type HostTensor, PLAIN, type Port, type Request } from "./protocol.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Serves a model to the page that started this worker: call it once in the worker's module, with a function that builds
 * and compiles the model. The page's side is `connectModel`.
 *
 * @example
 * // model-worker.js
 * import * as hb from "hornbeam";
 * import { serveModel } from "hornbeam/worker";
 *
 * serveModel(() => {
 *   const model = hb.sequential({ layers: [hb.input({ shape: [4] }), hb.layers.dense({ units: 1 })] });
 *   model.compile({ optimizer: "adam", loss: "mse" });
 *   return model;
 * });
 * @throws ValueError when `build` is no function. What `build` throws is what every call on the page's side rejects with.
 */
export function serveModel(build: () => Model | Promise<Model>): void {
  if (typeof build !== "function") refuse("serveModel", "build", "a function that gives a model", build);
  void workerPort().then((port) => new Server(build, port));
}

class Server {
  readonly #model: Promise<Model>;
  readonly #port: Port;
  readonly #running: Map<number, AbortController> = new Map();
  /** Calls run one after another, as they were made. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(build: () => Model | Promise<Model>, port: Port) {
    this.#port = port;
    this.#model = Promise.resolve()
      .then(build)
      .then((model) =>
        typeof model?.fit === "function"
          ? model
          : refuse("serveModel", "build", "a function that gives a model", model),
      );
    this.#model.catch(() => {});
    port.listen((message) => this.#receive(message as Request));
  }

  #receive(request: Request): void {
    if (request.kind === "abort") this.#running.get(request.id)?.abort(request.reason);
    else if (request.kind === "stop") {
      const stop = (model: Model): void => {
        model.stopTraining = true;
      };
      // A model that could not be built tells so at each call.
      void this.#model.then(stop, () => {});
    } else {
      this.#running.set(request.id, new AbortController());
      this.#last = this.#last.then(() => this.#call(request));
    }
  }

  async #call({ id, method, args, hooks }: Request & { kind: "call" }): Promise<void> {
    try {
      const model = await this.#model;
      const { signal } = this.#running.get(id)!;
      // A short training would be over before an abort that waits behind its call is read.
      if (method === "fit") await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      const plain = PLAIN.includes(method);
      const given = plain ? [...args] : args.map((arg) => decode(arg, toTensor));
      if (method === "fit") given[2] = { ...(given[2] as object), signal, callbacks: this.#forward(id, hooks) };
      // The text travels; the console is the page's.
      if (method === "summary") given[0] = { printFn: () => {} };
      const result = await (model[method] as AnyFunction).apply(model, given);
      const value = method === "fit" ? historyOf(result) : plain ? result : encode(result);
      this.#port.send({ kind: "result", id, value });
    } catch (error) {
      const { name = "Error", message = String(error) } = (error ?? {}) as Partial<Error>;
      this.#port.send({ kind: "error", id, name, message });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Callbacks that tell the page. */
  #forward(id: number, hooks: readonly string[]): CallbackHooks {
    const tell =
      (hook: string) =>
      (...args: (number | Logs)[]): void =>
        this.#port.send({ kind: "hook", id, hook, args });
    return Object.fromEntries(hooks.map((hook) => [hook, tell(hook)]));
  }
}

const toTensor = ({ data, shape, dtype }: HostTensor): Tensor => new Tensor(shape, dtype, data);

/** A history without its methods, which do not travel. */
function historyOf(result: unknown): unknown {
  const { epoch, history } = result as { epoch: unknown; history: unknown };
  return { epoch, history };
}

/** The line to whoever started this worker. Node's workers have one of their own; Bun's of both kinds have it too. */
async function workerPort(): Promise<Port> {
  const host = globalThis as unknown as {
    process?: { versions?: { node?: string } };
    Deno?: unknown;
    postMessage(message: unknown): void;
    addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  };
  if (host.process?.versions?.node === undefined || host.Deno !== undefined) {
    return {
      send: (message) => host.postMessage(message),
      listen: (receive) => host.addEventListener("message", ({ data }) => receive(data)),
    };
  }
  const { parentPort } = await import("node:worker_threads");
  return {
    send: (message) => parentPort!.postMessage(message),
    listen: (receive) => void parentPort!.on("message", receive),
  };
}
