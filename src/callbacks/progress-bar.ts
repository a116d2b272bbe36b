import type { Logs } from "./callback.ts";

const WIDTH = 20;
const BOLD = "\x1b[1m";
const GREEN = "\x1b[32m";
const GREY = "\x1b[37m";
const RESET = "\x1b[0m";

/** State of a run at one moment. */
export interface Progress {
  readonly current: number;
  readonly target: number | undefined;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Seconds one step takes. */
  readonly perStep: number;
  readonly logs: Logs;
  /** True for the last line, which shows the time taken instead of the time left. */
  readonly done: boolean;
}

/** `name: 0.1234`, or with an exponent where four decimals would show nothing. */
export function formatLog(name: string, value: number): string {
  if (Math.abs(value) > 1e-3 || !Number.isFinite(value)) return `${name}: ${formatFixed(value)}`;
  return `${name}: ${value.toExponential(4).replace(/e([+-])(\d)$/, "e$10$2")}`;
}

function formatFixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value).toLowerCase().replace("infinity", "inf");
}

/** `12ms/step`: seconds, milliseconds or microseconds. */
export function formatStepTime(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${seconds.toFixed(0)}s/step`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(0)}ms/step`;
  return `${(seconds * 1e6).toFixed(0)}us/step`;
}

/** `9s`, `2:05`, `1:02:03`. */
export function formatEta(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  if (whole > 3600) return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  if (whole > 60) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  return `${whole}s`;
}

function formatCount(current: number, target: number | undefined): string {
  if (target === undefined) return `${String(current).padStart(7)}/Unknown`;
  return `${String(current).padStart(String(target).length)}/${target}`;
}

function formatLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => ` - ${formatLog(name, value)}`)
    .join("");
}

/** The line of verbose 1: count, bar, time left or taken, time per step, metrics. */
export function barLine(progress: Progress, { color = true }: { color?: boolean } = {}): string {
  const { current, target, elapsed, perStep, logs, done } = progress;
  const paint = (text: string, code: string): string => (color && text !== "" ? `${code}${text}${RESET}` : text);
  let line = paint(formatCount(current, target), BOLD);
  if (target !== undefined) {
    const filled = Math.floor((WIDTH * current) / target);
    line += ` ${paint("━".repeat(filled), GREEN)}${paint("━".repeat(WIDTH - filled), GREY)}`;
  }
  const time = done || target === undefined ? `${elapsed.toFixed(0)}s` : formatEta(perStep * (target - current));
  return `${line} ${paint(time, BOLD)} ${formatStepTime(perStep)}${formatLogs(logs)}`;
}

/** The line of verbose 2: one for each epoch, plain text. */
export function epochLine(progress: Progress): string {
  const { current, target, elapsed, perStep, logs } = progress;
  const count = formatCount(current, target).trimStart();
  return `${count} - ${elapsed.toFixed(0)}s - ${formatStepTime(perStep)}${formatLogs(logs)}`;
}

/** Characters a line takes on the screen: without the escape sequences. */
export function visibleLength(line: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  return line.replace(/\x1b\[\d+m/g, "").length;
}
