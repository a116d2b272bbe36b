import { Callback, type Logs } from "./callback.ts";
import { barLine, epochLine, type Progress, visibleLength } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** Seconds between two refreshes of the bar. */
const INTERVAL = 0.05;

/** Shows the progress of `fit` as Keras does. With verbose 1 on something that is no screen, only each epoch's last line. */
export class ProgressLogger extends Callback {
  static override readonly className: string = "ProgressLogger";
  readonly #terminal: Terminal;
  readonly #verbose: 1 | 2;
  readonly #now: () => number;
  #start = 0;
  #afterFirst = 0;
  #lastShown = 0;
  #seen = 0;
  #shownLength = 0;

  constructor(terminal: Terminal, verbose: 1 | 2, now: () => number = () => performance.now() / 1000) {
    super();
    this.#terminal = terminal;
    this.#verbose = verbose;
    this.#now = now;
  }

  /** Whether the bar wants the logs of this batch: it redraws at most every 50 ms. */
  get #due(): boolean {
    return this.#verbose === 1 && this.#terminal.interactive && this.#now() - this.#lastShown >= INTERVAL;
  }

  override onEpochBegin(epoch: number): void {
    const epochs = this.params?.epochs ?? 1;
    if (epochs > 1) this.#terminal.write(`Epoch ${epoch + 1}/${epochs}\n`);
    this.#start = this.#now();
    this.#lastShown = 0;
    this.#seen = 0;
    this.#shownLength = 0;
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#seen = batch + 1;
    if (this.#seen === 1) this.#afterFirst = this.#now();
    if (this.#due) this.#show(logs, false);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.#show(logs, true);
  }

  #progress(logs: Logs, done: boolean): Progress {
    const now = this.#now();
    const elapsed = now - this.#start;
    // The first step includes the tracing of the plan, so the rate is taken from the others.
    const perStep = this.#seen > 1 ? (now - this.#afterFirst) / (this.#seen - 1) : elapsed / Math.max(1, this.#seen);
    const target = this.params?.steps;
    const current = done ? (target ?? this.#seen) : this.#seen;
    return { current, target, elapsed, perStep, logs, done };
  }

  #show(logs: Logs, done: boolean): void {
    const progress = this.#progress(logs, done);
    if (this.#verbose === 2) this.#terminal.write(`${epochLine(progress)}\n`);
    else if (!this.#terminal.interactive) this.#terminal.write(`${barLine(progress, { color: false })}\n`);
    else this.#redraw(barLine(progress), done);
    this.#lastShown = this.#now();
  }

  #redraw(line: string, done: boolean): void {
    const length = visibleLength(line);
    const rest = " ".repeat(Math.max(0, this.#shownLength - length));
    this.#shownLength = length;
    this.#terminal.write(`\r${line}${rest}${done ? "\n" : ""}`);
  }
}
