import type { Logs } from "./callback.ts";
import { formatNumber } from "./format-path.ts";

const WIDTH = 20;
const BOLD = 1;
const GREEN = 32;
const GREY = 37;

/** State of a run at one moment. */
export interface Progress {
  readonly current: number;
  /** Steps in all; undefined while unknown. */
  readonly target: number | undefined;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Seconds one step takes. */
  readonly perStep: number;
  readonly logs: Logs;
  /** True for the last line, which shows the time taken instead of the time left. */
  readonly done: boolean;
}

/** `name: 0.1234`, or with an exponent where four decimals would show nothing; of several values the mean. */
export function formatLog(name: string, given: unknown): string {
  const values = [given].flat(Infinity as 1) as number[];
  const value = values.reduce((sum, each) => sum + each, 0) / values.length;
  return `${name}: ${formatNumber(value, Math.abs(value) > 1e-3 ? "f" : "e", 4)}`;
}

/** `12ms/step`: seconds, milliseconds or microseconds. */
export function formatStepTime(seconds: number): string {
  const [unit, scale] = seconds >= 1 || seconds === 0 ? ["s", 1] : seconds >= 1e-3 ? ["ms", 1e3] : ["us", 1e6];
  return `${(seconds * Number(scale)).toFixed(0)}${unit}/step`;
}

/** `9s`, `2:05`, `1:02:03`. */
export function formatEta(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole <= 60) return `${whole}s`;
  const text = new Date(whole * 1000).toISOString().slice(14, 19);
  return whole > 3600 ? `${Math.floor(whole / 3600)}:${text}` : text.replace(/^0/, "");
}

function count({ current, target }: Progress): string {
  const all = String(target ?? "Unknown");
  return `${String(current).padStart(all.length)}/${all}`;
}

function end({ perStep, logs }: Progress): string {
  const shown = Object.entries(logs).map(([name, value]) => ` - ${formatLog(name, value)}`);
  return formatStepTime(perStep) + shown.join("");
}

/**
 * The line of verbose 1: count, bar, time left or taken, time per step, metrics. While the number of steps is unknown there
 * is no bar, and the time taken stands for the time left.
 */
export function barLine(progress: Progress, { color = true }: { color?: boolean } = {}): string {
  const { current, target, elapsed, perStep, done } = progress;
  const paint = (text: string, code: number): string => (color && text ? `\x1b[${code}m${text}\x1b[0m` : text);
  if (target === undefined) return `${count(progress)} ${paint(`${elapsed.toFixed(0)}s`, BOLD)} ${end(progress)}`;
  const filled = Math.floor((WIDTH * current) / target);
  const bar = paint("━".repeat(filled), GREEN) + paint("━".repeat(WIDTH - filled), GREY);
  const time = done ? `${elapsed.toFixed(0)}s` : formatEta(perStep * (target - current));
  return `${paint(count(progress), BOLD)} ${bar} ${paint(time, BOLD)} ${end(progress)}`;
}

/** The line of verbose 2: one for each epoch, plain text. */
export function epochLine(progress: Progress): string {
  return `${count(progress).trimStart()} - ${progress.elapsed.toFixed(0)}s - ${end(progress)}`;
}

/** Characters a line takes on the screen: without the escape sequences. */
export function visibleLength(line: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  return line.replace(/\x1b\[\d+m/g, "").length;
}
