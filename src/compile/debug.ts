import type { Node, Value } from "../graph/node.ts";
import type { Heap } from "../memory/heap.ts";
import { MemoryError, ValueError } from "../util/errors.ts";
import { settings } from "../util/settings.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import type { Command } from "./emit.ts";
import { type Graph, rootOf } from "./graph.ts";
import type { ArenaLayout } from "./plan-memory.ts";
import type { CallSums } from "./timing.ts";

/** Debug text goes to the console, one block at a time; level 5 looks at every step of a long run, so it is silent. */
function print(text: string): void {
  if (settings().debug < 5) console.log(text);
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

/** Level 5: ranges of the values that ops made; their bytes may have another owner by now. */
const ranges = /* @__PURE__ */ new WeakMap<Value, string>();

/** Ops that an error shows: the one at fault and the nearest before it. */
const TRAIL = 4;

/** Where a value lies. */
type AddressOf = (value: Value) => number;

/** The range of a value's finite numbers with how many are not finite, and the first of these. */
function rangeOf(value: Value, address: AddressOf, { f32, i32, u32 }: Heap): [range: string, bad: number] {
  const start = address(value) >>> 2;
  const words = value.dtype === "float32" ? f32 : value.dtype === "int32" ? i32 : u32;
  let [min, max, count, bad] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1];
  // Of a packed mask there is nothing to tell.
  const size = value.dtype === "bits" ? 0 : sizeOf(value.shape);
  for (let i = 0; i < size; i++) {
    const number = words[start + i]!;
    if (Number.isFinite(number)) {
      min = Math.min(min, number);
      max = Math.max(max, number);
    } else if (count++ === 0) bad = i;
  }
  const range = min > max ? "" : ` ${+min.toPrecision(6)} … ${+max.toPrecision(6)}`;
  return [range + (count > 0 ? ` (${count} of ${size} NaN or infinite)` : ""), bad];
}

/** Level 5: stops at the first op that yields NaN or infinity, and tells what led there. */
export function assertFinite(node: Node, address: AddressOf, heap: Heap): void {
  for (const value of node.outputs) {
    const [range, bad] = rangeOf(value, address, heap);
    ranges.set(value, range);
    if (bad < 0) continue;
    const got = `${heap.f32[(address(value) >>> 2) + bad]} at element ${bad} of output ${value.index}:${range}`;
    const trail = trailOf(node, address, heap);
    throw new ValueError(`[${node.record.name}]${within(node)}: expected finite values, got ${got}.${trail}`);
  }
}

/** A line for each of the last ops on the way to a node, that one first: what they read, and its range. */
function trailOf(last: Node, address: AddressOf, heap: Heap): string {
  const nodes = new Set([last]);
  let text = "";
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => {
      const { node: made, leaf } = rootOf(input);
      if (made !== undefined && nodes.size < TRAIL) nodes.add(made);
      const name = made?.record.name ?? (leaf?.kind === "variable" ? leaf.variable.path : leaf?.kind);
      return name + (ranges.get(rootOf(input)) ?? rangeOf(input, address, heap)[0]);
    });
    text += `\n  ${node.record.name}${within(node)} of ${inputs.join(", ")}`;
  }
  return text;
}
