/**
 * `hornbeam/threads`: several threads for one step. Results are equal bit for bit whatever their number, since threads share
 * outputs and never a sum.
 */
import { engine } from "../memory/engine.ts";
import { useThreading } from "../runtime/parallel.ts";
import { refuse } from "../util/errors.ts";
import { checkInteger, checkOptions } from "../util/names.ts";
import { allowThreads, changeSettings, MOST_THREADS, settings } from "../util/settings.ts";
import { warn } from "../util/warn.ts";
import { Threads } from "./threads.ts";
import { workerMaker } from "./workers.ts";

/** How many threads, and where their script is. */
export interface ThreadOptions {
  /** Threads that work on a step, the calling one included; "auto" (default): as many as the machine has processors, at most 8. */
  threads?: number | "auto";
  /** Address of `hornbeam/worker.js` where it does not lie beside this file, as after some bundlers. */
  workerUrl?: string | URL;
}

/** More threads than this are never chosen on their own: the products of small networks do not feed them. */
const MOST_AUTO = 8;

/**
 * Lets plans use several threads, and sets `configure({threads})`, which changes their number later (1: none).
 *
 * Workers start with the first step that is large enough, end with the page or process and never keep a process alive.
 * Calls too small to gain stay on one thread. Where memory cannot be shared (a page without cross-origin isolation) one
 * thread goes on working, and one line in the log says which headers are missing.
 *
 * @returns the number of threads in use.
 * @example
 * import { enableThreads } from "hornbeam/threads";
 * await enableThreads({ threads: 2 });
 * @throws ValueError for an unusable option.
 */
export async function enableThreads(options: ThreadOptions = {}): Promise<number> {
  const where = "enableThreads";
  checkOptions(options, ["threads", "workerUrl"], where);
  const { threads = "auto", workerUrl } = options;
  if (threads !== "auto") checkInteger(threads, where, "threads", 1, MOST_THREADS);
  if (workerUrl !== undefined && typeof workerUrl !== "string" && !(workerUrl instanceof URL)) {
    refuse(where, "workerUrl", "an address", workerUrl);
  }
  if (!canShare()) {
    warn(MISSING_HEADERS);
    changeSettings({ threads: 1 });
    return 1;
  }
  const makeWorker = await workerMaker(workerUrl);
  allowThreads();
  useThreading(new Threads(makeWorker));
  const count =
    threads === "auto"
      ? Math.min(globalThis.navigator?.hardwareConcurrency ?? (await processors()), MOST_AUTO)
      : threads;
  changeSettings({ threads: count });
  if (count > 1 && !engine().heap.shared) changeSettings({ threads: 1 });
  return settings().threads;
}

const MISSING_HEADERS =
  "[threads] one thread only: this page cannot share memory. Its server must send the headers " +
  "`Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`.";

/** Node, Deno and Bun always can; a page where its headers isolate it. */
function canShare(): boolean {
  const host = globalThis as { crossOriginIsolated?: boolean; SharedArrayBuffer?: unknown };
  return host.SharedArrayBuffer !== undefined && host.crossOriginIsolated !== false;
}

async function processors(): Promise<number> {
  return (await import("node:os")).availableParallelism();
}
