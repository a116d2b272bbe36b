/**
 * `hornbeam/profile`: where the time of training or prediction goes, by layer and kernel, and as a trace that Chrome's
 * Performance panel and Perfetto open.
 */
import { CallSums, observeCalls, type TimedCall } from "../compile/timing.ts";
import { fail, refuse, StateError } from "../util/errors.ts";

/** Time of one kernel in one layer. */
export interface ProfileRow {
  /** Layers from the model inwards: `sequential/dense`, with `/gradient` behind in the backward pass; "" outside of layers. */
  readonly layer: string;
  /** The kernel; of code that ran at once, outside a plan, the op. */
  readonly kernel: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Part of the time of all kernels, 0 to 1. */
  readonly share: number;
  /** Billions of floating-point operations a second; 0 for kernels that only move data. */
  readonly gflops: number;
  /** Billions of bytes read and written a second. */
  readonly gigabytesPerSecond: number;
}

/** What a run of `profile` found. */
export interface Profile<T> {
  /** What the profiled function gave. */
  readonly result: T;
  /** Most expensive first. */
  readonly rows: readonly ProfileRow[];
  /** Time of each layer with all that is in it, forward and backward, most expensive first. */
  readonly layers: readonly Pick<ProfileRow, "layer" | "milliseconds" | "share">[];
  /** Milliseconds in kernels, and in all from start to end. */
  readonly kernelMilliseconds: number;
  readonly milliseconds: number;
  /** The rows as a table. */
  toString(): string;
  /** JSON in Chrome's trace event format: an event for each kernel call, up to a million. */
  toTrace(): string;
}

/** Calls whose events are kept; sums go on beyond. */
const MOST_EVENTS = 1_000_000;

let running = false;

/**
 * Runs a function, times every kernel call meanwhile, and tells where the time went. A call costs about a microsecond
 * more then, of which a quarter counts as its time: shares of very small networks are a little blurred.
 *
 * @param work what to run: anything that trains or predicts; may be asynchronous.
 * @example
 * const report = await profile(() => model.fit(x, y, { epochs: 1 }));
 * console.log(String(report));
 * writeFileSync("trace.json", report.toTrace());
 * @throws ValueError when `work` is no function, StateError within another profile; what `work` throws.
 */
export async function profile<T>(work: () => T | Promise<T>): Promise<Profile<T>> {
  if (typeof work !== "function") refuse("profile", "work", "a function", work);
  if (running) fail("profile", "expected no other profile under way, got one inside another", StateError);
  const sums = new CallSums();
  const events: TimedCall[] = [];
  running = true;
  observeCalls((call) => {
    sums.add(call);
    if (events.length < MOST_EVENTS) events.push(call);
  });
  const start = performance.now();
  try {
    const result = await work();
    return makeProfile(result, sums, events, performance.now() - start);
  } finally {
    observeCalls(undefined);
    running = false;
  }
}

function makeProfile<T>(result: T, sums: CallSums, events: readonly TimedCall[], milliseconds: number): Profile<T> {
  const kernelMilliseconds = sums.ms;
  const share = (ms: number): number => (kernelMilliseconds > 0 ? ms / kernelMilliseconds : 0);
  const rate = (amount: number, ms: number): number => (ms > 0 ? amount / ms / 1e6 : 0);
  const rows = sums.rows.map(({ label, kernel, calls, ms, flops, bytes }) => ({
    layer: label,
    kernel,
    calls,
    milliseconds: ms,
    share: share(ms),
    gflops: rate(flops, ms),
    gigabytesPerSecond: rate(bytes, ms),
  }));
  return {
    result,
    rows,
    layers: layersOf(rows).map(([layer, ms]) => ({ layer, milliseconds: ms, share: share(ms) })),
    kernelMilliseconds,
    milliseconds,
    toString: () => `${kernelMilliseconds.toFixed(3)} ms in kernels of ${milliseconds.toFixed(3)} ms\n${sums}`,
    toTrace: () => JSON.stringify({ displayTimeUnit: "ns", traceEvents: events.map(traceEvent) }),
  };
}

/** Time by layer; a layer's time is also that of the layers around it, and gradients count where they belong. */
function layersOf(rows: readonly ProfileRow[]): [layer: string, ms: number][] {
  const times = new Map<string, number>();
  for (const { layer, milliseconds } of rows) {
    const parts = layer.split("/").filter((part) => part !== "gradient");
    for (let depth = 1; depth <= parts.length; depth++) {
      const path = parts.slice(0, depth).join("/");
      times.set(path, (times.get(path) ?? 0) + milliseconds);
    }
  }
  times.delete("");
  return [...times].sort(([, a], [, b]) => b - a);
}

/** A complete event ("X"); times are in microseconds. */
function traceEvent({ kernel, label, plan, start, ms, flops, bytes }: TimedCall): object {
  const args = { layer: label, plan, flops, bytes };
  return { name: kernel, cat: label || "other", ph: "X", ts: start * 1000, dur: ms * 1000, pid: 1, tid: 1, args };
}
