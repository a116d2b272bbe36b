import type { Node } from "../graph/node.ts";
import type { BufferRef } from "../graph/op.ts";
import { MemoryError, ValueError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import type { Command } from "./emit.ts";
import type { Graph } from "./graph.ts";
import type { ArenaLayout } from "./plan-memory.ts";
import type { CallSums } from "./timing.ts";

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

/** Level 2: prints where the time of a run went, most expensive first. */
export function printTimes(name: string, sums: CallSums): void {
  print(`[times ${name}] ${sums.ms.toFixed(3)} ms\n${sums}`);
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
