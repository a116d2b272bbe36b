import type { Node } from "../graph/node.ts";
import type { BufferRef } from "../graph/op.ts";
import { wordsOf } from "../graph/spec.ts";
import { MemoryError, ValueError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import type { Command } from "./emit.ts";
import type { Graph } from "./graph.ts";
import type { ArenaLayout } from "./plan-memory.ts";

/** Debug text goes to the console, one block at a time. */
function print(text: string): void {
  console.log(text);
}

/** Level 1: what a plan consists of. */
export function printSummary(name: string, commands: readonly Command[], layout: ArenaLayout): void {
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  print(`[plan ${name}] ${commands.length} kernel calls, arena ${kib(layout.unshared)} -> ${kib(layout.bytes)}`);
}

/** Level 3: every kernel call with its arguments. */
export function printListing(name: string, commands: readonly Command[]): void {
  const lines = commands.map(({ kernel, args, node }) => `  ${node?.label ?? ""} ${kernel}(${args.join(", ")})`);
  print([`[plan ${name}]`, ...lines].join("\n"));
}

/** Level 4: the graph as it stands after a rewrite. */
export function printGraph(name: string, graph: Graph): void {
  const lines = graph.nodes.map((node) => {
    const outputs = node.outputs.map((value) => `%${value.id}${formatShape(value.shape)}`).join(", ");
    const inputs = node.inputs.map((value) => `%${value.id}`).join(", ");
    return `  ${outputs} = ${node.record.name}(${inputs}) ${JSON.stringify(node.attrs)} ${node.label}`;
  });
  print([`[graph ${name}]`, ...lines].join("\n"));
}

/** Time, calls and work of each kernel and layer since the last print. */
interface Timing {
  calls: number;
  ms: number;
  flops: number;
  bytes: number;
}

const timings = new Map<string, Timing>();

/** Work of a node. */
export function costOf(node: Node): { flops: number; bytes: number } {
  const { record, inputs, outputs, attrs } = node;
  if (record.cost !== undefined) return record.cost(inputs, outputs, attrs);
  return { flops: 0, bytes: [...inputs, ...outputs].reduce((sum, value) => sum + wordsOf(value) * 4, 0) };
}

/** Level 2: adds one call's time to the table. */
export function recordTime(command: Command, ms: number): void {
  const key = `${command.kernel} ${command.node?.label ?? ""}`;
  const timing = timings.get(key) ?? { calls: 0, ms: 0, flops: 0, bytes: 0 };
  const cost = command.node === undefined ? { flops: 0, bytes: 0 } : costOf(command.node);
  timing.calls++;
  timing.ms += ms;
  timing.flops += cost.flops;
  timing.bytes += cost.bytes;
  timings.set(key, timing);
}

/** Level 2: prints the table, most expensive first, and empties it. */
export function printTimes(name: string): void {
  const total = [...timings.values()].reduce((sum, timing) => sum + timing.ms, 0);
  const rows = [...timings].sort(([, a], [, b]) => b.ms - a.ms);
  const lines = rows.map(([key, { calls, ms, flops, bytes }]) => {
    const rate = (amount: number): string => (amount / Math.max(ms, 1e-6) / 1e6).toFixed(1).padStart(7);
    const share = ((100 * ms) / Math.max(total, 1e-9)).toFixed(1).padStart(5);
    return `  ${ms.toFixed(3).padStart(9)} ms ${share} % ${rate(flops)} GFLOP/s ${rate(bytes)} GB/s ${String(calls).padStart(4)}x ${key}`;
  });
  print([`[times ${name}] ${total.toFixed(3)} ms`, ...lines].join("\n"));
  timings.clear();
}

/** Level 5: bytes behind every value and workspace, in which a store that goes too far shows. */
export const CANARY = 64;

const MARK = 0x7fa5a5a5;

/** A place that a node writes. */
export interface Written {
  readonly ptr: number;
  readonly words: number;
}

/** Level 5, before a node runs. */
export function plantCanaries(written: readonly Written[], u32: Uint32Array): void {
  for (const { ptr, words } of written) u32.fill(MARK, (ptr >>> 2) + words, (ptr + CANARY) / 4 + words);
}

/** Level 5, after it. */
export function assertCanaries(node: Node, written: readonly Written[], u32: Uint32Array): void {
  for (const { ptr, words } of written) {
    if (u32.subarray((ptr >>> 2) + words, (ptr + CANARY) / 4 + words).every((word) => word === MARK)) continue;
    throw new MemoryError(`[${node.record.name}]${within(node)}: expected ${words} words to be written, got more.`);
  }
}

const within = ({ label }: Node): string => (label === "" ? "" : ` in ${label}`);

/** Level 5: stops at the first op that yields NaN or infinity. */
export function assertFinite(node: Node, outputs: readonly BufferRef[], f32: Float32Array): void {
  outputs.forEach(({ ptr, size, dtype }, output) => {
    if (dtype !== "float32") return;
    const values = f32.subarray(ptr >>> 2, (ptr >>> 2) + size);
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) return;
    throw new ValueError(
      `[${node.record.name}]${within(node)}: expected finite values, got ${values[index]} at element ${index} of output ${output}.`,
    );
  });
}
