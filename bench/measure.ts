/**
 * Times functions in turns, on any engine. Each round times every side for a short while, with a fixed loop of arithmetic
 * before and after; ratios are those within a round, so that the machine's moods meet all sides alike. Where the loop shows that the machine was
 * too uneven, everything is done again.
 */
import Benchmark from "benchmark";
import type { Bench, Comparison, Effort, Result, Spread } from "./bench.ts";

/** Spread of the calibration loop beyond which a run counts as noisy. */
const NOISE = 0.1;
const WARM_UP_MS = 300;
const LONGEST_WARM_UP_MS = 3000;

/** Seconds of each side in each round, and how even the machine was. */
export interface Turns {
  /** `times[round][side]`. */
  readonly times: readonly (readonly number[])[];
  readonly calibration: number;
  readonly noise: number;
  readonly noisy: boolean;
}

const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
const median = (list: readonly number[]): number => sorted(list)[list.length >> 1]!;

/** Median and quartiles. */
export function spreadOf(list: readonly number[]): Spread {
  const quarter = Math.floor((list.length - 1) / 4);
  return { median: median(list), low: sorted(list)[quarter]!, high: sorted(list)[list.length - 1 - quarter]! };
}

/** A loop that costs the same at all times on an undisturbed machine; milliseconds. */
function calibrate(): number {
  const start = performance.now();
  let x = 0.5;
  for (let i = 0; i < 4e6; i++) x = x * 0.999999 + 1e-7;
  if (x === 0) throw new Error("never");
  return performance.now() - start;
}

/** What takes turns: a function, or a side that times its runs itself. */
export type Side = (() => unknown) | { time(seconds: number): Promise<number> };

/**
 * V8 tiers wasm up in the background: without a warm-up the first samples show its baseline code. Tells whether the side
 * must be waited for, as one that times itself must.
 */
async function warmUp(step: Side): Promise<boolean> {
  if (typeof step !== "function") {
    await step.time(WARM_UP_MS / 1000);
    return true;
  }
  const start = performance.now();
  for (let i = 0; ; i++) {
    const given = step();
    await given;
    const elapsed = performance.now() - start;
    if (elapsed > LONGEST_WARM_UP_MS || (i >= 5 && elapsed > WARM_UP_MS)) return given instanceof Promise;
  }
}

/**
 * Seconds a run takes: by a short run of `benchmark`, or call by call where one side `waits` or a run is long itself. Both
 * sides are timed alike: the median of single calls does not see the slices other processes take, that of long loops does.
 */
async function time(step: Side, seconds: number, waits: boolean): Promise<number> {
  if (typeof step !== "function") return step.time(seconds);
  const start = performance.now();
  await step();
  const elapsed = (performance.now() - start) / 1000;
  if (elapsed >= seconds) return elapsed;
  if (!waits) {
    const minTime = Math.min(0.05, seconds / 3);
    const benchmark = new Benchmark({ fn: step, maxTime: seconds, minSamples: 3, minTime });
    benchmark.run();
    const { error } = benchmark as { error?: unknown };
    if (error) throw error;
    return median(benchmark.stats.sample);
  }
  const times = [elapsed];
  const end = performance.now() + seconds * 1000;
  while (times.length < 3 || performance.now() < end) {
    const before = performance.now();
    await step();
    times.push((performance.now() - before) / 1000);
  }
  return median(times);
}

/** Times sides in turns, in an order that turns with every round, until the machine was even. */
export async function inTurns(sides: readonly Side[], effort: Effort): Promise<Turns> {
  let waits = false;
  for (const side of sides) waits = (await warmUp(side)) || waits;
  for (let attempt = 1; ; attempt++) {
    const times: number[][] = [];
    const loops: number[] = [];
    for (let round = 0; round < effort.rounds; round++) {
      const before = calibrate();
      const own: number[] = [];
      for (let i = 0; i < sides.length; i++) {
        const side = (i + round) % sides.length;
        own[side] = await time(sides[side]!, effort.seconds, waits);
      }
      times.push(own);
      loops.push(Math.min(before, calibrate()));
    }
    const calibration = median(loops);
    const noise = (Math.max(...loops) - Math.min(...loops)) / calibration;
    if (noise <= NOISE || attempt >= effort.tries) return { times, calibration, noise, noisy: noise > NOISE };
  }
}

/** What one run does, in the unit in which sides are compared. */
const workOf = ({ flops, bytes, elements }: Bench): number => flops ?? bytes ?? elements ?? 1;

/** Measures benches in turns; the first is what the others are compared with. */
async function measureSides(prefix: string, sides: readonly Bench[], effort: Effort): Promise<Result[]> {
  const steps: (() => unknown)[] = [];
  for (const { prepare } of sides) steps.push(await prepare());
  const { times, ...machine } = await inTurns(steps, effort);
  return sides.map((side, i) => {
    const { name, flops, bytes, elements } = side;
    const milliseconds = spreadOf(times.map((round) => round[i]! * 1e3));
    const rate = (work: number, unit: number): number => work / (milliseconds.median / 1e3) / unit;
    const first = sides[0]!;
    const ratios = times.map((round) => (workOf(side) * round[0]!) / (workOf(first) * round[i]!));
    return {
      name: prefix + name,
      milliseconds,
      ...(flops === undefined ? {} : { gflops: rate(flops, 1e9) }),
      ...(bytes === undefined ? {} : { gigabytesPerSecond: rate(bytes, 1e9) }),
      ...(elements === undefined ? {} : { megaelementsPerSecond: rate(elements, 1e6) }),
      ...(i === 0 ? {} : { ratio: { ...spreadOf(ratios), to: first.name } }),
      ...machine,
    };
  });
}

/** Measures a bench, or the sides of a comparison, whose results are called `comparison: side`. */
export function measure(what: Bench | Comparison, effort: Effort): Promise<Result[]> {
  return "sides" in what ? measureSides(`${what.name}: `, what.sides, effort) : measureSides("", [what], effort);
}

/** A line for people. */
export function show({ name, milliseconds, ...result }: Result): string {
  const { gflops, gigabytesPerSecond, megaelementsPerSecond, ratio, noise, noisy } = result;
  const spread = `${milliseconds.low.toPrecision(3)}–${milliseconds.high.toPrecision(3)}`;
  const rates = [
    gflops === undefined ? "" : `${gflops.toFixed(1)} GFLOP/s`,
    gigabytesPerSecond === undefined ? "" : `${gigabytesPerSecond.toFixed(1)} GB/s`,
    megaelementsPerSecond === undefined ? "" : `${megaelementsPerSecond.toPrecision(3)} Me/s`,
  ].filter((text) => text !== "");
  const times = ratio && `${ratio.median.toFixed(3)}x ${ratio.to} (${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)})`;
  const mark = noisy ? `[calibration varied by ${(noise * 100).toFixed(0)} %]` : "";
  const time = `${milliseconds.median.toPrecision(4)} ms`.padStart(14);
  return [`${name.padEnd(50)}${time} (${spread})`.padEnd(84), rates.join(", ").padStart(24), times, mark]
    .filter(Boolean)
    .join("  ")
    .trimEnd();
}
