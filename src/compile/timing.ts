import type { Node } from "../graph/node.ts";
import { wordsOf } from "../graph/spec.ts";

/** One kernel call that was timed. */
export interface TimedCall {
  readonly kernel: string;
  /** Layers from the model inwards, as `sequential/dense/gradient`; empty for what belongs to none. */
  readonly label: string;
  /** The plan the call is of; empty when it ran at once. */
  readonly plan: string;
  /** Milliseconds since the process's time origin, and for how long. */
  readonly start: number;
  readonly ms: number;
  readonly flops: number;
  readonly bytes: number;
}

let observer: ((call: TimedCall) => void) | undefined;

/** Has every kernel call timed and told, until called with undefined. */
export function observeCalls(tell: ((call: TimedCall) => void) | undefined): void {
  observer = tell;
}

/** Who wants to know of calls; undefined when nobody does, and calls need not be timed. */
export function callObserver(): ((call: TimedCall) => void) | undefined {
  return observer;
}

/** Work of a node. */
export function costOf({ record, inputs, outputs, attrs }: Node): { flops: number; bytes: number } {
  if (record.cost !== undefined) return record.cost(inputs, outputs, attrs);
  return { flops: 0, bytes: [...inputs, ...outputs].reduce((sum, value) => sum + wordsOf(value) * 4, 0) };
}

/** A call for a node that began at `start` and took `ms`, and what it did of the node's work. */
export function timed(
  kernel: string,
  node: Node | undefined,
  plan: string,
  start: number,
  ms: number,
  { flops, bytes }: { flops: number; bytes: number },
): TimedCall {
  return { kernel, label: node?.label ?? "", plan, start, ms, flops, bytes };
}

/** What calls of one kernel for one layer come to. */
export interface CallSum {
  readonly kernel: string;
  readonly label: string;
  calls: number;
  ms: number;
  flops: number;
  bytes: number;
}

/** Sums of calls by kernel and layer. */
export class CallSums {
  readonly #sums: Map<string, CallSum> = new Map();

  add({ kernel, label, ms, flops, bytes }: TimedCall): void {
    const key = `${kernel} ${label}`;
    const sum = this.#sums.get(key) ?? { kernel, label, calls: 0, ms: 0, flops: 0, bytes: 0 };
    this.#sums.set(key, sum);
    sum.calls++;
    sum.ms += ms;
    sum.flops += flops;
    sum.bytes += bytes;
  }

  /** Most expensive first. */
  get rows(): CallSum[] {
    return [...this.#sums.values()].sort((a, b) => b.ms - a.ms);
  }

  /** Milliseconds in all. */
  get ms(): number {
    return this.rows.reduce((sum, row) => sum + row.ms, 0);
  }

  /** The table as text. */
  toString(): string {
    const total = Math.max(this.ms, 1e-9);
    const lines = this.rows.map(({ kernel, label, calls, ms, flops, bytes }) => {
      const rate = (amount: number): string => (amount / Math.max(ms, 1e-6) / 1e6).toFixed(1).padStart(7);
      const share = ((100 * ms) / total).toFixed(1).padStart(5);
      const speed = `${rate(flops)} GFLOP/s ${rate(bytes)} GB/s`;
      return `  ${ms.toFixed(3).padStart(9)} ms ${share} % ${speed} ${String(calls).padStart(4)}x ${kernel} ${label}`;
    });
    return lines.join("\n");
  }
}
