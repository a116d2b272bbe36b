import type { CallbackHooks, CallbackParams, Logs } from "./callback.ts";
import { barLine, epochLine, visibleLength } from "./progress-bar.ts";

/** 0 silent, 1 bar, 2 one line for each epoch; "auto": a bar on a terminal, else silent. */
export type Verbose = 0 | 1 | 2 | "auto";

/** Where progress is shown. */
export interface Terminal {
  /** A screen that a line can be rewritten on. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What has its progress shown: epochs of `fit`, an evaluation, a prediction. */
export type ProgressKind = "Epoch" | "Test" | "Predict";

/** Seconds between two refreshes of the bar. */
const INTERVAL = 0.05;

/**
 * Hooks that show the progress of a run as Keras does. With verbose 1 on something that is no screen, only the last line
 * of each epoch or run.
 */
export function progressLogger(
  terminal: Terminal,
  verbose: 1 | 2,
  kind: ProgressKind,
  now: () => number = () => performance.now() / 1000,
): CallbackHooks {
  const screen = verbose === 1 && terminal.isTTY === true;
  let params: CallbackParams | undefined;
  let [start, afterFirst, shown, seen, width] = [0, 0, 0, 0, 0];

  const show = (logs: Logs, done: boolean): void => {
    const target = params!.steps;
    const time = now();
    const elapsed = time - start;
    // The first step includes the tracing of the plan, so the rate is taken from the others.
    const perStep = seen > 1 ? (time - afterFirst) / (seen - 1) : elapsed / Math.max(1, seen);
    const progress = { current: done ? target : seen, target, elapsed, perStep, logs, done };
    const line = verbose === 2 ? epochLine(progress) : barLine(progress, { color: screen });
    const rest = " ".repeat(Math.max(0, width - visibleLength(line)));
    width = visibleLength(line);
    terminal.write(`${screen ? `\r${line}${rest}` : line}${done || !screen ? "\n" : ""}`);
    shown = now();
  };

  return {
    setParams(given: CallbackParams): void {
      params = given;
    },
    [`on${kind}Begin`](epoch: number): void {
      if (params!.epochs > 1) terminal.write(`Epoch ${epoch + 1}/${params!.epochs}\n`);
      start = now();
      shown = seen = width = 0;
    },
    [`on${kind === "Epoch" ? "Train" : kind}BatchEnd`](batch: number, logs: Logs): void {
      seen = batch + 1;
      if (seen === 1) afterFirst = now();
      if (screen && now() - shown >= INTERVAL) show(logs, false);
    },
    [`on${kind}End`](first: number | Logs, second?: Logs): void {
      show(second ?? (first as Logs), true);
    },
  };
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

/** The callbacks that show a run's progress, and the verbosity "auto" comes to. */
export function progress(given: Verbose, kind: ProgressKind): { verbose: 0 | 1 | 2; callbacks: CallbackHooks[] } {
  const terminal = findTerminal();
  const verbose = given === "auto" ? (terminal?.isTTY === true ? 1 : 0) : given;
  return { verbose, callbacks: verbose === 0 || !terminal ? [] : [progressLogger(terminal, verbose, kind)] };
}
