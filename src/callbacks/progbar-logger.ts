import { refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { Callback, type CallbackHooks, type Logs } from "./callback.ts";
import { barLine, epochLine, visibleLength } from "./progress-bar.ts";

/** 0 silent, 1 bar, 2 one line for each epoch; "auto": a bar on a terminal, else silent. */
export type Verbose = 0 | 1 | 2 | "auto";

/** Where progress is shown. */
export interface Terminal {
  /** A screen that a line can be rewritten on. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What a ProgbarLogger takes. */
export interface ProgbarLoggerOptions {
  /** Where the text goes. Default: the process's standard output; where there is none, nothing is shown. */
  readonly stream?: Terminal | undefined;
  /** The time in seconds. */
  readonly now?: (() => number) | undefined;
}

/** Seconds between two refreshes of the bar. */
const INTERVAL = 0.05;

/**
 * Shows the progress of `fit`, `evaluate` or `predict` as Keras does, as `verbose` wants it. Every run has one of its own
 * unless you give it one, with another stream say. On what is no screen, only the last line of each epoch or run is
 * written. Validation inside `fit` shows nothing.
 */
export class ProgbarLogger extends Callback {
  static override readonly className: string = "ProgbarLogger";
  readonly #stream: Terminal | undefined;
  readonly #now: () => number;
  #target: number | undefined;
  #inFit = false;
  #open = false;
  #start = 0;
  #afterFirst = 0;
  #shown = 0;
  #seen = 0;
  #width = 0;

  constructor(options: ProgbarLoggerOptions = {}) {
    super();
    checkOptions(options, ["stream", "now"], "ProgbarLogger");
    const { stream = findTerminal(), now = () => performance.now() / 1000 } = options;
    if (stream && typeof stream.write !== "function") refuse("ProgbarLogger", "stream", "{write(text)}", stream);
    this.#stream = stream;
    this.#now = now;
  }

  #begin(): void {
    this.#start = this.#now();
    this.#shown = this.#seen = this.#width = 0;
  }

  #step(batch: number, logs: Logs): void {
    this.#seen = batch + 1;
    if (this.#seen === 1) this.#afterFirst = this.#now();
    const due = this.params.verbose === 1 && this.#stream?.isTTY && this.#now() - this.#shown >= INTERVAL;
    if (due) this.#show(logs, false);
  }

  #end(logs: Logs): void {
    this.#target ??= this.#seen;
    this.#show(logs, true);
  }

  #show(logs: Logs, done: boolean): void {
    const { verbose } = this.params;
    if (verbose === 0 || this.#stream === undefined) return;
    const screen = verbose === 1 && this.#stream.isTTY === true;
    const [time, seen, target] = [this.#now(), this.#seen, this.#target];
    const elapsed = time - this.#start;
    // The first step includes the tracing of the plan, so the rate is taken from the others.
    const perStep = seen > 1 ? (time - this.#afterFirst) / (seen - 1) : elapsed / Math.max(1, seen);
    const progress = { current: done ? target! : seen, target, elapsed, perStep, logs, done };
    const line = verbose === 2 ? epochLine(progress) : barLine(progress, { color: screen });
    const rest = " ".repeat(Math.max(0, this.#width - visibleLength(line)));
    this.#width = visibleLength(line);
    this.#stream.write(`${screen ? `\r${line}${rest}` : line}${done || !screen ? "\n" : ""}`);
    this.#open = !done;
    this.#shown = this.#now();
  }

  override onTrainBegin(): void {
    this.#inFit = true;
    this.#target = this.params.steps;
  }

  override onEpochBegin(epoch: number): void {
    const { epochs, verbose } = this.params;
    if (epochs > 1 && verbose !== 0) this.#stream?.write(`Epoch ${epoch + 1}/${epochs}\n`);
    this.#begin();
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#step(batch, logs);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.#end(logs);
  }

  override onTrainEnd(): void {
    this.#inFit = false;
  }

  override onTestBegin(): void {
    if (!this.#inFit) this.onPredictBegin();
  }

  override onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.#inFit) this.#step(batch, logs);
  }

  override onTestEnd(logs: Logs): void {
    if (!this.#inFit) this.#end(logs);
  }

  override onPredictBegin(): void {
    this.#target = this.params.steps;
    this.#begin();
  }

  override onPredictBatchEnd(batch: number): void {
    this.#step(batch, {});
  }

  override onPredictEnd(): void {
    this.#end({});
  }

  /** An error does not have to share its line with half a bar. */
  override onInterrupt(): void {
    this.#inFit = false;
    if (this.#open) this.#stream!.write("\n");
    this.#open = false;
  }
}

/** The process's standard output in Node and Deno; undefined in pages and workers, where nothing is shown. */
function findTerminal(): Terminal | undefined {
  try {
    const { stdout } = (globalThis as { process?: { stdout?: Terminal } }).process ?? {};
    return typeof stdout?.write === "function" ? stdout : undefined;
  } catch {
    // Some hosts define `process` with getters that throw; progress is not worth an error.
    return undefined;
  }
}

/** The verbosity that "auto" comes to, and the callbacks of a run with what shows its progress. */
export function withProgress(
  given: Verbose,
  callbacks: readonly CallbackHooks[],
): { verbose: 0 | 1 | 2; callbacks: readonly CallbackHooks[] } {
  const own = callbacks.some((callback) => callback instanceof ProgbarLogger);
  const verbose = given === "auto" ? (own || findTerminal()?.isTTY === true ? 1 : 0) : given;
  return { verbose, callbacks: own || verbose === 0 ? callbacks : [...callbacks, new ProgbarLogger()] };
}
