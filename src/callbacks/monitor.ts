import { fail } from "../util/errors.ts";
import { checkChoice } from "../util/names.ts";
import { count, type Settled, type Table, text } from "../util/settle.ts";
import { warn } from "../util/warn.ts";
import { Callback, type Logs } from "./callback.ts";

/** What every callback takes that watches a number in the logs. */
export interface MonitorOptions {
  /** Name of the number in the logs. Default "val_loss". */
  readonly monitor?: string | undefined;
  /** Which way is better. "auto" (default): down for a loss, else the way the metric of that name has. */
  readonly mode?: "auto" | "min" | "max" | undefined;
  /** 1: say on the console what is done. Default 0. */
  readonly verbose?: number | undefined;
}

/** The options of a monitor for `settle`. */
export const MONITOR: Table<MonitorOptions> = {
  monitor: ["val_loss", text],
  mode: ["auto", (value, where) => checkChoice(value, where, "mode", ["auto", "min", "max"])],
  verbose: [0, count],
};

/** Base of the callbacks that watch a number for improvement. Comparisons are in float32, as Keras's are. */
export abstract class MonitorCallback<T extends MonitorOptions> extends Callback {
  /** What was given, with defaults. */
  readonly options: Settled<T>;
  /** The best number so far; null before the first. */
  best: number | null = null;
  readonly #minDelta: number;
  /** 1 where more is better, -1 where less is. */
  #sign = 0;

  protected constructor(options: Settled<T>, minDelta = 0) {
    super();
    this.options = options;
    this.#minDelta = Math.abs(minDelta);
  }

  /** Finds out which way is better, once the metrics exist. */
  protected resolveMode(where: string): void {
    if (this.#sign !== 0) return;
    const { monitor, mode } = this.options as Settled<MonitorOptions>;
    const name = monitor.replace(/^val_/, "");
    const known = this.model.metrics.find((metric) => metric.name === name);
    const auto = name === "loss" ? "down" : known?.direction;
    const direction = { auto, min: "down", max: "up" }[mode];
    if (direction === undefined) {
      fail(where, `mode: expected "max" or "min", as it is not known which way "${monitor}" is better, got "auto"`);
    }
    this.#sign = direction === "up" ? 1 : -1;
  }

  /** True when the number is better than the other by more than `minDelta`, or there is no other. */
  protected improves(value: number, than: number | null): boolean {
    if (than === null) return true;
    const sign = this.#sign;
    return sign * Math.fround(value - sign * this.#minDelta) > sign * Math.fround(than);
  }

  /** The number watched; warns when there is none. */
  protected watch(logs: Logs, where: string): number | undefined {
    const { monitor } = this.options as Settled<MonitorOptions>;
    const value = logs[monitor];
    if (value === undefined) {
      warn(`[${where}] monitor: expected one of the logs, ${Object.keys(logs).join(", ")}, got "${monitor}".`);
    }
    return value;
  }

  /** Says something on the console if it is to. */
  protected say(message: string): void {
    if (this.options.verbose) console.log(message);
  }
}
